"""What the CNN page shows: its choices, the run and the state behind them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from core.data.pictures import PHOTOGRAPHS
from core.models.pulse_layers import parameter_count
from core.runs.run import Run
from core.runs.shipped.pulses import LABELS, RUNS
from core.specs import PulseSpec, RunSpec
from core.ui import cached, link
from pages.cnn import choices as cnn_choices
from pages.cnn.choices import PAGE

FIRST = "pulse-reliable"
SECTIONS = {
    "loss": "Loss profile",
    "convolution": "Do a convolution",
    "response": "What does it answer to?",
    "tests": "Test images",
}
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
        return pulses_of(self.run.spec)

    @property
    def family(self) -> list[str]:
        """Runs that differ from this one in their number of kernels alone, itself among them."""
        return family(self.name)

    @property
    def has_weights(self) -> bool:
        return bool(self.run.shapes)

    @property
    def epoch(self) -> str:
        """Epochs completed, in words for a caption."""
        return f"epoch {self.run.epochs[self.state]:.3g}"


def pulses_of(spec: RunSpec) -> PulseSpec:
    """How the pulses of a pulse run are drawn."""
    assert spec.data.pulses is not None, "a pulse run has pulses"
    return spec.data.pulses


def family(name: str) -> list[str]:
    """Shipped runs that differ from this one in their number of kernels alone, by that number; itself among them."""

    def rest(spec: RunSpec) -> RunSpec:
        return replace(spec, model=replace(spec.model, channels=(1, 1)))

    return sorted((n for n in LABELS if rest(RUNS[n]) == rest(RUNS[name])), key=lambda n: RUNS[n].model.channels[0])


def recipe(name: str) -> str:
    """A run in words, without its number of kernels where others of its family have another."""
    return LABELS[name].rpartition(", ")[0] if len(family(name)) > 1 else LABELS[name]


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
            link.one_of("section", "loss", SECTIONS),
        ],
    )
    notes += cnn_choices.restore(pulses_of(run.spec))
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
    """Put the view into the address, with what its section lets one choose; fragments call it too."""
    link.write(
        PAGE,
        {
            "run": view.name,
            "state": view.state,
            "kernel": view.kernel + 1,
            "image": view.image,
            "section": view.section,
            **cnn_choices.in_link(view.section, view.pulses),
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


def take_run(name: str, state: int | None = None) -> None:
    """Show another run, at its last state unless another is asked for."""
    st.session_state[link.key(PAGE, "run")] = name
    st.session_state[link.key(PAGE, "state")] = state
    changed()


def choose_another() -> None:
    """Where a run cannot be read: the list of the others."""
    key = link.key(PAGE, "run")
    st.selectbox(
        "Training run",
        list(LABELS),
        format_func=LABELS.__getitem__,
        key=key,
        on_change=lambda: take_run(st.session_state[key]),
        persist_state="session",
    )


def parameters(view: View) -> int:
    """How many numbers the network learns, counted from the shapes of its spec."""
    return parameter_count(view.run.spec.model)
