"""What the learning page lets one choose, each choice declared once."""

from functools import partial

import streamlit as st

from core.frame import choices
from core.frame.choices import Choice, Section
from core.runs.run import Run
from core.ui import networks, question
from pages.learning.lesson import LESSON
from pages.learning.view import View, fits, fits_pulses, opening
from pages.learning.words import SECTIONS

PAGE = "learning"
FIRST = "softmax-mnist"  # the network that the page opens on
FIRST_PULSES = "pulse-reliable"  # likewise the part about pulses
SOURCES = {"test": "a test image", "draw": "a digit you draw", "own": "your picture"}
TEST_IMAGE, DRAWING, OWN = SOURCES
RATES = (*(mantissa * 10.0**power for power in range(-4, 1) for mantissa in (1, 2, 5)), 10.0)
LEAST, MOST = RATES[0], RATES[-1]
TIMES, SIZES = (1, 5, 25), (1, 10, 128)
AMONG = {"any": "any training images", "misread": "those it misreads", "picked": "one image, as in One step"}
SPANS, STEPS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0), (10, 25, 100)  # of the landscape and of the walks in it
PACES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
CORNERS = {
    "here": "where the network is",
    "bottom-left": "bottom left",
    "bottom-right": "bottom right",
    "top-left": "top left",
    "top-right": "top right",
}
MOST_DEPTH = 20  # hidden layers of an untrained network
QUESTIONS = ("white", "which", "others", "tenfold", "slowest")


def of_page() -> list[Choice]:
    """The choices that need no network."""
    return [
        choices.one_of("section", "step", SECTIONS),
        networks.choice("model", FIRST, fits, tuple(section for section in SECTIONS if section != "pulses")),
        networks.choice("cnn", FIRST_PULSES, fits_pulses, "pulses"),
        question.choice(*QUESTIONS, *LESSON.questions),
    ]


def of_network(run: Run, images: int) -> list[Choice]:
    """The choices that depend on the network and its images."""
    model = run.spec.model
    layers = len(model.sizes) - 1
    one = ("step", "batch", "rate", "back")
    return [
        networks.state_choice(run, "epoch", opening(run)),
        choices.one_of("source", TEST_IMAGE, SOURCES, one),
        choices.whole("image", 0, 0, max(0, images - 1), one),
        choices.text("label", "", lambda text: _read_label(text, model.sizes[-1]), "a class by its number, from 0", one),
        choices.whole("layer", 1, 1, layers, ("step", "batch", "surface", "path")),
        Choice("eta", 0.1, _read_rate, f"a rate from {LEAST:g} to {MOST:g}", "{:.4g}".format, ("step", "batch", "rate", "pulses")),
        choices.one_of("times", 1, TIMES, "batch"),
        choices.one_of("batch", 128, SIZES, ("batch", "rate")),
        choices.one_of("among", "any", AMONG, ("batch", "rate")),
        choices.whole("up", layers, min(2, layers), layers, "back"),
        choices.whole("depth", 10, 1, MOST_DEPTH, "back"),
        choices.one_of("span", 4.0, SPANS, "surface", "{:g}".format),
        choices.one_of("corner", "top-left", CORNERS, "surface"),
        choices.one_of("few", 10, SIZES, "surface"),
        choices.one_of("steps", 100, STEPS, "surface"),
        choices.one_of("pace", 1.0, PACES, "surface", "{:g}".format),
        choices.one_of("adam", 0.1, PACES, "surface", "{:g}".format),
        choices.whole("draw", 0, 0, 9_999, ("batch", "rate")),
    ]


def of_pulses(run: Run) -> list[Choice]:
    """The choices that depend on the pulse CNN: which state, which pulse, which of its first kernels."""
    spec = run.spec
    return [
        networks.state_choice(run, "moment", section="pulses"),
        choices.whole("pulse", 0, 0, max(0, spec.data.test - 1), "pulses"),
        choices.whole("kernel", 1, 1, spec.model.channels[0], "pulses"),
    ]


def of_layer(view: View) -> list[Choice]:
    """The choices that depend on the layer: which of its weights is opened."""
    layer = value("layer")
    sources, units = view.model.sizes[layer - 1], view.model.sizes[layer]

    def read(text: str) -> str:
        if text:
            unit, source = (int(part) for part in text.split("-"))
            if not (0 <= unit < units and 0 <= source < sources and text.replace("-", "").isdecimal()):
                raise ValueError(text)
        return text

    words = f"a unit and an input of the layer, as in {units - 1}-{sources - 1}"
    sections: dict[str, Section] = {"cell": ("step", "path"), "first": "surface", "second": "surface"}
    return [Choice(name, "", read, words, section=section) for name, section in sections.items()]


def _read_label(text: str, classes: int) -> str:
    if text and not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) < classes):
        raise ValueError(text)
    return text


def _read_rate(text: str) -> float:
    rate = float(f"{float(text):.4g}")  # as it is written
    if not LEAST <= rate <= MOST:
        raise ValueError(text)
    return rate


key = partial(choices.key, PAGE)  # of a choice, in the session and of its widget
value = partial(choices.value, PAGE)  # of a choice, as it is now
put = partial(choices.put, PAGE)  # a choice for somebody, in a callback or before its widget is made


def rate_slider() -> float:
    """The rate of the steps; a rate between two of the list stands among them."""
    options = sorted({*RATES, value("eta")})
    st.select_slider("Rate of the step", options, format_func="{:.4g}".format, key=key("eta"), persist_state="session")
    return value("eta")


def state_slider(view: View) -> None:
    """The stored state whose weights take the step."""
    labels = [f"{epoch:.4g}" for epoch in view.run.epochs]
    st.select_slider("Epoch", range(len(labels)), format_func=labels.__getitem__, key=key("epoch"), persist_state="session")


def forget_weights() -> None:
    """In a callback: another layer or network has other weights."""
    for name in ("cell", "first", "second"):
        put(name, "")


def layer_choice(view: View) -> int:
    """Which layer's kernel; nothing to choose where there is one."""
    if view.layers > 1:
        words = [f"layer {i + 1}: {a:,} → {b:,}" for i, (a, b) in enumerate(zip(view.model.sizes[:-1], view.model.sizes[1:], strict=True))]
        st.selectbox(
            "Kernel of",
            range(1, view.layers + 1),
            format_func=lambda layer: words[layer - 1],
            key=key("layer"),
            persist_state="session",
            on_change=forget_weights,
        )
    return value("layer")
