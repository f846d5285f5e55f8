"""How sure a network is: a threshold below which it says nothing, and whether it is as right as it is sure."""

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from core.analysis import confidence as measures
from core.analysis import robustness
from core.analysis.confidence import CURVE
from core.breaking import panel, words
from core.breaking.subject import Subject, seen_doubt
from core.charts import confidence as charts
from core.charts import numbers
from core.charts.prepared import Prepared
from core.charts.strips import Pictures, strip
from core.charts.theme import theme
from core.data.catalog import an
from core.data.damage import DAMAGES
from core.frame import choices, page
from core.frame.choices import Choice, Section
from core.models import network
from core.serving.shared import shared
from core.training.tasks import Task
from core.ui import working
from core.ui.board import board
from core.ui.class_bars import class_bars
from core.ui.question import ask

QUESTION = "sure"  # its name in the link
LEAST = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)  # answer from which it counts
TEMPERATURES = (0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.7, 2.0, 2.5, 3.0, 4.0, 5.0)
OPTIONS = ("below 50%", "50% to 70%", "above 70%")
EDGES = (0.5, 0.7)  # between the options
SIDE = 168  # pixels of the image

Sets = Mapping[str, np.ndarray]  # what was done to the images -> logits (N, classes)


def of_page(section: Section) -> list[Choice]:
    """Threshold, temperature, and whether the reliability is that of the damaged images, for a page's choices."""
    return [
        choices.one_of("least", 0.9, LEAST, section, "{:g}".format),
        choices.one_of("temperature", 1.0, TEMPERATURES, section, "{:g}".format),
        choices.flag("damaged", False, section),
    ]


def confidence(about: Subject, this_image: Callable[[], None]) -> None:
    """The section: one image, which the page chooses and shows by `answer`, then all of them."""
    with st.container(key=f"{about.page}-confidence"):
        st.markdown(words.CONFIDENCE if about.shares else words.CONFIDENCE_OUTPUTS)
        threshold(about)
        this_image()
        many = f"{len(about.labels):,} {about.words}"
        asked = _task(about)
        working.show(
            asked,
            f"{about.page}-confidence",
            f"Look at all {many}",
            lambda parts: _over_all(about, many) if parts == asked.parts else None,
            words=f"Once as they are and once {_says(about)}; \u201c{about.breaking}\u201d chooses another damage.",
        )


def threshold(about: Subject) -> None:
    """Below what it says nothing."""
    st.select_slider(
        "It says \u201cI don't know\u201d below",
        LEAST,
        format_func=_percent if about.shares else "{:g}".format,
        key=choices.key(about.page, "least"),
        persist_state="session",
        width=520,
    )


def _percent(share: float) -> str:
    return numbers.percent(share, 0 if round(100 * share, 6) % 1 == 0 else 1)


def answer(about: Subject, image: np.ndarray, name: str, *, own: bool) -> None:
    """What the network says to an image (height, width) in [0, 1], if it is sure enough."""
    left, right = st.columns([2, 9], gap="medium")
    says = _answers(about, _logits(about, image, *about.key, image.dtype.str, image.tobytes())[None], _temperature(about))[0]
    best = int(says.argmax())
    with left:
        title = f"{name[0].upper()}{name[1:]}"
        shown = strip(Pictures(image[None], "ink", 1), page.theme(), title=title, alt=title, side=SIDE)
        board(f"{about.page}-confidence-given", [shown], own=own)
    with right:
        class_bars(
            f"{about.page}-confidence-bars",
            says,
            page.theme(),
            classes=about.classes,
            low=about.low,
            noun=about.class_noun,
            title=f"It reads {an(about.classes[best])}" if says[best] >= choices.value(about.page, "least") else "I don't know",
            words=f"{about.says(float(says[best]))} for {about.classes[best]}. {seen_doubt(about.noun, image)}",
            upright=about.shares,
        )


@shared()
def _logits(_about: Subject, _image: np.ndarray, key: str, state: int, stamp: str, kind: str, image: bytes) -> np.ndarray:
    """Of one image, (classes,)."""
    return network.activations(_about.net.run.spec.model, _about.net.weights, _image[None])["logits"][0]


def _temperature(about: Subject) -> float:
    """What the logits are divided by; outputs that are no shares have none."""
    return float(choices.value(about.page, "temperature")) if about.shares else 1.0


def _answers(about: Subject, logits: np.ndarray, temperature: float) -> np.ndarray:
    """What is said at a temperature, (N, classes): probabilities, or outputs."""
    return measures.probabilities(logits, temperature) if about.shares else np.tanh(logits.astype(float))


def _damage(about: Subject) -> tuple[str, float]:
    """The damage chosen in the section before and its amount; the first one of the table where an image without right answer is."""
    kind = choices.value(about.page, "damage")
    if kind in DAMAGES:
        return kind, float(choices.value(about.page, "amount"))
    kind, one = next(iter(DAMAGES.items()))
    return kind, one.scaled(one.start, about.side)


def _says(about: Subject) -> str:
    """What is done to the images, in words."""
    kind, amount = _damage(about)
    return DAMAGES[kind].says(amount)


def _task(about: Subject) -> Task:
    """What all test images are read as, as they are and damaged."""
    kind, amount = _damage(about)
    return panel.task(about, kind, [DAMAGES[kind].neutral, amount])


def _over_all(about: Subject, many: str) -> None:
    """All test images, as they are and damaged."""
    kind, amount = _damage(about)
    sets = {"as they are": working.part(_task(about), 0)["logits"]}
    if amount != DAMAGES[kind].neutral:
        sets[_says(about)] = working.part(_task(about), 1)["logits"]
    if not about.shares or _ask(about, sets["as they are"]):
        judged(about, sets, many)


def _ask(about: Subject, logits: np.ndarray) -> bool:
    """Guess first: how sure it is of wrong answers; whether it has been told."""
    return ask(
        about.page,
        QUESTION,
        words.SURE.format(noun=about.noun),
        OPTIONS,
        lambda: sure_of_wrong(logits, about.labels),
        words.SURE_WHY.format(noun=about.noun),
        subject=f"{about.net.key}-{about.net.state}",
    )


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


def as_they_are(about: Subject) -> np.ndarray:
    """Logits of all test images, (N, classes); worked out here, so for networks that are quick."""
    return _all(about, *about.key)


@shared("Reading the test images ...")
def _all(_about: Subject, key: str, state: int, stamp: str) -> np.ndarray:
    return robustness.logits(_about.net.run.spec.model, _about.net.weights, _about.images)


def judged(about: Subject, sets: Sets, many: str) -> None:
    """What is answered above the threshold, and whether the shares are honest, for the logits of one set of images or two."""
    least, temperature = choices.value(about.page, "least"), _temperature(about)
    chosen = list(sets)[-1 if choices.value(about.page, "damaged") else 0]
    answered, reliability, error, best = _drawn(about, sets, tuple(sets), chosen, least, temperature, *about.key, page.theme().dark)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("What it answers", anchor=False)
        for name, logits in sets.items():
            found = measures.answered(_answers(about, logits, temperature), about.labels, np.array([least]))
            share, truth = numbers.percent(found.share[0]), numbers.percent(found.right[0], 2)
            head, mark = (f"**{name[0].upper()}{name[1:]}**: it", "") if len(sets) > 1 else ("It", "**")
            st.markdown(
                f"{head} answers {mark}{share}{mark} of {many}, and {mark}{truth}{mark} of these right ({int(found.wrong[0]):,} wrong)."
            )
        said = f"Share right of what is answered over the share answered; marked: at least {least:g} sure"
        page.chart(answered, alt_text=said, key=f"{about.page}-answered", width="stretch")
        st.caption(words.ANSWERED_BOTH if len(sets) > 1 else words.ANSWERED)
    with right:
        if reliability is None:
            st.markdown(words.NO_SHARES)
        else:
            _reliability(about, reliability, error, best, list(sets))


def _reliability(about: Subject, bars: Prepared, error: float, best: float, names: list[str]) -> None:
    """The diagram under the temperature that it is drawn for."""
    st.subheader("As right as it is sure?", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.select_slider("Temperature", TEMPERATURES, key=choices.key(about.page, "temperature"), persist_state="session", width=260)
        nearest = min(TEMPERATURES, key=lambda one: abs(one - best))
        st.button(
            f"Best: {numbers.number(best)}",
            key=f"{about.page}-best-temperature",
            on_click=choices.setter(about.page, "temperature", nearest),
        )
        if len(names) > 1:
            st.toggle(names[1][0].upper() + names[1][1:], key=choices.key(about.page, "damaged"), persist_state="session")
    verdict = ": it is too sure" if best > 1.05 else ": it is not sure enough" if best < 0.95 else ""
    st.markdown(
        f"How sure and how right differ by **{numbers.percent(error)}** on average. The least cross-entropy on these {about.noun}s "
        f"is at temperature **{numbers.number(best)}**{verdict}."
    )
    said = f"Share right over how sure the network is; they differ by {numbers.percent(error)} on average"
    page.chart(bars, alt_text=said, key=f"{about.page}-reliability", width="stretch")
    st.caption(words.RELIABILITY)


@shared()
def _drawn(
    _about: Subject,
    _sets: Sets,
    names: tuple[str, ...],
    chosen: str,
    least: float,
    temperature: float,
    key: str,
    state: int,
    stamp: str,
    dark: bool,
) -> tuple[Prepared, Prepared | None, float, float]:
    """Both charts, the reliability's error and the best temperature; no reliability of outputs that are no shares."""
    curves, dots = {}, {}
    for name, logits in zip(("as they are", "damaged"), _sets.values(), strict=False):  # one chart for all damages
        says = _answers(_about, logits, temperature)
        line, here = (measures.answered(says, _about.labels, t) for t in (CURVE, np.array([least])))
        curves[name], dots[name] = (line.share, line.right), (float(here.share[0]), float(here.right[0]))
    colours = theme(dark)
    answered = charts.answered(curves, dots, colours)
    if not _about.shares:
        return answered, None, 0.0, 1.0
    logits = _sets[chosen]
    found = measures.reliability(measures.probabilities(logits, temperature), _about.labels)
    bars = charts.reliability(found.sure, found.right, found.count, found.edges, colours)
    return answered, bars, found.error, measures.best_temperature(logits, _about.labels)
