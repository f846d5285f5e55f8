"""What was drawn on the pad: strokes in pad units, checked, and drawn as grey images of any size. Needs no Streamlit."""

import base64
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

SIDE = 1_000  # pad units along each side
MOST_POINTS = 4_000  # in one drawing
MOST_LINK = 600  # signs of a drawing in a link
WIDTHS = (1, 400)  # pad units
FINER = 4  # strokes are drawn this many times larger and averaged down, for grey edges


@dataclass(frozen=True)
class Stroke:
    """One line of the pen, in pad units from the top left corner."""

    width: int
    points: tuple[tuple[int, int], ...]  # x, y


@dataclass(frozen=True)
class Drawing:
    """What stands on a pad now."""

    strokes: tuple[Stroke, ...] = ()
    sequence: int = 0  # rises with every change that the pad sent
    example: bool = False  # nobody drew it: it stands there until the first stroke

    def __bool__(self) -> bool:
        return bool(self.strokes)

    def image(self, size: int = 84) -> np.ndarray:
        """The drawing as grey values, (size, size) float32 in [0, 1], ink 1."""
        return raster(self.strokes, size)


def read(value: Any) -> Drawing:
    """The drawing that a pad sent; anything that no pad sends (the value comes from a browser) reads as an empty one."""
    try:
        strokes = tuple(
            Stroke(
                width=int(min(max(stroke["width"], WIDTHS[0]), WIDTHS[1])),
                points=tuple((_unit(x), _unit(y)) for x, y in zip(stroke["points"][::2], stroke["points"][1::2], strict=True)),
            )
            for stroke in value["strokes"]
        )
        sequence = int(value["sequence"])
    except (TypeError, KeyError, ValueError, OverflowError):
        return Drawing()
    if sum(len(stroke.points) for stroke in strokes) > MOST_POINTS + len(strokes):
        return Drawing(sequence=sequence)
    return Drawing(tuple(stroke for stroke in strokes if stroke.points), sequence)


def unpack(text: str) -> Drawing:
    """The drawing that a link holds, as link.js packs it: of each stroke its half width, its number of points, and their x and y.

    Raises:
        ValueError: no drawing.
    """
    if len(text) > MOST_LINK or not text.isascii():
        raise ValueError("no drawing")
    packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    strokes, at = [], 0
    while at < len(packed):
        half, count, *points = packed[at : at + 2 + 2 * (packed[at + 1] if at + 1 < len(packed) else 0)]
        if not count or len(points) != 2 * count or not WIDTHS[0] <= 2 * half <= WIDTHS[1]:
            raise ValueError("no drawing")
        units = [round(point * SIDE / 255) for point in points]
        strokes.append(Stroke(2 * half, tuple(zip(units[::2], units[1::2], strict=True))))
        at += 2 + 2 * count
    if not strokes:
        raise ValueError("no drawing")
    return Drawing(tuple(strokes))


def _unit(value: Any) -> int:
    """A coordinate held within the pad."""
    return int(min(max(float(value), 0.0), float(SIDE)))


@lru_cache(maxsize=256)
def raster(strokes: tuple[Stroke, ...], size: int) -> np.ndarray:
    """Strokes with round ends and joints as grey values, (size, size) float32 in [0, 1]; read-only, since it is cached."""
    canvas = Image.new("L", (size * FINER, size * FINER))
    pen = ImageDraw.Draw(canvas)
    scale = size * FINER / SIDE
    for stroke in strokes:
        radius = max(stroke.width * scale / 2, 0.5)
        points = [(x * scale - 0.5, y * scale - 0.5) for x, y in stroke.points]  # Pillow counts from pixel centres
        if len(points) > 1:
            pen.line(points, fill=255, width=round(2 * radius))
        for x, y in points:
            pen.ellipse((x - radius + 0.5, y - radius + 0.5, x + radius - 0.5, y + radius - 0.5), fill=255)
    grey = np.asarray(canvas.reduce(FINER), dtype=np.float32) / 255  # (size, size)
    grey.setflags(write=False)
    return grey
