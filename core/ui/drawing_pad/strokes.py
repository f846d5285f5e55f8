"""What was drawn on the pad: strokes in pad units, checked, and drawn as grey images of any size. Needs no Streamlit."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

SIDE = 1_000  # pad units along each side
MOST_POINTS = 4_000  # in one drawing
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
