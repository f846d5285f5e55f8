"""The image that the CNN page convolves: a test pulse, one's own, a drawing, a digit, a photograph or an upload."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.data import pictures
from core.frame import choices
from core.frame.plain import plain
from core.serving.shared import shared
from core.serving.upload import read, upload
from core.ui import cached
from core.ui.drawing_pad import drawing_pad
from core.ui.shown import Shown
from pages.cnn import data as cnn_data
from pages.cnn.choices import put, setter, value
from pages.cnn.runs import pulses_of
from pages.cnn.words import IMAGES

PAD = "cnn-pad"
UPLOAD = "cnn-upload"
FIRSTS = {"test": "test-0", "digit": "digit-0", "photo": f"photo-{next(iter(pictures.PHOTOGRAPHS))}"}  # of the sources with several


@dataclass(frozen=True)
class Picture:
    """An image on the page."""

    name: str  # in words
    pixels: np.ndarray  # (side, side) float32 in [0, 1]
    pulse: bool  # a pulse of this network's kind, so that its outputs can be judged
    light: bool = False  # 1 is light, as in a photograph, and not ink


def choose(shown: Shown) -> Picture | None:
    """The controls for the image, and the image; None after saying what is missing."""
    source = value("image").partition("-")[0]
    taken = choices.showing("cnn-source", source, lambda chosen: put("image", FIRSTS.get(chosen, chosen)))
    st.selectbox("Image", list(IMAGES), format_func=IMAGES.__getitem__, **taken)
    return {"test": _test, "own": _own, "drawing": _drawing, "digit": _digit, "photo": _photo, "upload": _upload}[source](shown)


def side_of(shown: Shown) -> int:
    """Pixels of the image that the network reads."""
    return shown.run.spec.model.image


def _number(label: str, most: int) -> int:
    """A box for the number of the image."""
    source, _, which = value("image").partition("-")
    held = min(int(which), most)
    taken = choices.showing(f"cnn-{source}-number", held, lambda number: put("image", f"{source}-{number}"))
    st.number_input(f"{label}, 0 to {most:,}", 0, most, **taken)
    return held


def _test(shown: Shown) -> Picture:
    classes, labels = pulses_of(shown.run.spec).classes, cnn_data.labels(shown.run)
    number = _number("Test pulse", len(labels) - 1)
    row = st.container(horizontal=True)
    for label, name in enumerate(classes):
        row.button(f"next {name}", on_click=setter("image"), args=(f"test-{_next(labels, number, label)}",))
    pixels = cnn_data.test_pulse(shown.run, number).astype(np.float32)
    return Picture(f"test pulse {number} ({classes[labels[number]]})", pixels, True)


def _next(labels: np.ndarray, number: int, label: int) -> int:
    """The next image of a class after this one, from the start again at the end; this one where the class has none."""
    members = np.flatnonzero(labels == label)
    after = members[members > number]
    return int(after[0] if len(after) else members[0] if len(members) else number)


def own_pulse(shown: Shown) -> Picture | None:
    """The pulse made on the pulses page, drawn to this network's size; None without one."""
    own = st.session_state.get("own_pulse")
    if not own:
        return None
    return Picture(own["name"], pictures.one_bit(np.asarray(own["image"], np.float32), side_of(shown)), True)


def _own(shown: Shown) -> Picture | None:
    picture = own_pulse(shown)
    if picture is None:
        st.info(
            "You have no pulse of your own yet: make one on the Pulses page, by formula, by file or with the pen.", icon=":material/info:"
        )
        st.page_link("pages/pulses/page.py", label="Make one on the Pulses page", icon=":material/show_chart:")
    return picture


def _drawing(shown: Shown) -> Picture | None:
    with drawing_pad(PAD, label="Drawing pad: draw a pulse with pen, finger or mouse", width=20) as drawing:
        if not drawing:
            st.caption("Draw a line from left to right.")
            return None
        return Picture("your drawing", (drawing.image(side_of(shown)) > 1 / 3).astype(np.float32), True)


def _digit(shown: Shown) -> Picture:
    found = cached.test_digits()
    number = _number("Test digit", len(found.images) - 1)
    image = pictures.in_square(found.images[number] / 255.0, side_of(shown))
    return Picture(f"{found.source} test digit {number}, a {found.labels[number]}", image, False)


def _photo(shown: Shown) -> Picture:
    which = value("image").partition("-")[2]
    taken = choices.showing("cnn-photo", which, lambda name: put("image", f"photo-{name}"))
    st.segmented_control("Photograph", list(pictures.PHOTOGRAPHS), required=True, **taken)
    return Picture(f"photograph ({which})", _photograph(which, side_of(shown)), False, light=True)


@shared()
def _photograph(name: str, side: int) -> np.ndarray:
    return pictures.middle_square(pictures.grey(pictures.photograph(name)), side)


def _upload(shown: Shown) -> Picture | None:
    file = upload("A picture", ["png", "jpg", "jpeg", "gif", "webp", "bmp"], key=UPLOAD)
    if file is None:
        st.caption("Its middle square is shown in grey.")
        st.page_link(
            "pages/pulses/page.py",
            label="An oscilloscope's file? Make it a pulse on the Pulses page",
            icon=":material/show_chart:",
            query_params={"make": "csv"},
        )
        return None
    try:
        pixels = pictures.middle_square(pictures.grey(read(UPLOAD, file, pictures.read_upload)), side_of(shown))
    except pictures.BadPicture as error:
        st.error(plain(error), icon=":material/error:")
        return None
    ink = st.toggle(
        "It is ink on paper", key="cnn-upload-turn", help="The network reads ink as 1 and paper as 0: black and white turn round"
    )
    return Picture("your picture", 1 - pixels if ink else pixels, False, light=not ink)
