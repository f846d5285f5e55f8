"""Choose one image and its class: a test image by number or at random, one that the network misreads, a drawn or an own digit."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.data import pictures
from core.data.catalog import an
from core.data.drawing import UnusableDrawing, prepare_drawing
from core.frame import page
from core.models import network
from core.serving.upload import read, upload
from core.ui.drawn_digit import drawn_digit
from pages.learning import words
from pages.learning.choices import DRAWING, OWN, PAGE, SOURCES, TEST_IMAGE, key, put, value
from pages.learning.images import Images, misread, missing, test_images, values
from pages.learning.view import View

UPLOAD = f"{PAGE}-upload"


@dataclass(frozen=True)
class Picked:
    """The image that a step learns from."""

    values: np.ndarray  # (inputs,) float32 in [0, 1], as the network takes it
    label: int  # its class, which the step is taken towards
    words: str  # which image it is
    index: int | None = None  # of the test image; None for an own one
    actual: int | None = None  # the class that it has; None for an own one

    @property
    def key(self) -> tuple[int, bytes]:
        """Which image and class, for caches."""
        return self.label, self.values.tobytes()

    @property
    def own(self) -> bool:
        """Whether it was drawn or brought by this person."""
        return self.index is None


@contextmanager
def picked_image(view: View, place: DeltaGenerator) -> Iterator[Picked | None]:
    """Controls in `place` that choose an image and its class; None after saying what is missing.

    What follows a drawing must stand inside the `with` block.
    """
    with ExitStack() as pad:
        with place:
            source = _source() if view.digits else TEST_IMAGE
            if source == DRAWING:
                drawn = pad.enter_context(drawn_digit(f"{PAGE}-pad", shape=view.shape))
                picked = None if drawn is None else _own(view, drawn, "your drawing")
            elif source == OWN:
                picked = _picture(view)
            else:
                picked = _test_image(view)
        yield picked


def _own(view: View, image: np.ndarray, words: str) -> Picked:
    """A digit of this person's own, towards what it is read as now or another class."""
    flat = image.reshape(-1)
    says = int(network.answers(view.model, view.weights, flat[None])[0].argmax())
    return Picked(flat, _label(view, says, "what the network reads now"), words)


def _picture(view: View) -> Picked | None:
    """An uploaded picture of a digit; None after a sentence."""
    file = upload(words.UPLOAD, key=UPLOAD, help=words.UPLOAD_HELP)
    if file is None:
        page.empty("No picture yet", words.NO_UPLOAD, 160)
        return None
    try:
        return _own(view, prepare_drawing(read(UPLOAD, file, pictures.writing)).of(view.shape), "your picture")
    except (pictures.BadPicture, UnusableDrawing) as error:
        page.empty("This picture cannot be read", error, 160)
        return None


def _source() -> str:
    """A test image, a drawing or an own picture."""
    st.segmented_control(
        "Image", list(SOURCES), format_func=SOURCES.__getitem__, required=True, key=key("source"), persist_state="session", wrap=True
    )
    return str(value("source"))


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
    words = f"{images.words[:-1]} {index:,}, {an(view.classes[label])}"
    chosen = _label(view, label, f"what it is, {an(view.classes[label])}")
    return Picked(flat, chosen, words, index, label)


def _label(view: View, usual: int, words: str) -> int:
    """The class that the step is taken towards."""
    st.selectbox(
        "Teach it that this is",
        ["", *map(str, range(len(view.classes)))],
        format_func=lambda text: an(view.classes[int(text)]) if text else words,
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
