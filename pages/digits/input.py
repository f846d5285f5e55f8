"""Which image goes into the digit CNN: drawn, a test digit, or an upload."""

import re
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.data import pictures
from core.data.drawing import Prepared, UnusableDrawing, prepare_drawing
from core.ui import link, page
from core.ui.drawing_pad import last_drawing
from core.ui.drawing_pad.examples import THREE
from core.ui.drawn_digit import PIXELS
from pages.digits import net as digit_net

PAGE = "digits"
PAD = "digits-pad"
SOURCES = {"pad": "Draw", "test": "Test digit", "upload": "Upload"}


@dataclass(frozen=True)
class Given:
    """An image for the network and what is known about it."""

    image: np.ndarray  # (28, 28) float32 in [0, 1]
    name: str
    label: int | None = None  # where it is known
    prepared: Prepared | None = None


def read_input(text: str) -> str:
    """The `input` of a link: pad, upload or test-<number>.

    Raises:
        ValueError: it is none of them.
    """
    if text in ("pad", "upload"):
        return text
    if re.fullmatch(r"test-\d{1,5}", text) and int(text[5:]) < len(digit_net.test_digits().labels):
        return text
    raise ValueError(text)


def choose() -> None:
    """The widgets that choose the input; the choice stands in the session as the link's `input`."""
    chosen = link.value(PAGE, "input")
    if st.session_state.get("_digits-input") != chosen or "digits-source" not in st.session_state:
        kind, _, number = chosen.partition("-")
        st.session_state["digits-source"] = kind
        if number or "digits-number" not in st.session_state:
            st.session_state["digits-number"] = int(number or 0)
    source = st.segmented_control(
        "Input", list(SOURCES), format_func=SOURCES.__getitem__, key="digits-source", required=True, persist_state="session"
    )
    if source == "test":
        most = len(digit_net.test_digits().labels) - 1
        st.session_state["digits-number"] = min(st.session_state.get("digits-number", 0), most)
        number = st.number_input(f"Number of the test digit, 0 to {most:,}", 0, most, key="digits-number", persist_state="session")
        source = f"test-{number}"
    elif source == "upload":
        st.file_uploader(
            "A photograph or scan of one digit (PNG, JPEG, WebP, GIF or BMP)",
            key="digits-upload",
            help="Dark on light or light on dark, both are read. It stays in this session.",
        )
    if source in ("pad", "upload"):
        _centre()
    st.session_state[link.key(PAGE, "input")] = st.session_state["_digits-input"] = source


def _centre() -> None:
    """The switch that leaves out the centring; it stands in the link as `centre`."""
    st.session_state["digits-centred"] = link.value(PAGE, "centre") == "on"
    st.toggle(
        "Centre the digit",
        key="digits-centred",
        help="MNIST's makers moved every digit's centre of mass to the middle. "
        "Switch it off, draw in a corner, and see what the network makes of it.",
        on_change=_keep_centre,
    )


def _keep_centre() -> None:
    st.session_state[link.key(PAGE, "centre")] = "on" if st.session_state["digits-centred"] else "off"


def given(height: int = 320) -> Given | None:
    """The chosen image, or None after a sentence at the place of the picture. A drawing is the one last on the pad."""
    chosen = link.value(PAGE, "input")
    centre = link.value(PAGE, "centre") == "on"
    try:
        if chosen == "pad":
            drawing = last_drawing(PAD, THREE)
            prepared = prepare_drawing(drawing.image(PIXELS), centre=centre)
            return Given(prepared.centred, "our example of a drawing" if drawing.example else "your drawing", prepared=prepared)
        if chosen == "upload":
            return _uploaded(centre, height)
    except UnusableDrawing as error:
        page.empty("No digit to read", str(error), height=height)
        return None
    return test_digit(int(chosen[5:]))


def test_digit(number: int) -> Given:
    """One of the test digits as it is."""
    found = digit_net.test_digits()
    label = int(found.labels[number])
    return Given(found.images[number] / np.float32(255), f"test digit {number:,}, a {label}", label)


def _uploaded(centre: bool, height: int) -> Given | None:
    upload = st.session_state.get("digits-upload")
    if upload is None:
        page.empty("No picture yet", "Choose a picture of one digit above; dark on light or light on dark.", height=height)
        return None
    try:
        ink = pictures.ink(pictures.grey(pictures.read_upload(upload.getvalue(), upload.name)))
        prepared = prepare_drawing(pictures.ink_square(ink), centre=centre)
    except (pictures.BadPicture, UnusableDrawing) as error:
        page.empty("This picture cannot be read", str(error), height=height)
        return None
    return Given(prepared.centred, f"your picture {upload.name}", prepared=prepared)
