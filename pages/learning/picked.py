"""Choose one image and its class: a test image by number or at random, one that the network misreads, or a digit drawn here."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.models import network
from core.ui.drawn_digit import drawn_digit
from pages.learning.choices import DRAWING, PAGE, SOURCES, key, put, value
from pages.learning.images import Images, misread, missing, test_images, values
from pages.learning.view import View, with_article


@dataclass(frozen=True)
class Picked:
    """The image that a step learns from."""

    values: np.ndarray  # (inputs,) float32 in [0, 1], as the network takes it
    label: int  # its class, which the step is taken towards
    words: str  # which image it is
    own: bool  # whether it was drawn here


@contextmanager
def picked_image(view: View, place: DeltaGenerator) -> Iterator[Picked | None]:
    """Controls in `place` that choose an image and its class; None after saying what is missing.

    What follows a drawing must stand inside the `with` block.
    """
    with place:
        drawing = view.digits and _wants_to_draw()
        pad = drawn_digit(f"{PAGE}-pad", shape=view.shape) if drawing else None
        if pad is None:
            picked = _test_image(view)
    if pad is None:
        yield picked
        return
    with place:
        drawn = pad.__enter__()
        picked = None
        if drawn is not None:
            flat = drawn.reshape(-1)
            says = int(network.answers(view.model, view.weights, flat[None])[0].argmax())
            picked = Picked(flat, _label(view, says, "what the network reads now"), "your drawing", True)
    try:
        yield picked
    finally:
        pad.__exit__(None, None, None)


def _wants_to_draw() -> bool:
    """Whether a drawing is chosen instead of a test image."""
    st.segmented_control(
        "Image", list(SOURCES), format_func=SOURCES.__getitem__, required=True, key=key("source"), persist_state="session", wrap=True
    )
    return value("source") == DRAWING


def _test_image(view: View) -> Picked | None:
    """A test image by its number, with buttons for another."""
    images = test_images(view)
    if images is None:
        missing(view)
        return None
    index = st.number_input("Test image", 0, len(images) - 1, key=key("image"), persist_state="session", on_change=_relabel)
    with st.container(horizontal=True, gap="small"):
        st.button("Another", icon=":material/shuffle:", key=f"{PAGE}-another", on_click=_another, args=(images, None))
        st.button("A misread one", icon=":material/error:", key=f"{PAGE}-misread", on_click=_another, args=(images, view))
    flat, label = values(images, np.array([index]))[0], int(images.labels[index])
    words = f"{images.words[:-1]} {index:,}, {with_article(view.classes[label])}"
    chosen = _label(view, label, f"what it is, {with_article(view.classes[label])}")
    return Picked(flat, chosen, words, False)


def _label(view: View, usual: int, words: str) -> int:
    """The class that the step is taken towards."""
    st.selectbox(
        "Teach it that this is",
        ["", *map(str, range(len(view.classes)))],
        format_func=lambda text: with_article(view.classes[int(text)]) if text else words,
        key=key("label"),
        persist_state="session",
    )
    return int(value("label")) if value("label") else usual


def _relabel() -> None:
    """Another image has a class of its own."""
    put("label", "")
    put("cell", "")


def _another(images: Images, view: View | None) -> None:
    """Choose an image at random; with a view, one that it misreads."""
    among = np.arange(len(images))
    if view is not None:
        wrong = misread(view, images)
        among = wrong if len(wrong) else among
    put("image", int(np.random.default_rng().choice(among)))
    _relabel()
