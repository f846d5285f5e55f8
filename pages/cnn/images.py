"""The image that the CNN page convolves: a test pulse, one's own, a drawing, a digit, a photograph or an upload."""

import re
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.data import pictures
from core.ui import cached
from core.ui.drawing_pad import drawing_pad
from pages.cnn import data as cnn_data
from pages.cnn.view import View, setter

WORDS = {
    "test": "a test pulse",
    "own": "your own pulse",
    "drawing": "a drawing",
    "digit": "a digit",
    "photo": "a photograph",
    "upload": "an upload",
}
PAD = "cnn-pad"


@dataclass(frozen=True)
class Shown:
    """An image on the page."""

    name: str  # in words
    pixels: np.ndarray  # (side, side) float32 in [0, 1]
    pulse: bool  # a pulse of this network's kind, so that its outputs can be judged
    light: bool = False  # 1 is light, as in a photograph, and not ink


def choose(view: View) -> Shown | None:
    """The controls for the image, and the image; None after saying what is missing."""
    source = view.image.partition("-")[0]
    chosen = st.selectbox("Image", list(WORDS), index=list(WORDS).index(source), format_func=WORDS.__getitem__, key=f"cnn-source-{source}")
    if chosen != source:
        first = {"test": "test-0", "digit": "digit-0", "photo": "photo-temple"}
        setter("image")(first.get(chosen, chosen))
        st.rerun()
    return {"test": _test, "own": _own, "drawing": _drawing, "digit": _digit, "photo": _photo, "upload": _upload}[source](view)


def side_of(view: View) -> int:
    return view.run.spec.model.image


def _number(view: View, label: str, most: int) -> int:
    """A number box that follows the link and writes it."""
    source, _, which = view.image.partition("-")
    held = min(int(which), most)
    number = st.number_input(label, 0, most, held, key=f"cnn-{source}-{held}")
    if number != held:
        setter("image")(f"{source}-{number}")
        st.rerun()
    return held


def _test(view: View) -> Shown:
    found = cnn_data.test_set(view.name)
    classes = view.pulses.classes
    number = _number(view, f"Test pulse, 0 to {len(found.images) - 1:,}", len(found.images) - 1)
    row = st.container(horizontal=True)
    for label, name in enumerate(classes):
        row.button(f"next {name}", on_click=lambda label=label: setter("image")(f"test-{_next(found.labels, number, label)}"))
    return Shown(f"test pulse {number} ({classes[found.labels[number]]})", found.images[number].astype(np.float32), True)


def _next(labels: np.ndarray, number: int, label: int) -> int:
    """The next image of a class after this one, from the start again at the end."""
    members = np.flatnonzero(labels == label)
    after = members[members > number]
    return int(after[0] if len(after) else members[0])


def own_pulse(view: View) -> Shown | None:
    """The pulse made on the pulses page, drawn to this network's size; None without one."""
    own = st.session_state.get("own_pulse")
    if not own:
        return None
    return Shown(plain(own["name"]), pictures.one_bit(np.asarray(own["image"], np.float32), side_of(view)), True)


def plain(text: str) -> str:
    """A name that a person typed, as plain text in Markdown."""
    return re.sub(r"([^\w\s])", r"\\\1", text)


def _own(view: View) -> Shown | None:
    shown = own_pulse(view)
    if shown is None:
        st.info(
            "You have no pulse of your own yet: make one on the Pulses page, by formula, by file or with the pen.", icon=":material/info:"
        )
        st.page_link("pages/pulses/page.py", label="Make one on the Pulses page", icon=":material/show_chart:")
    return shown


def _drawing(view: View) -> Shown | None:
    with drawing_pad(PAD, label="Drawing pad: draw a pulse with pen, finger or mouse", width=20) as drawing:
        if not drawing:
            st.caption("Draw a line from left to right.")
            return None
        return Shown("your drawing", (drawing.image(side_of(view)) > 1 / 3).astype(np.float32), True)


def _digit(view: View) -> Shown:
    found = cached.test_digits()
    number = _number(view, f"Test digit, 0 to {len(found.images) - 1:,}", len(found.images) - 1)
    image = pictures.in_square(found.images[number] / 255.0, side_of(view))
    return Shown(f"{found.source} test digit {number}, a {found.labels[number]}", image, False)


def _photo(view: View) -> Shown:
    names = list(pictures.PHOTOGRAPHS)
    which = view.image.partition("-")[2]
    chosen = st.segmented_control("Photograph", names, default=which, key=f"cnn-photo-{which}")
    if chosen and chosen != which:
        setter("image")(f"photo-{chosen}")
        st.rerun()
    return Shown(f"photograph ({which})", _photograph(which, side_of(view)), False, light=True)


@st.cache_data(show_spinner=False, max_entries=8)
def _photograph(name: str, side: int) -> np.ndarray:
    return pictures.middle_square(pictures.grey(pictures.photograph(name)), side)


def _upload(view: View) -> Shown | None:
    file = st.file_uploader("A picture", ["png", "jpg", "jpeg", "gif", "webp", "bmp"], key="cnn-upload")
    if file is None:
        st.caption("Its middle square is shown in grey.")
        return None
    try:
        pixels = pictures.middle_square(pictures.grey(pictures.read_upload(file.getvalue(), file.name)), side_of(view))
    except pictures.BadPicture as error:
        st.error(str(error), icon=":material/error:")
        return None
    ink = st.toggle(
        "It is ink on paper", key="cnn-upload-turn", help="The network reads ink as 1 and paper as 0: black and white turn round"
    )
    return Shown("your picture", 1 - pixels if ink else pixels, False, light=not ink)
