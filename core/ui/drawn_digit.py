"""A drawn digit for any page: the pad, what was made of the drawing, or the sentence that says why there is none."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from core.data.drawing import SIDE, Prepared, UnusableDrawing, prepare_drawing
from core.frame import page
from core.ui.drawing_pad import Drawing, drawing_pad
from core.ui.drawing_pad.examples import THREE

PIXELS = 84  # the pad's drawing is read at three times the networks' 28 pixels
EMPTY_HEIGHT = 220


@contextmanager
def drawn_digit(
    key: str, *, example: bool = True, centre: bool = True, shape: tuple[int, ...] = (SIDE, SIDE)
) -> Iterator[np.ndarray | None]:
    """A pad, and below it the drawing as a network sees it: float32 in [0, 1] of the shape asked for, or None after a sentence.

    with drawn_digit("home-pad") as image:
        if image is not None:
            show(image)            # pictures that follow the pen; keep them inside the block and all of it in a fragment

    Args:
        example: whether a pale digit of ours stands there at first.
        shape: (height, width) of the images that the network reads.
    """
    with drawing_pad(key, example=THREE if example else ()) as drawing:
        prepared = prepare_or_say(drawing, centre=centre)
        yield None if prepared is None else prepared.of(shape)


def prepare_or_say(drawing: Drawing, *, centre: bool = True, height: int = EMPTY_HEIGHT, side: int = SIDE) -> Prepared | None:
    """The drawing made like MNIST's digits, of so many pixels a side, or None after saying why it can't be."""
    try:
        return prepare_drawing(drawing.image(PIXELS), centre=centre, side=side)
    except UnusableDrawing as error:
        page.empty("No digit to read", error, height=height)
        return None
