"""Breaking a network on purpose, for any page: one image damaged step by step, and all test images as curves."""

import hashlib
from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from core.analysis import robustness
from core.analysis.confidence import sure_when_wrong
from core.analysis.confusion import suffers_most
from core.analysis.film import STRANGE, Step, amounts, steps, titles
from core.analysis.robustness import Curve
from core.breaking.subject import Subject, seen_doubt
from core.charts import numbers, raster
from core.charts import robustness as charts
from core.charts.recall import recall_dots
from core.charts.theme import theme
from core.data.catalog import an
from core.data.damage import DAMAGES
from core.frame import choices, page
from core.frame.choices import Choice, Section
from core.models import network
from core.models.counts import accuracy, recall
from core.serving.shared import shared
from core.training.tasks import Task
from core.ui import clicks, question, working
from core.ui.thumbnails import Thumbnail, thumbnails

QUESTION = "turned"  # its name in the link
ASKED = 30.0  # degrees that the question is about
SIDE, LARGEST = 56, 84  # pixels of a picture in the film: about, and at the most


def of_page(section: Section) -> list[Choice]:
    """The choice of damage, for a page's choices."""
    return [choices.one_of("damage", next(iter(DAMAGES)), [*DAMAGES, *STRANGE], section=section)]


def of_network(page_name: str, side: int, classes: Sequence[str], section: Section) -> list[Choice]:
    """The choice of amount, which depends on the damage and on the size of the images."""
    ids, start = amounts(choices.value(page_name, "damage"), side, classes)
    return [choices.one_of("amount", start, ids, section=section)]


def chooser(subject: Subject) -> str:
    """Which damage."""
    named = titles(subject.noun)
    st.segmented_control(
        "What is done to it",
        list(named),
        format_func=named.__getitem__,
        key=choices.key(subject.page, "damage"),
        required=True,
        wrap=True,
        persist_state="session",
        on_change=choices.setter(subject.page, "amount", None),
    )
    return str(choices.value(subject.page, "damage"))


def film(subject: Subject, image: np.ndarray, label: int | None, kind: str, *, own: bool) -> tuple[Step, np.ndarray]:
    """Every amount side by side with what the network reads; a click picks one. Returns the one picked and its shares (classes,)."""
    dark, scale = page.theme().dark, max(1, SIDE // subject.side)
    shown, shares, urls = _passed(subject, image, subject.key, hashlib.sha256(image.tobytes()).digest(), kind, scale, dark)
    chosen = choices.value(subject.page, "amount")
    at = next((i for i, one in enumerate(shown) if one.id == chosen), 0)
    items = [
        Thumbnail(i, url, _reading(subject, one, row, label)) for i, (url, one, row) in enumerate(zip(urls, shown, shares, strict=True))
    ]
    thumbnails(
        f"{subject.page}-breaking-film",
        items,
        side=scale * subject.side if subject.side <= LARGEST else LARGEST,
        picked=at,
        on_pick=lambda i: choices.put(subject.page, "amount", shown[i].id),
        own=own,
    )
    return shown[at], shares[at]


@shared()
def _passed(
    _subject: Subject, _image: np.ndarray, key: tuple[str, int, str], digest: bytes, kind: str, scale: int, dark: bool
) -> tuple[list[Step], np.ndarray, list[str]]:
    """Every amount, what the network reads there, (amounts, classes), and the addresses of the pictures."""
    found = steps(_image, kind, _subject.images, _subject.labels, _subject.classes)
    # In float64, where a share that is near 1 is not yet 1.
    *_, shares = network.activations(_subject.net.run.spec.model, _subject.net.weights, np.stack([one.image for one in found])).values()
    inks = [raster.amount_levels(one.image, 1) for one in found]
    return found, shares, [raster.png_url(levels, theme(dark).ink_palette, scale, 1) for levels in inks]


def _reading(subject: Subject, step: Step, shares: np.ndarray, label: int | None) -> str:
    """What stands below a picture of the film."""
    best = int(shares.argmax())
    verdict = "" if label is None or not step.right else "\nright" if best == label else "\nwrong"
    return f"{step.short}\n{subject.classes[best]}, {subject.says(float(shares[best]))}{verdict}"


def sentence(subject: Subject, step: Step, shares: np.ndarray, image: np.ndarray, name: str, label: int | None) -> tuple[str, str]:
    """What the network says to the picked image, and what to think of it; `image` is the one before the damage."""
    best = int(shares.argmax())
    reading, sure = f"It reads {an(subject.classes[best])}", subject.says(float(shares[best]))
    if not step.right:
        return (
            reading,
            f"{sure}. There is no right answer here, and none of its {len(shares)} answers says so. {seen_doubt(subject.noun, step.image)}",
        )
    verdict = "" if label is None else " That is right." if best == label else f" That is wrong: it is {an(subject.classes[label])}."
    return reading, f"{sure}, from {name}, {step.words}.{verdict} {seen_doubt(subject.noun, image)}"


def task(subject: Subject, kind: str, amounts: Sequence[float] = ()) -> Task:
    """The question of what all test images are read as at some amounts of a damage, or at every one of the table."""
    return _task(subject, kind, tuple(amounts) or tuple(order(kind, subject.side)), *subject.key)


@shared()
def _task(_subject: Subject, kind: str, amounts: tuple[float, ...], key: str, state: int, stamp: str) -> Task:
    arrays, arguments = robustness.given(_subject.net.run.spec.model, _subject.net.weights, _subject.images)
    return Task("core.analysis.robustness:measured", arrays, {**arguments, "kind": kind, "amounts": amounts}, len(amounts))


def order(kind: str, side: int) -> list[float]:
    """The amounts of a damage in the order in which they are measured."""
    found = DAMAGES[kind]
    return robustness.nearest_first(found.at(side), found.neutral, found.scaled(found.start, side))


def measured(subject: Subject, kind: str, parts: int) -> Curve:
    """The curve of so many amounts as are there."""
    return _measured(subject, task(subject, kind), kind, parts, *subject.key)


@shared()
def _measured(_subject: Subject, _task: Task, kind: str, parts: int, key: str, state: int, stamp: str) -> Curve:
    answers = [working.part(_task, i)["logits"] for i in range(parts)]
    return robustness.curve(order(kind, _subject.side)[:parts], answers, _subject.labels)


def over_all(subject: Subject, kind: str, step: Step) -> None:
    """The same damage done to all test images: the question first, then the curves."""
    if kind not in DAMAGES:
        st.markdown(f"Nothing to count here: {_NO_RIGHT_ANSWER}{_SHARES if subject.shares else _OUTPUTS}")
        return
    many = f"{len(subject.labels):,} {subject.words}"
    asked, draw = task(subject, kind), partial(_curves, subject, kind, step, many)
    key, label = f"{subject.page}-breaking", f"Do it to all {many}"
    if kind != "turn":
        working.show(asked, key, label, draw, least=2, words=_COST)
    elif question.told(subject.page, QUESTION, _about(subject)) and working.done(asked) < 2:
        working.show(asked, key, label, lambda parts: st.rerun(), least=2, ask=False)  # then the question has its answer
    elif _ask(subject, many):
        working.show(asked, key, label, draw, least=2)


_COST = "In a worker, some seconds an amount; what is measured once is kept for everyone."
_NO_RIGHT_ANSWER = "an image that shows none of the classes has no right answer. "
_SHARES = "Softmax shares out 100% among the classes whatever comes in, so the only way to say nothing is to be unsure of all of them."
_OUTPUTS = "The only way to say nothing is to leave all outputs low."


def _about(subject: Subject) -> str:
    return f"{subject.net.key}-{subject.net.state}"


def _ask(subject: Subject, many: str) -> bool:
    """Guess first: which class suffers most when turned; whether it has been told."""
    return question.ask(
        subject.page,
        QUESTION,
        f"All {many} are turned by {ASKED:g}°, against the clock. Which {subject.class_noun} suffers most?",
        list(subject.classes),
        lambda: answer(subject),
        "Ask of each shape what it looks like when it leans: which of them has a neighbour that leans that way by nature, and which "
        "looks the same from everywhere? The network has learned only shapes that stand upright.",
        subject=_about(subject),
    )


def answer(subject: Subject) -> tuple[str, str]:
    """The class that suffers most when turned, and the numbers behind it."""
    found = measured(subject, "turn", 2)
    before, after = found.at(0), found.at(ASKED)
    worst = suffers_most(before, after)
    if worst is None:
        return "none", "No class is read worse than upright."
    return subject.classes[worst], _suffers(subject, before, after, worst, DAMAGES["turn"].says(ASKED))


def _suffers(subject: Subject, before: np.ndarray, after: np.ndarray, worst: int, words: str) -> str:
    """How a class fares, and what it is taken for."""
    others = np.where(np.arange(len(after)) == worst, -1, after[worst])
    taken = f"; it is taken for {an(subject.classes[int(others.argmax())])} most often" if others.max() > 0 else ""
    first, then = numbers.percent(recall(before)[worst]), numbers.percent(recall(after)[worst])
    return f"{first} of them are read right as they are, {then} {words}{taken}."


def _curves(subject: Subject, kind: str, step: Step, many: str, parts: int) -> None:
    """What is measured so far."""
    found, colours, one = measured(subject, kind, parts), page.theme(), DAMAGES[kind]
    here = float(step.id)
    chart, share, dots = _drawn(
        subject, found, kind, here, parts, clicks.count(f"{subject.page}-breaking-curve"), *subject.key, colours.dark
    )
    before, after = found.at(one.neutral), found.at(here)
    there = float(found.amounts[np.abs(found.amounts - here).argmin()])
    worst = suffers_most(before, after)
    st.markdown(
        f"**{one.says(there)[0].upper()}{one.says(there)[1:]}**: {numbers.percent(float(accuracy(after)))} of {many} are read right, "
        f"{numbers.percent(float(accuracy(before)))} as they are."
        + ("" if worst is None else f" **{subject.classes[worst]}** suffers most: {_suffers(subject, before, after, worst, 'so damaged')}")
        + _confident(subject, kind, there, parts)
    )
    left, right = st.columns([7, 5], gap="medium")
    key = f"{subject.page}-breaking-curve"

    def pick() -> None:
        at = clicks.take(key, "which")
        if at is not None:
            choices.put(subject.page, "amount", f"{found.amounts[at]:g}")

    with left:
        alt = ", ".join(f"{one.short(a)}: {numbers.percent(float(r))}" for a, r in zip(found.amounts, found.right, strict=True))
        page.chart(chart, alt_text=f"Share right over the amounts of damage. {alt}", key=key, select=pick, width="stretch")
        st.caption(f"Strong line: all. Thin: each {subject.class_noun}. Click an amount.")
        most = int(found.said[-1].argmax())
        words = f"What share of the answers each {subject.class_noun} gets; at the end most are {subject.classes[most]}"
        page.chart(share, alt_text=words, key=f"{key}-said", width="stretch")
        st.caption("What it says: where one colour swallows the others, the network says the same whatever comes in.")
    with right:
        lost = f"Share of each {subject.class_noun} right without and with the damage: " + "; ".join(
            f"{name}: {numbers.percent(a)}, then {numbers.percent(b)}"
            for name, a, b in zip(subject.classes, recall(before), recall(after), strict=True)
        )
        page.chart(dots, alt_text=lost, key=f"{key}-recall", width="stretch")


@shared()
def _drawn(_subject: Subject, _found: Curve, kind: str, here: float, parts: int, now: int, key: str, state: int, stamp: str, dark: bool):
    """The three charts of a curve."""
    colours, one = theme(dark), DAMAGES[kind]
    title = f"{one.title.lower()}{f' ({one.unit.strip()})' if one.unit.strip() and one.unit != '%' else ''}"
    classes, noun = list(_subject.classes), _subject.class_noun
    return (
        charts.shares(
            _found.amounts, _found.right, _found.recall, classes, colours, title=title, noun=noun, percent=one.unit == "%", at=here, now=now
        ),
        charts.said(_found.amounts, _found.said, classes, colours, title=title, noun=noun, percent=one.unit == "%"),
        recall_dots(
            classes, recall(_found.at(one.neutral)), recall(_found.at(here)), colours, what=noun, words="ring as they are, dot damaged"
        ),
    )


def _confident(subject: Subject, kind: str, amount: float, parts: int) -> str:
    """How sure the network is of its wrong answers, in a sentence."""
    if not subject.shares:
        return ""
    found = sure_when_wrong(working.part(task(subject, kind), order(kind, subject.side).index(amount))["logits"], subject.labels)
    return f" Of its {len(found):,} wrong answers it is {numbers.percent(float(found.mean()))} sure on average." if len(found) else ""
