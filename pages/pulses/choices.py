"""What stands in the link and the session of the pulses page: one pulse, and the set it belongs to."""

from collections.abc import Callable
from dataclasses import fields

import streamlit as st

from core.data import pulses
from core.specs import PULSE_CLASSES, DataSpec, PulseSpec, meta
from core.ui import link
from pages.pulses.designer import Shape, checked

PAGE = "pulses"
COUNTS = (60, 300, 1_000, 3_000, 10_000)  # images in a set
USUAL = PulseSpec()
START = Shape("square", {"amplitude": 0.4, "square_width": 0.14, "x_offset": 0.5, "y_offset": 0.3, "drift": 0.0})


def text_of(shape: Shape) -> str:
    """A pulse as it stands in the link: its kind and its parameters in their usual order."""
    return ",".join([shape.kind, *(f"{shape.values[name]:.5g}" for name in pulses.used(shape.kind))])


def shape_of(text: str) -> Shape:
    """The pulse of `text_of`.

    Raises:
        ValueError: it is not of that form.
    """
    kind, *numbers = text[:200].split(",")
    if kind not in PULSE_CLASSES or len(numbers) != len(pulses.used(kind)):
        raise ValueError
    shape = checked(kind, dict(zip(pulses.used(kind), map(float, numbers), strict=True)))
    if shape is None:
        raise ValueError
    return shape


def _field(cls: type, name: str) -> link.Choice:
    known = meta(cls, name)
    return link.Choice(name, getattr(cls(), name), known.read, known.allowed)


def _classes(text: str) -> list[str]:
    chosen = meta(PulseSpec, "classes").read(text)
    return [kind for kind in PULSE_CLASSES if kind in chosen]


def _one_of_counts(text: str) -> int:
    if text not in map(str, COUNTS):
        raise ValueError
    return int(text)


def _row(text: str) -> int:
    if not text.isdecimal() or len(text) > 5:
        raise ValueError
    return int(text)


def _pulse(text: str) -> str:
    return text_of(shape_of(text))


CHOICES = [
    link.text("pulse", text_of(START), _pulse, "a pulse of this page"),
    link.Choice("count", 300, _one_of_counts, "one of " + ", ".join(map(str, COUNTS))),
    _field(DataSpec, "seed"),
    link.Choice("classes", list(USUAL.classes), _classes, meta(PulseSpec, "classes").allowed),
    link.Choice("open", None, _row, "the number of a pulse in the set"),
    *(_field(PulseSpec, field.name) for field in fields(PulseSpec) if field.name != "classes"),
]
_TEXT: dict[type, Callable[..., str]] = {tuple: lambda v: f"{v[0]:g}-{v[1]:g}", list: "-".join, float: lambda v: f"{v:g}"}


def value(name: str):
    """The present value of a choice."""
    return link.value(PAGE, name)


def restore() -> list[str]:
    """The link into the session; notes on what could not be read."""
    notes = link.restore(PAGE, CHOICES)
    if not value("classes"):
        notes.append("A set needs at least one class of pulses; the three of the study are drawn until you choose.")
    return notes


def write() -> None:
    """The session into the link; what is as usual stays out of it."""
    out = {}
    for choice in CHOICES:
        item = value(choice.name)
        out[choice.name] = None if item == choice.default else _TEXT.get(type(item), str)(item)
    link.write(PAGE, out)


def spec() -> PulseSpec:
    """How the set is drawn."""
    names = {field.name for field in fields(PulseSpec)} & {choice.name for choice in CHOICES}
    values = {name: value(name) for name in names}
    kinds = tuple(kind for kind in PULSE_CLASSES if kind in values["classes"])
    return PulseSpec(**{**values, "classes": kinds or USUAL.classes})


def shape() -> Shape:
    """The pulse in the designer."""
    return shape_of(value("pulse"))


def version() -> int:
    """Rises whenever the pulse was changed by anything but the designer, which then takes it over."""
    if st.session_state.get("_pulses-designed") != value("pulse"):
        st.session_state["_pulses-designed"] = value("pulse")
        st.session_state["_pulses-version"] = st.session_state.get("_pulses-version", 0) + 1
    return st.session_state["_pulses-version"]


def keep(designed: Shape) -> None:
    """Take over the pulse that the designer reports."""
    st.session_state[link.key(PAGE, "pulse")] = st.session_state["_pulses-designed"] = text_of(designed)


def open_in_designer(opened: Shape) -> None:
    """Show another pulse in the designer at the next run."""
    st.session_state[link.key(PAGE, "pulse")] = text_of(opened)
