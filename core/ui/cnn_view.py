"""What the CNN page shows: its choices, the run and the state behind them."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.analysis import classical_kernels
from core.data.pictures import PHOTOGRAPHS
from core.models.pulse_layers import parameter_count
from core.runs.run import Run
from core.runs.shipped.pulses import LABELS
from core.specs import PulseSpec
from core.ui import cached, link

PAGE = "cnn"
FIRST = "pulse-reliable"
SECTIONS = {
    "loss": "Loss profile",
    "convolution": "Do a convolution",
    "response": "What does it answer to?",
    "tests": "Test images",
}
TYPED = "typed"
LEARNED = "learned"
FILTERS = (LEARNED, *(name.replace(" ", "-") for name in classical_kernels.CLASSICAL), TYPED)
SOURCES = ("test", "own", "drawing", "digit", "photo", "upload")
OPENING_IMAGE = "test-0"
_CHANGED = "_cnn-changed"


@dataclass(frozen=True)
class View:
    """One view of the page."""

    name: str  # of the shipped run
    run: Run
    state: int  # stored state
    kernel: int  # picked first kernel, from 0
    image: str  # source of the image and which one, such as "test-12" or "own"
    section: str  # key of SECTIONS

    @property
    def last(self) -> bool:
        """Is this the state whose dense layers are kept?"""
        return self.state == self.run.states - 1

    @property
    def pulses(self) -> PulseSpec:
        """How the run's pulses are drawn."""
        assert self.run.spec.data.pulses is not None, "a pulse run has pulses"
        return self.run.spec.data.pulses

    @property
    def has_weights(self) -> bool:
        return bool(self.run.shapes)

    @property
    def epoch(self) -> str:
        """Epochs completed, in words for a caption."""
        return f"epoch {self.run.epochs[self.state]:.3g}"


def read_image(text: str) -> str:
    """A link's image, checked: source-number, or a source that has no number.

    Raises:
        ValueError: no such image.
    """
    source, _, which = text.partition("-")
    if source not in SOURCES or len(text) > 24:
        raise ValueError
    if source in ("test", "digit"):
        if not which.isdecimal() or int(which) > 9_999:
            raise ValueError
    elif source == "photo":
        if which not in PHOTOGRAPHS:
            raise ValueError
    elif which:
        raise ValueError
    return text


def open_view() -> tuple[View | None, list[str]]:
    """The view that link and widgets ask for, and notes on what could not be; None when the run cannot be read."""
    st.session_state.pop(_CHANGED, None)
    notes = link.restore(PAGE, [link.one_of("run", FIRST, LABELS)])
    name = link.value(PAGE, "run")
    run = cached.run_or_say(name)
    if run is None:
        return None, notes
    for choice, most in (("state", run.states - 1), ("kernel", run.spec.model.channels[0])):  # another run may have fewer
        held = st.session_state.get(link.key(PAGE, choice))
        if isinstance(held, int) and held > most:
            st.session_state[link.key(PAGE, choice)] = None
    notes += link.restore(
        PAGE,
        [
            link.whole("state", run.states - 1, 0, run.states - 1),
            link.whole("kernel", 1, 1, run.spec.model.channels[0]),
            link.text("image", OPENING_IMAGE, read_image, "an image of this page, such as test-12, own, digit-3 or photo-temple"),
            link.one_of("filter", LEARNED, FILTERS),
            link.one_of("section", "loss", SECTIONS),
        ],
    )
    view = View(
        name,
        run,
        link.value(PAGE, "state"),
        link.value(PAGE, "kernel") - 1,
        link.value(PAGE, "image"),
        link.value(PAGE, "section"),
    )
    return view, notes


def write_link(view: View) -> None:
    """Put the view into the address."""
    shown = link.value(PAGE, "filter")
    link.write(
        PAGE,
        {
            "run": view.name,
            "state": view.state,
            "kernel": view.kernel + 1,
            "image": view.image,
            "filter": shown if shown != LEARNED else None,
            "section": view.section,
        },
    )


def setter(name: str) -> Callable[[object], None]:
    """A callback that sets one choice of this page."""

    def put(value: object) -> None:
        st.session_state[link.key(PAGE, name)] = value
        changed()

    return put


def changed() -> None:
    """Note in a callback that the view has changed, so that a fragment which alone runs again gives way to the page."""
    st.session_state[_CHANGED] = True


def settle() -> None:
    """At the head of a fragment: run the whole page again if the view has changed since it last ran."""
    if st.session_state.pop(_CHANGED, False):
        st.rerun()


def forget_state() -> None:
    """Another run was chosen: go to its last state."""
    st.session_state[link.key(PAGE, "state")] = None


def parameters(view: View) -> int:
    """How many numbers the network learns, counted from the shapes of its spec."""
    return parameter_count(view.run.spec.model)
