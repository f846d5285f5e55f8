"""Many small pictures in one raster, each unit's weights rolled back into the image they came from."""

import altair as alt
import numpy as np
import pandas as pd

from core.charts import raster
from core.charts.size import FIXED
from core.charts.theme import Theme

SMALL = (2, 6)  # size of a pixel, and pictures in a row: 49 of 28x28 are then as wide as a telephone
LARGE = (3, 7)  # a square of them, where there is room
ZERO, LINE = 127, 255  # palette entries of nothing, and of the lines between the pictures


def tiled(tiles: np.ndarray, across: int) -> np.ndarray:
    """Levels (height, width) uint8 of tiles (n, h, w) in rows of `across`, with a line of one pixel above and left of each."""
    count, height, width = tiles.shape
    down = -(-count // across)
    out = np.full((down * (height + 1), across * (width + 1)), ZERO, dtype=np.uint8)
    for n, tile in enumerate(tiles):
        y, x = n // across * (height + 1), n % across * (width + 1)
        out[y : y + height + 1, x : x + width + 1] = LINE
        out[y + 1 : y + height + 1, x + 1 : x + width + 1] = tile
    return out


def lined(palette: np.ndarray, colours: Theme) -> np.ndarray:
    """The palette (256, 3) with the last entry in the colour of lines."""
    out = palette.copy()
    out[LINE] = [int(colours.grid[i : i + 2], 16) for i in (1, 3, 5)]
    return out


def mosaic_url(tiles: np.ndarray, colours: Theme, limit: float, scale: int = 1, across: int = SMALL[1]) -> str:
    """Data address of signed tiles (n, h, w) on a scale of -limit to limit."""
    return raster.png_url(tiled(raster.signed_levels(tiles, limit), across), lined(colours.signed_palette, colours), scale)


def mosaic(
    url: str, tiles: pd.DataFrame, side: int, colours: Theme, *, title: str = "", pick: bool = False, across: int = SMALL[1]
) -> alt.TopLevelMixin:
    """The raster with an unseen cell on each picture that names it, and that a click picks.

    Args:
        url: of `mosaic_url`.
        tiles: unit, label, chosen (optional), now (clicks so far, with `pick`), and what else the tooltip should say,
            in the order of the pictures.
        side: pixels on the screen of one picture and its line: a multiple of its own side plus one, to stay crisp.
    """
    place = np.arange(len(tiles))
    down = -(-len(tiles) // across)
    width, height = across * side, down * side
    frame = tiles.assign(x=place % across, y=place // across, x2=place % across + 1, y2=place // across + 1)
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, across], nice=False, zero=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, down], nice=False, zero=False, reverse=True), axis=None)
    picture = (
        alt.Chart(pd.DataFrame({"url": [url], "x": [across / 2], "y": [down / 2]}))
        .mark_image(width=width, height=height, aspect=False, smooth=False, tooltip=None)
        .encode(x=x, y=y, url="url:N")
    )
    said = [alt.Tooltip(f"{name}:Q", format=".4g") for name in tiles.columns if name not in ("unit", "label", "chosen", "now")]
    cells = (
        alt.Chart(frame, name="tiles").mark_rect(opacity=0).encode(x=x, y=y, x2="x2:Q", y2="y2:Q", tooltip=[alt.Tooltip("unit:Q"), *said])
    )
    if pick:
        cells = cells.add_params(alt.selection_point(name="picked", fields=["unit", "now"], on="click", empty=False, toggle=False))
    names = (
        alt.Chart(frame)
        .mark_text(align="left", baseline="top", dx=4, dy=4, fontSize=10, color=colours.text, tooltip=None)
        .encode(x=x, y=y, text="label:N")
    )
    layers: list[alt.Chart] = [picture, names]
    if "chosen" in frame:
        box = alt.Chart(frame).transform_filter("datum.chosen").mark_rect(fillOpacity=0, stroke=colours.mark, strokeWidth=2)
        layers.append(box.encode(x=x, y=y, x2="x2:Q", y2="y2:Q"))
    return alt.layer(*layers, cells).properties(width=width, height=height, title=title, autosize=FIXED)


def images(
    tiles: np.ndarray, limit: float, frame: pd.DataFrame, colours: Theme, *, title: str = "", pick: bool = False, large: bool = False
) -> alt.TopLevelMixin:
    """`mosaic` of signed tiles (n, side, side) on a scale of -limit to limit, their rows of `frame` in the same order."""
    scale, across = LARGE if large else SMALL
    url = mosaic_url(tiles, colours, limit, across=across)
    return mosaic(url, frame, scale * (tiles.shape[1] + 1), colours, title=title, pick=pick, across=across)
