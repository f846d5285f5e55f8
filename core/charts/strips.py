"""Many small pictures of equal size as one image, with the place of each of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.charts import raster
from core.charts.theme import Theme

GAP = 6  # pixels between pictures
HEAD = 22  # pixels of a line of words over columns


@dataclass(frozen=True)
class Cell:
    """One picture's place in its strip, in pixels, and its name."""

    id: str
    label: str  # what a screen reader says
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Strip:
    """One image of many pictures."""

    title: str
    alt: str
    url: str
    width: int  # pixels, as large as it is ever shown
    height: int
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Pictures:
    """Pictures of one kind on one scale."""

    values: np.ndarray  # (pictures, height, width)
    kind: str  # "signed", "amount" or "ink"
    limit: float  # the value that gets the strongest colour

    def levels(self) -> np.ndarray:
        """(pictures, height, width) uint8 palette entries."""
        draw = raster.signed_levels if self.kind == "signed" else raster.amount_levels
        return draw(self.values, self.limit)

    def palette(self, colours: Theme) -> np.ndarray:
        return {"signed": colours.signed_palette, "amount": colours.amount_palette, "ink": colours.ink_palette}[self.kind]

    @property
    def nothing(self) -> int:
        """The palette entry of zero, which is the paper."""
        return 127 if self.kind == "signed" else 0


def strip(
    pictures: Pictures,
    colours: Theme,
    *,
    title: str = "",
    alt: str = "",
    ids: Sequence[str] = (),
    labels: Sequence[str] = (),
    side: int = 72,
    columns: int = 8,
) -> Strip:
    """Pictures in rows of `columns`, each at the largest whole multiple of its pixels within `side`."""
    levels = pictures.levels()  # (pictures, h, w)
    scale = max(1, side // max(levels.shape[1:]))
    levels = levels.repeat(scale, 1).repeat(scale, 2)
    count, h, w = levels.shape
    across, down = min(columns, count), -(-count // columns)
    canvas = np.full((down * (h + GAP) - GAP, across * (w + GAP) - GAP), pictures.nothing, np.uint8)
    cells = []
    for n, picture in enumerate(levels):
        top, left = n // columns * (h + GAP), n % columns * (w + GAP)
        canvas[top : top + h, left : left + w] = picture
        if ids:
            cells.append(Cell(ids[n], labels[n] if labels else ids[n], left, top, w, h))
    url = raster.png_url(canvas, pictures.palette(colours), compress=1)
    return Strip(title, alt, url, canvas.shape[1], canvas.shape[0], tuple(cells))


def sheet(
    rows: Sequence[Sequence[tuple[str, str, Pictures]]],
    colours: Theme,
    *,
    side: int = 56,
    title: str = "",
    alt: str = "",
    heads: Sequence[str] = (),
) -> Strip:
    """A table of pictures of different kinds as one image: each entry is (id, label, one picture); an empty id gets no button.

    Args:
        heads: short words over the columns.
    """
    pixels, cells = _sheet(rows, colours, side, heads)
    return Strip(title, alt, raster.rgb_url(pixels), pixels.shape[1], pixels.shape[0], tuple(cells))


def sheet_png(rows: Sequence[Sequence[tuple[str, str, Pictures]]], colours: Theme, *, side: int = 56, heads: Sequence[str] = ()) -> bytes:
    """The table of `sheet` as a PNG file."""
    return raster.rgb_png(_sheet(rows, colours, side, heads)[0])


def _sheet(
    rows: Sequence[Sequence[tuple[str, str, Pictures]]], colours: Theme, side: int, heads: Sequence[str]
) -> tuple[np.ndarray, list[Cell]]:
    paper = colours.ink_palette[0]
    across = max(len(row) for row in rows)
    canvas = np.empty((len(rows) * (side + GAP) - GAP, across * (side + GAP) - GAP, 3), np.uint8)
    canvas[:] = paper
    above = _heads(heads, canvas.shape[1], side, colours)  # (height, width, 3)
    cells = []
    for r, row in enumerate(rows):
        for c, (name, label, pictures) in enumerate(row):
            levels = pictures.levels()[0]  # (h, w)
            scale = max(1, side // max(levels.shape))
            levels = levels.repeat(scale, 0).repeat(scale, 1)
            h, w = levels.shape
            top, left = r * (side + GAP) + (side - h) // 2, c * (side + GAP) + (side - w) // 2
            canvas[top : top + h, left : left + w] = pictures.palette(colours)[levels]
            if name:
                cells.append(Cell(name, label, left, len(above) + top, w, h))
    return np.concatenate([above, canvas]), cells


def _heads(words: Sequence[str], width: int, side: int, colours: Theme) -> np.ndarray:
    """A line of words over columns of `side` pixels, (HEAD, width, 3) uint8; no line without words."""
    line = Image.new("RGB", (width, HEAD if any(words) else 0), colours.paper)
    pen = ImageDraw.Draw(line)
    font = ImageFont.load_default(15)
    for c, word in enumerate(words):
        pen.text((c * (side + GAP) + side / 2, HEAD / 2), word, fill=colours.text, font=font, anchor="mm")
    return np.asarray(line).reshape(line.height, width, 3)
