"""Choose one image: a test image by number or at random, one that the network misreads, or a digit drawn here."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charts import raster
from core.charts.templates import image_pixels
from core.frame import choices, page
from core.models.dense import inputs
from core.ui.drawing_pad import last_drawing
from core.ui.drawing_pad.examples import THREE
from core.ui.drawn_digit import drawn_digit
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.templates.choices import DRAWING, PAGE, SOURCES
from pages.templates.images import Images, missing, probabilities, test_images
from pages.templates.parts import DIGITS
from pages.templates.sizes import ONE, width
from pages.templates.view import View, with_article


@dataclass(frozen=True)
class Picked:
    """The image that the panel works on."""

    values: np.ndarray  # (*shape) float32 in [0, 1], as the network takes it
    label: int | None  # its class; None for a drawing
    words: str  # which image it is


@contextmanager
def picked_image(view: View, place: DeltaGenerator) -> Iterator[Picked | None]:
    """Controls in `place` that choose an image, and the image; None after saying what is missing.

    What follows a drawing must stand inside the `with` block.
    """
    with place:
        drawing = len(view.shape) == 2 and view.classes == DIGITS and _wants_to_draw()
        pad = drawn_digit(f"{PAGE}-pad", shape=view.shape) if drawing else None
        if pad is None:
            picked = _test_image(view)
    if pad is None:
        yield picked
        return
    with place:
        drawn = pad.__enter__()
    try:
        yield None if drawn is None else Picked(drawn, None, _drawing_words())
    finally:
        pad.__exit__(None, None, None)


def _drawing_words() -> str:
    """Whose drawing stands on the pad."""
    return "our example of a drawing" if last_drawing(f"{PAGE}-pad", THREE).example else "your drawing"


def _wants_to_draw() -> bool:
    """Whether a drawing is chosen instead of a test image."""
    key = choices.key(PAGE, "source")
    st.segmented_control(
        "Image", list(SOURCES), format_func=SOURCES.__getitem__, required=True, key=key, persist_state="session", wrap=True
    )
    return choices.value(PAGE, "source") == DRAWING


def _test_image(view: View) -> Picked | None:
    """A test image by its number, with buttons for another."""
    images = test_images(view.data)
    if images is None:
        missing(view)
        return None
    last = len(images.labels) - 1
    choices.put(PAGE, "image", min(choices.value(PAGE, "image"), last))
    index = st.number_input("Test image", 0, last, key=choices.key(PAGE, "image"), persist_state="session")
    with st.container(horizontal=True, gap="small"):
        st.button("Another", icon=":material/shuffle:", key=f"{PAGE}-another", on_click=_another, args=(images, None))
        st.button("A misread one", icon=":material/error:", key=f"{PAGE}-misread", on_click=_another, args=(images, view))
    label = int(images.labels[index])
    values = inputs(images.images[index : index + 1]).reshape(view.shape)
    picked = Picked(values, label, f"{images.source} test image {index:,}, {with_article(view.classes[label])}")
    url = raster.rgb_url(image_pixels(values, page.theme()))
    thumbnails(f"{PAGE}-picked", [Thumbnail(0, url, picked.words)], side=width(view.shape, ONE))
    return picked


def _another(images: Images, view: View | None) -> None:
    """Choose an image at random; with a view, one that it misreads."""
    among = np.arange(len(images.labels))
    if view is not None:
        wrong = np.flatnonzero(probabilities(view, images).argmax(1) != images.labels)
        among = wrong if len(wrong) else among
    choices.put(PAGE, "image", int(np.random.default_rng().choice(among)))
