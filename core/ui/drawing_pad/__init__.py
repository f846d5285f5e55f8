"""A pad to draw on, as a components v2 part; what is drawn reaches the page while the pen moves.

    with drawing_pad("digits-pad") as drawing:      # the pad stands here
        if drawing:
            show(drawing.image(84))                 # pictures that follow the pen

On the pad a finger draws and never scrolls, from the first touch, as on paper; the page is scrolled beside it, where 48 pixels at least
stay free.

The pad keeps one request in flight: it sends its next drawing when the page has shown the last one. The end of the `with` block
is what tells it so; put the pictures inside it and the whole into a `st.fragment`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from core.frame import address
from core.frame.browser_part import browser_part
from core.ui.drawing_pad.strokes import Drawing, Stroke, read, unpack

PEN_WIDTH = 85  # pad units: 2.4 of 28 pixels, about as wide as the pens that wrote MNIST
LABEL = "Drawing pad: draw a digit with pen, finger, mouse or the arrow keys"

_DIGIT = "_digit-drawn"  # session key of the digit drawn last, on whichever pad

_pad = browser_part("drawing_pad", __file__)


@contextmanager
def drawing_pad(key: str, label: str = LABEL, width: int = PEN_WIDTH, example: Sequence[Stroke] = ()) -> Iterator[Drawing]:
    """Mount a pad here and give what is drawn on it; the drawing outlives a visit to another page.

    Args:
        key: names the pad and its state, `st.session_state[key]["drawing"]`; its container's class is st-key-<key>-box.
        label: what a screen reader says.
        width: of the pen at first, in thousandths of the pad's side.
        example: strokes that stand on a new pad, pale, until the first stroke or "Clear"; `drawing.example` says so.
    """
    place = st.container(key=f"{key}-box")
    drawing = last_drawing(key, example)
    yield drawing
    with place:
        _pad(
            key=key,
            data={
                "key": key,
                "shown": drawing.sequence,
                "label": label,
                "width": width,
                "strokes": [{"width": s.width, "points": [v for point in s.points for v in point]} for s in drawing.strokes],
                "example": drawing.example,
                "linked": bool(example),
            },
            on_drawing_change=lambda: None,
        )


def last_drawing(key: str, example: Sequence[Stroke] = ()) -> Drawing:
    """What stands on a pad, or stood there when it was last on the page; `example` before the first stroke.

    Pads with an example are for digits: what somebody draws on one of them stands on the others when they come up, and in the link.
    """
    kept = f"{key}-kept"
    state = st.session_state.get(key)
    value = state.get("drawing") if state else None
    before = st.session_state.get(kept, Drawing(tuple(example), example=bool(example)))
    drawing = read(value) if value else before
    if example and value and drawing.strokes != before.strokes:
        st.session_state[_DIGIT] = drawing
    elif example and not value and st.session_state.get(_DIGIT):
        drawing = st.session_state[_DIGIT]
    st.session_state[kept] = drawing
    return drawing


def from_link() -> list[str]:
    """Take the digit that the address brings, before the pads are shown; a note where it can't be read."""
    now = address.current()
    text, now.drawing = now.drawing, None
    if not text:
        return []
    try:
        st.session_state[_DIGIT] = unpack(text)
    except ValueError:
        return ["The link's drawing cannot be read; draw it anew, or ask for the link again."]
    return []


__all__ = ["LABEL", "PEN_WIDTH", "Drawing", "Stroke", "drawing_pad", "from_link", "last_drawing"]
