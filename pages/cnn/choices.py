"""Every choice of the CNN page, declared once, and how each stands in the link."""

import math
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import streamlit as st

from core.analysis import classical_kernels
from core.breaking import confidence, hangs
from core.breaking import panel as breaking
from core.data.pictures import PHOTOGRAPHS
from core.data.pulses import MEANINGS, WIDTH, used
from core.frame import choices
from core.frame.choices import Choice
from core.runs.run import Run
from core.specs import RunSpec
from core.ui import networks, question
from core.ui.shown import Shown
from pages.cnn.lesson import LESSON
from pages.cnn.runs import FIRST, fits, pulses_of
from pages.cnn.window import STAGES
from pages.cnn.words import SECTIONS

PAGE = "cnn"
SOURCES = ("test", "own", "drawing", "digit", "photo", "upload")  # of an image
LEARNED, TYPED = "learned", "typed"
FILTERS = (LEARNED, *(name.replace(" ", "-") for name in classical_kernels.CLASSICAL), TYPED)
MOST = {"stride": (1, 5), "padding": (0, 12), "dilation": (1, 4)}  # least and most
ANY = "any"  # class of pulse
BUTTONS = 12  # kernels or maps that have a button each; of more the number is typed
GROUP = 10  # kernels that stand below each other where there are many
START = "0,0,0,0,1,0,0,0,0"  # the kernel to type into: 3 x 3, it gives the image back


def declare_run() -> list[str]:
    """Which run; notes on what could not be."""
    return choices.declare(PAGE, [networks.choice("run", FIRST, fits)])


def declare(run: Run) -> list[str]:
    """All that depends on the run; notes on what could not be."""
    spec = run.spec
    first, second = spec.model.channels
    whole_page = [
        choices.one_of("section", "loss", SECTIONS),
        choices.whole("state", run.states - 1, 0, run.states - 1),
        choices.whole("kernel", 1, 1, first),
        choices.whole("map", 1, 1, second),
        question.choice("waiting", breaking.QUESTION, confidence.QUESTION, *LESSON.questions),
        *breaking.of_page(("breaking", "confidence")),
        *confidence.of_page("confidence"),
        hangs.of_page("breaking"),
    ]
    notes = choices.declare(PAGE, [*whole_page, *_convolution(), *_response(spec), *_tests(spec)])
    notes += choices.declare(PAGE, breaking.of_network(PAGE, spec.model.image, pulses_of(spec).classes, ("breaking", "confidence")))
    return notes + declare_moved()


def declare_moved() -> list[str]:
    """Which parameter is moved: it depends on the kind of pulse, so a panel that lets one change that calls it again."""
    names = moved(value("pulse"))
    return choices.declare(PAGE, [choices.one_of("along", names[0], names, "response")])


def _convolution() -> list[Choice]:
    stages = [stage.replace(" ", "-") for stage in STAGES]
    allowed = "an image of this page, such as test-12, own, digit-3 or photo-temple"
    return [
        choices.text("image", "test-0", read_image, allowed, ("convolution", "breaking", "confidence")),
        choices.one_of("filter", LEARNED, FILTERS, "convolution"),
        choices.one_of("stage", stages[0], stages, "convolution"),
        *(choices.whole(name, least, least, most, "convolution") for name, (least, most) in MOST.items()),
        choices.text("typed", START, lambda text: typed_text(typed_numbers(text)), "a square of 9, 25 or 49 numbers", "convolution"),
    ]


def _response(spec: RunSpec) -> list[Choice]:
    classes = pulses_of(spec).classes
    return [
        choices.one_of("pulse", classes[-1], classes, "response"),
        Choice("at", None, _number, "a number", "{:.6g}".format, "response"),
        choices.one_of("of", ANY, [ANY, *classes], "response"),
    ]


def _tests(spec: RunSpec) -> list[Choice]:
    classes = pulses_of(spec).classes
    return [
        choices.one_of("actual", ANY, [ANY, *classes], "tests"),
        choices.one_of("predicted", ANY, [ANY, *classes], "tests"),
        choices.flag("misread", False, "tests", words=("0", "1")),
    ]


def brought() -> bool:
    """Whether the image is the person's own: made, drawn or uploaded."""
    return value("image") in ("own", "drawing", "upload")


_SWITCHED = ("run", "state", "kernel", "filter", "image", "stage")  # what a switch of the run changes
_BEFORE = "_cnn-before-switch"  # session key


def read_image(text: str) -> str:
    """A link's image, checked: source-number, or a source that has no number.

    Raises:
        ValueError: no such image.
    """
    source, _, which = text.partition("-")
    if source not in SOURCES or len(text) > 24:
        raise ValueError(text)
    if source in ("test", "digit"):
        known = which.isascii() and which.isdecimal() and int(which) <= 9_999
    elif source == "photo":
        known = which in PHOTOGRAPHS
    else:
        known = not which
    if not known:
        raise ValueError(text)
    return text


def typed_numbers(text: str) -> list[float]:
    """The numbers of a typed kernel as it stands in the link, row after row.

    Raises:
        ValueError: not a square of 3, 5 or 7 cells a side, or a cell is no number.
    """
    numbers = [float(part) for part in text[:1_000].split(",")]
    side = math.isqrt(len(numbers))
    if side * side != len(numbers):
        raise ValueError("The kernel must be a square.")
    classical_kernels.typed([numbers[i * side : (i + 1) * side] for i in range(side)])
    return numbers


def typed_text(numbers: list[float]) -> str:
    """A typed kernel as it stands in the link."""
    return ",".join(f"{number:.7g}" for number in numbers)


def moved(kind: str) -> list[str]:
    """The parameters that can be moved for a pulse of this kind, the one that tells its kind first."""
    first = WIDTH.get(kind, "frequency")
    return [first, *(name for name in used(kind) if name not in (first, "drift"))]


def unit(name: str) -> str:
    """A parameter in words with its unit."""
    return f"{MEANINGS[name].title} ({MEANINGS[name].unit})"


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) or len(text) > 12:
        raise ValueError(text)
    return number


key = partial(choices.key, PAGE)  # of a choice, in the session and of its widget
value = partial(choices.value, PAGE)  # of a choice, as it is now
put = partial(choices.put, PAGE)  # a choice for somebody, in a callback or before its widget is made


def setter(name: str) -> Callable[[Any], None]:
    """A callback that makes the choice it is called with."""
    return lambda item: put(name, item)


def take_run(id_: str, state: int | None = None) -> None:
    """In a callback: show another run, at its last state unless another is asked for."""
    put("run", id_)
    put("state", state)


def switch(id_: str, state: int | None = None) -> None:
    """In a callback: show another run that nobody chose by name; what was shown before can be had again by `switch_back`."""
    if value("run") != id_:
        st.session_state[_BEFORE] = {name: value(name) for name in _SWITCHED}
        st.session_state[_BEFORE]["to"] = id_
    take_run(id_, state)


def before_switch() -> str:
    """The run that was shown before the present one took its place by `switch`; empty where none was."""
    before = st.session_state.get(_BEFORE)
    return "" if before is None or before["to"] != value("run") else str(before["run"])


def switch_back() -> None:
    """In a callback: the view before the switch."""
    before = st.session_state.pop(_BEFORE)
    for name in _SWITCHED:
        put(name, before[name])


def take_kernel(kernel: int) -> None:
    """In a callback: convolve with this first kernel, from 0."""
    put("kernel", kernel + 1)
    put("filter", LEARNED)


def listed(count: int) -> range:
    """The kernels, from 0, that stand below each other: all, or of many the ten with the picked one."""
    if count <= BUTTONS:
        return range(count)
    start = (value("kernel") - 1) // GROUP * GROUP
    return range(start, min(start + GROUP, count))


def convolve(image: str) -> None:
    """In a callback: show the convolution of this image."""
    put("image", image)
    put("section", "convolution")


def whole_page() -> tuple[Any, ...]:
    """What the whole page shows, whichever section is open."""
    return tuple(value(name) for name in ("run", "state", "kernel", "map", "section"))


def panel(draw: Callable[[Shown], None]) -> Callable[[Shown, tuple[Any, ...]], None]:
    """A section that runs alone where an act concerns it alone, and gives way to the whole page where one concerns that.

    What it returns is called with `whole_page()` beside the network, which tells a run alone what has changed since.
    """

    @choices.fragment
    @wraps(draw)
    def drawn(shown: Shown, when: tuple[Any, ...]) -> None:
        if when != whole_page():
            st.rerun()
        draw(shown)

    return drawn
