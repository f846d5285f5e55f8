"""What the sections of the CNN page let one choose, and how each choice stands in the link."""

import math
from collections.abc import Callable

import streamlit as st

from core.analysis import classical_kernels
from core.data.pulses import MEANINGS, WIDTH, used
from core.specs import PulseSpec
from core.ui import link
from pages.cnn.window import STAGES

PAGE = "cnn"
LEARNED, TYPED = "learned", "typed"
FILTERS = (LEARNED, *(name.replace(" ", "-") for name in classical_kernels.CLASSICAL), TYPED)
MOST = {"stride": (1, 5), "padding": (0, 12), "dilation": (1, 4)}  # least and most
ANY = "any"  # class of pulse
START = "0,0,0,0,1,0,0,0,0"  # the kernel to type into: 3 x 3, it gives the image back


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


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) or len(text) > 12:
        raise ValueError
    return number


def _truth(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError
    return text == "1"


def choices(section: str, spec: PulseSpec) -> list[link.Choice]:
    """The choices of a section, each the key of its widget."""
    classes = list(spec.classes)
    if section == "convolution":
        stages = [stage.replace(" ", "-") for stage in STAGES]
        return [
            link.one_of("filter", LEARNED, FILTERS),
            link.one_of("stage", stages[0], stages),
            *(link.whole(name, least, least, most) for name, (least, most) in MOST.items()),
            link.text("typed", START, lambda text: typed_text(typed_numbers(text)), "a square of 9, 25 or 49 numbers"),
        ]
    if section == "response":
        return [
            link.one_of("pulse", classes[-1], classes),
            link.one_of("along", "", sorted({name for kind in classes for name in moved(kind)})),
            link.Choice("at", None, _number, "a number"),
            link.one_of("of", ANY, [ANY, *classes]),
        ]
    if section == "tests":
        return [
            link.one_of("actual", ANY, [ANY, *classes]),
            link.one_of("predicted", ANY, [ANY, *classes]),
            link.Choice("misread", False, _truth, "0 or 1"),
        ]
    return []


SECTIONS_WITH_CHOICES = ("convolution", "response", "tests")
_TEXT: dict[type, Callable[..., str]] = {float: "{:.6g}".format, bool: lambda item: str(int(item))}


def restore(spec: PulseSpec) -> list[str]:
    """The link into the session, for all sections, so that each keeps its choices; notes on what could not be."""
    return link.restore(PAGE, [choice for section in SECTIONS_WITH_CHOICES for choice in choices(section, spec)])


def in_link(shown: str, spec: PulseSpec) -> dict[str, str | None]:
    """What the choices put into the address: those of the section shown that are not as usual."""
    out: dict[str, str | None] = {}
    for section in SECTIONS_WITH_CHOICES:
        for choice in choices(section, spec):
            item = link.value(PAGE, choice.name)
            usual = section != shown or item == choice.default
            out[choice.name] = None if usual else _TEXT.get(type(item), str)(item)
    return out


def put(name: str, value: object) -> None:
    """Set one choice, in a callback or before its widget is made."""
    st.session_state[link.key(PAGE, name)] = value


def parameter(kind: str) -> str:
    """The parameter that is moved: the one chosen, where a pulse of this kind has it."""
    chosen = link.value(PAGE, "along")
    options = moved(kind)
    return chosen if chosen in options else options[0]


def unit(name: str) -> str:
    """A parameter in words with its unit."""
    return f"{MEANINGS[name].title} ({MEANINGS[name].unit})"
