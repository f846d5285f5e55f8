"""Which image goes into the network: drawn, a test image, or an upload."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.data import pictures
from core.data.drawing import Prepared, UnusableDrawing, prepare_drawing
from core.frame import choices as links
from core.frame import page
from core.serving.upload import read, too_large, upload
from core.specs import RunSpec
from core.ui.drawing_pad import last_drawing
from core.ui.drawing_pad.examples import THREE
from core.ui.drawn_digit import PIXELS
from pages.digits import choices, words
from pages.digits.images import an, as_seen, classes, drawn_side, noun, test_images

PAD = "digits-pad"
UPLOAD = "digits-upload"
NUMBER = "digits-number"


@dataclass(frozen=True)
class Given:
    """An image for the network and what is known about it."""

    image: np.ndarray  # (side, side) float32 in [0, 1]
    name: str
    label: int | None = None  # where it is known
    prepared: Prepared | None = None
    own: bool = False  # drawn or brought by this person


def choose(spec: RunSpec) -> None:
    """The widgets that choose the input."""
    source, _, number = choices.value("input").partition("-")
    sources = {"pad": "Draw", "test": f"Test {noun(spec)}", "upload": "Upload"}
    st.segmented_control(
        "Input",
        list(sources),
        format_func=sources.__getitem__,
        required=True,
        **links.showing("digits-source", source, lambda kind: choices.put(input=f"test-{_last_number(spec)}" if kind == "test" else kind)),
    )
    if source == "test":
        most = len(test_images(spec).labels) - 1
        st.number_input(
            f"Number of the test {noun(spec)}, 0 to {most:,}",
            0,
            most,
            persist_state="session",
            **links.showing(NUMBER, int(number), lambda chosen: choices.put(input=f"test-{chosen}")),
        )
        return
    if source == "upload":
        upload(words.UPLOAD, key=UPLOAD, help=words.UPLOAD_HELP)
    st.toggle("Centre the digit", key=links.key(choices.PAGE, "centre"), help=words.CENTRE, persist_state="session")


def _last_number(spec: RunSpec) -> int:
    """The test image looked at last."""
    return min(int(st.session_state.get(NUMBER, 0)), len(test_images(spec).labels) - 1)


def given(spec: RunSpec, height: int = 320) -> Given | None:
    """The chosen image, or None after a sentence at the place of the picture. A drawing is the one last on the pad."""
    chosen = choices.value("input")
    if chosen == "upload":
        return _uploaded(spec, height)
    if chosen != "pad":
        return test_image(spec, int(chosen.removeprefix("test-")))
    drawing = last_drawing(PAD, THREE)
    try:
        prepared = prepare_drawing(drawing.image(PIXELS), centre=choices.value("centre"), side=drawn_side(spec))
        return drawn(spec, prepared, drawing.example)
    except UnusableDrawing as error:
        page.empty("No digit to read", error, height=height)
        return None


def drawn(spec: RunSpec, prepared: Prepared, example: bool) -> Given:
    """What stands on the pad, or our example there."""
    return Given(as_seen(spec, prepared), "our example of a drawing" if example else "your drawing", prepared=prepared, own=not example)


def test_image(spec: RunSpec, number: int) -> Given:
    """One of the test images as it is."""
    found = test_images(spec)
    label = int(found.labels[number])
    return Given(found.images[number] / np.float32(255), test_name(spec, number), label)


def test_name(spec: RunSpec, number: int) -> str:
    """One of the test images in words: "test digit 7, a 9"."""
    label = int(test_images(spec).labels[number])
    return f"test {noun(spec)} {number:,}, {an(classes(spec)[label])}"


def _ink(data: bytes, name: str) -> np.ndarray:
    """The writing in a picture, ink 1 in the middle of a square."""
    return pictures.ink_square(pictures.ink(pictures.grey(pictures.read_upload(data, name))))


def _uploaded(spec: RunSpec, height: int) -> Given | None:
    file = st.session_state.get(UPLOAD)
    if file is None or too_large(file):
        page.empty("No picture yet", words.NO_UPLOAD, height=height)
        return None
    try:
        prepared = prepare_drawing(read(UPLOAD, file, _ink), centre=choices.value("centre"), side=drawn_side(spec))
    except (pictures.BadPicture, UnusableDrawing) as error:
        page.empty("This picture cannot be read", error, height=height)
        return None
    return Given(as_seen(spec, prepared), f"your picture {file.name}", prepared=prepared, own=True)
