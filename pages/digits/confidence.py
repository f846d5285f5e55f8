"""How sure the network is: a threshold below which it says nothing, and whether it is as right as it is sure."""

import numpy as np
import streamlit as st

from core.analysis import confidence as measures
from core.analysis.confidence import CURVE
from core.charts import confidence as charts
from core.charts import numbers
from core.charts.strips import Pictures, strip
from core.charts.theme import theme
from core.data.catalog import an
from core.data.damage import DAMAGES
from core.models.activations import softmax
from core.serving.shared import shared
from core.training.tasks import Task
from core.ui import breaking, page, working
from core.ui import choices as links
from core.ui.board import board
from core.ui.breaking import Subject
from core.ui.class_bars import class_bars
from core.ui.question import ask
from core.ui.shown import Shown
from pages.digits import choices, words
from pages.digits.breaking import subject
from pages.digits.choices import LEAST, TEMPERATURES
from pages.digits.input import given
from pages.digits.measures import see

OPTIONS = ("below 50%", "50% to 70%", "above 70%")
EDGES = (0.5, 0.7)  # between the options


@links.fragment
def confidence(net: Shown) -> None:
    """The section: this image, then all of them."""
    about = subject(net)
    with st.container(key="digits-confidence"):
        st.markdown(words.CONFIDENCE)
        _threshold()
        _this_image(about)
        many = f"{len(about.labels):,} {about.words}"
        asked = _task(about)
        working.show(
            asked,
            "digits-confidence",
            f"Look at all {many}",
            lambda parts: _over_all(about, many) if parts == asked.parts else None,
            words=f"Once as they are and once {_says(about)}; \u201cBreak it\u201d chooses another damage.",
        )


def _threshold() -> None:
    st.select_slider(
        "It says \u201cI don't know\u201d below",
        LEAST,
        format_func=lambda least: numbers.percent(least, 0 if round(100 * least, 6) % 1 == 0 else 1),
        key=links.key(choices.PAGE, "least"),
        persist_state="session",
        width=520,
    )


def _this_image(about: Subject) -> None:
    """What the network says to the image chosen above, if it is sure enough."""
    seen = given(about.net.run.spec, 160)
    if seen is None:
        return
    left, right = st.columns([2, 9], gap="medium")
    shares = softmax(see(about.net, seen.image)["logits"][0] / choices.value("temperature"))
    best, least = int(shares.argmax()), choices.value("least")
    sure = numbers.probability(float(shares[best]))
    with left:
        title = f"{seen.name[0].upper()}{seen.name[1:]}"
        board(
            "digits-confidence-given",
            [strip(Pictures(seen.image[None], "ink", 1), page.theme(), title=title, alt=title, side=168)],
            own=seen.own,
        )
    with right:
        class_bars(
            "digits-confidence-bars",
            shares,
            page.theme(),
            classes=about.classes,
            noun=about.class_noun,
            title=f"It reads {an(about.classes[best])}" if shares[best] >= least else "I don't know",
            words=f"{sure} for {about.classes[best]}. {breaking.seen_doubt(about.noun, seen.image)}",
            upright=True,
        )


def _damage(about: Subject) -> tuple[str, float]:
    """The damage chosen in the section before and its amount; the first one of the table where an image without right answer is."""
    kind = choices.value("damage")
    if kind in DAMAGES:
        return kind, float(choices.value("amount"))
    kind, one = next(iter(DAMAGES.items()))
    return kind, one.scaled(one.start, about.side)


def _says(about: Subject) -> str:
    """What is done to the images, in words."""
    kind, amount = _damage(about)
    return DAMAGES[kind].says(amount)


def _task(about: Subject) -> Task:
    """What all test images are read as, as they are and damaged."""
    kind, amount = _damage(about)
    return breaking.task(about, kind, [DAMAGES[kind].neutral, amount])


def _over_all(about: Subject, many: str) -> None:
    """All test images, as they are and damaged."""
    kind, amount = _damage(about)
    says = _says(about)
    sets = {"as they are": working.part(_task(about), 0)["logits"]}
    if amount != DAMAGES[kind].neutral:
        sets[says] = working.part(_task(about), 1)["logits"]
    if not ask(
        choices.PAGE,
        "sure",
        words.SURE.format(noun=about.noun),
        OPTIONS,
        lambda: sure_of_wrong(sets["as they are"], about.labels),
        words.SURE_WHY.format(noun=about.noun),
        subject=f"{about.net.key}-{about.net.state}",
    ):
        return
    least, temperature = choices.value("least"), choices.value("temperature")
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("What it answers", anchor=False)
        for name, logits in sets.items():
            found = measures.answered(measures.probabilities(logits, temperature), about.labels, np.array([least]))
            st.markdown(
                f"**{name[0].upper()}{name[1:]}**: it answers {numbers.percent(found.share[0])} of {many}, and "
                f"{numbers.percent(found.right[0], 2)} of these right ({int(found.wrong[0]):,} wrong)."
            )
        chart, bars, error, best = _drawn(
            about, sets, kind, amount, least, temperature, choices.value("damaged"), *about.key, page.theme().dark
        )
        page.chart(
            chart,
            alt_text=f"Share right of what is answered over the share answered; marked: at least {numbers.percent(least)} sure",
            key="digits-answered",
            width="stretch",
        )
        st.caption(words.ANSWERED)
    with right:
        st.subheader("As right as it is sure?", anchor=False)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.select_slider("Temperature", TEMPERATURES, key=links.key(choices.PAGE, "temperature"), persist_state="session", width=260)
            nearest = min(TEMPERATURES, key=lambda one: abs(one - best))
            st.button(
                f"Best: {numbers.number(best)}", key="digits-best-temperature", on_click=links.setter(choices.PAGE, "temperature", nearest)
            )
            if len(sets) > 1:
                st.toggle(says[0].upper() + says[1:], key=links.key(choices.PAGE, "damaged"), persist_state="session")
        verdict = ": it is too sure" if best > 1.05 else ": it is not sure enough" if best < 0.95 else ""
        st.markdown(
            f"How sure and how right differ by **{numbers.percent(error)}** on average. The least cross-entropy on these {about.noun}s "
            f"is at temperature **{numbers.number(best)}**{verdict}."
        )
        said = f"Share right over how sure the network is; they differ by {numbers.percent(error)} on average"
        page.chart(bars, alt_text=said, key="digits-reliability", width="stretch")
        st.caption(words.RELIABILITY)


def sure_of_wrong(logits: np.ndarray, labels: np.ndarray) -> tuple[str, str]:
    """How sure a network is of its wrong answers: the right option, and the numbers behind it."""
    found = measures.sure_when_wrong(logits, labels)
    if not len(found):
        return OPTIONS[0], "It reads every one of them right."
    mean, loud = float(found.mean()), int((found >= 0.9).sum())
    right = OPTIONS[sum(mean >= edge for edge in EDGES)]
    return (
        right,
        f"It reads {len(found):,} wrong and gives these answers {numbers.percent(mean)} on average; {loud:,} of them get 90% or more.",
    )


@shared()
def _drawn(
    _about: Subject,
    _sets: dict[str, np.ndarray],
    kind: str,
    amount: float,
    least: float,
    temperature: float,
    damaged: bool,
    key: str,
    state: int,
    stamp: str,
    dark: bool,
):
    """Both charts, the reliability's error and the best temperature."""
    curves, dots = {}, {}
    for name, logits in _sets.items():
        shares = measures.probabilities(logits, temperature)
        line, here = (measures.answered(shares, _about.labels, t) for t in (CURVE, np.array([least])))
        curves[name], dots[name] = (line.share, line.right), (float(here.share[0]), float(here.right[0]))
    logits = list(_sets.values())[-1 if damaged else 0]
    found = measures.reliability(measures.probabilities(logits, temperature), _about.labels)
    colours = theme(dark)
    bars = charts.reliability(found.sure, found.right, found.count, found.edges, colours)
    return charts.answered(curves, dots, colours), bars, found.error, measures.best_temperature(logits, _about.labels)
