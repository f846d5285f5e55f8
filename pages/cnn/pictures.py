"""Pictures of maps, units and patches in the theme's colours, of a size that fits beside others."""

import math

import numpy as np

from core.charts import raster
from core.charts.theme import Theme, rgb
from core.data.pictures import fitted
from core.frame import page
from core.ui.thumbnails import Thumbnail

TILE, MANY = 152, 12  # pixels, about, of a feature map among others; half as many where there are more of them than so


def maps(parts: list[tuple[int, np.ndarray, str]], top: float) -> tuple[list[Thumbnail], int]:
    """Feature maps after their ReLU, each with an id and words, on one scale from 0 to `top`; and their side in CSS pixels."""
    items, side = [], TILE
    for id_, amounts, words in parts:
        small, scale = fitted(amounts, TILE if len(parts) <= MANY else TILE // 2)
        side = scale * len(small)
        items.append(Thumbnail(id_, raster.png_url(raster.amount_levels(small, top), page.theme().amount_palette, scale), words))
    return items, side


def amounts(values: np.ndarray, top: float, about: int = TILE) -> bytes:
    """Amounts (side, side) from 0 to `top` as a PNG of about so many pixels in a frame."""
    small, scale = fitted(values, about)
    return _framed(page.theme().amount_palette[raster.amount_levels(small, top)], scale)


def rolled(units: np.ndarray) -> bytes:
    """Units (n,) rolled into a square, row after row, as a PNG in a frame: amounts, or signed where some are below 0."""
    side = math.ceil(math.sqrt(len(units)))
    square = np.pad(units, (0, side * side - len(units))).reshape(side, side)
    scale = max(1, 96 // side)
    if units.min() >= 0:
        return _framed(page.theme().amount_palette[raster.amount_levels(square, float(units.max()))], scale)
    return _framed(page.theme().signed_palette[raster.signed_levels(square, float(np.abs(units).max()))], scale)


def kernel(weights: np.ndarray) -> bytes:
    """A kernel (k, k) on its own scale as a PNG of about 100 pixels."""
    levels = raster.signed_levels(weights, float(np.abs(weights).max()))
    return raster.png(levels, page.theme().signed_palette, max(1, 100 // len(weights)))


def _framed(colours: np.ndarray, scale: int) -> bytes:
    """Colours (h, w, 3) enlarged, with a line of one pixel around them, as a PNG."""
    large = colours.repeat(scale, 0).repeat(scale, 1)
    out = np.empty((large.shape[0] + 2, large.shape[1] + 2, 3), np.uint8)
    out[:] = rgb(page.theme().grid)
    out[1:-1, 1:-1] = large
    return raster.rgb_png(out)


def patch(image: np.ndarray, row: int, column: int, side: int) -> str:
    """A patch beside the image (h, w) with the patch's frame, about as high, as a data address; row and column are its upper left pixel."""
    theme = page.theme()
    whole = marked(image, row, column, side, theme)
    cut = theme.ink_palette[raster.amount_levels(image[row : row + side, column : column + side], 1)]
    scale = max(1, min(len(whole), TILE) // side)
    large = cut.repeat(scale, 0).repeat(scale, 1)
    sheet = np.empty((max(len(whole), len(large)), large.shape[1] + 2 + whole.shape[1], 3), np.uint8)
    sheet[:] = rgb(theme.grid)
    sheet[: len(large), : large.shape[1]] = large
    sheet[: len(whole), large.shape[1] + 2 :] = whole
    return raster.rgb_url(sheet)


def marked(image: np.ndarray, row: int, column: int, side: int, theme: Theme) -> np.ndarray:
    """An image in ink (h, w) with the frame of a patch, in at most 2 * TILE pixels, (h', w', 3) uint8."""
    small, _ = fitted(image, 2 * TILE)
    step = -(-len(image) // len(small))
    sheet = theme.ink_palette[raster.amount_levels(small, 1)].copy()
    colour = rgb(theme.lines[1])
    top, bottom, left, right = (n // step for n in (row, row + side - 1, column, column + side - 1))
    sheet[[top, bottom], left : right + 1] = colour
    sheet[top : bottom + 1, [left, right]] = colour
    return sheet
