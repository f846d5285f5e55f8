"""Many small pictures in one raster, each unit's weights rolled back into the image they came from."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts import numbers, raster, templates
from core.charts.prepared import Prepared, built
from core.charts.size import FIXED
from core.charts.theme import Theme, rgb

SMALL = (2, 6)  # size of a pixel, and pictures in a row: 49 of 28x28 are then as wide as a telephone
LARGE = (3, 7)  # a square of them, where there is room
ZERO, LINE = 127, 255  # palette entries of nothing, and of the lines between the pictures


def tiled(tiles: np.ndarray, across: int, nothing: Any = ZERO, line: Any = LINE) -> np.ndarray:
    """Tiles (n, h, w[, 3]) in rows of `across`, with a line of one pixel above and left of each; levels or colours, uint8."""
    count, height, width = tiles.shape[:3]
    down = -(-count // across)
    out = np.empty((down * (height + 1), across * (width + 1), *tiles.shape[3:]), dtype=np.uint8)
    out[:] = nothing
    for n, tile in enumerate(tiles):
        y, x = n // across * (height + 1), n % across * (width + 1)
        out[y : y + height + 1, x : x + width + 1] = line
        out[y + 1 : y + height + 1, x + 1 : x + width + 1] = tile
    return out


def lined(palette: np.ndarray, colours: Theme) -> np.ndarray:
    """The palette (256, 3) with the last entry in the colour of lines."""
    out = palette.copy()
    out[LINE] = rgb(colours.grid)
    return out


def mosaic_url(tiles: np.ndarray, colours: Theme, limit: float, across: int = SMALL[1]) -> str:
    """Data address of signed tiles (n, h, w) or (n, h, w, 3) on a scale of -limit to limit."""
    if tiles.ndim == 4:
        return raster.rgb_url(tiled(templates.pixels(tiles, limit, colours), across, rgb(colours.paper), rgb(colours.grid)))
    return raster.png_url(tiled(raster.signed_levels(tiles, limit), across), lined(colours.signed_palette, colours))


def mosaic(
    url: str, tiles: pd.DataFrame, side: tuple[int, int], colours: Theme, *, title: str = "", pick: bool = False, across: int = SMALL[1]
) -> Prepared:
    """The raster with an unseen cell on each picture that names it, and that a click picks.

    Args:
        url: of `mosaic_url`.
        tiles: unit (from 0), label, chosen (optional), now (clicks so far, with `pick`), and what else the tooltip should say,
            in the order of the pictures.
        side: pixels on the screen of one picture and its line, across and down: multiples of its own sides plus one, to stay crisp.
    """
    place = np.arange(len(tiles))
    down = -(-len(tiles) // across)
    places = {"x": place % across, "y": place // across, "x2": place % across + 1, "y2": place // across + 1}
    counted = {name: column for name, column in tiles.items() if column.dtype == np.int64}
    frame = tiles.assign(**{name: column.astype(np.int32) for name, column in (places | counted).items()})  # half the bytes
    said = tuple(name for name in tiles.columns if name not in ("unit", "label", "chosen", "now"))
    spec = _mosaic(colours, across, down, side, title, said, pick, "chosen" in tiles)
    return Prepared(spec, {"picture": pd.DataFrame({"url": [url], "x": [across / 2], "y": [down / 2]}), "tiles": frame})


@built
def _mosaic(
    colours: Theme, across: int, down: int, side: tuple[int, int], title: str, said: tuple[str, ...], pick: bool, chosen: bool
) -> alt.TopLevelMixin:
    width, height = across * side[0], down * side[1]
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, across], nice=False, zero=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, down], nice=False, zero=False, reverse=True), axis=None)
    picture = (
        alt.Chart(alt.NamedData("picture"))
        .mark_image(width=width, height=height, aspect=False, smooth=False, tooltip=None)
        .encode(x=x, y=y, url="url:N")
    )
    tips = [alt.Tooltip("called:Q", title="unit"), *(alt.Tooltip(f"{name}:Q", format=numbers.SIX) for name in said)]
    base = alt.Chart(alt.NamedData("tiles"))
    cells = (
        alt.Chart(alt.NamedData("tiles"), name="tiles")
        .transform_calculate(called=numbers.called("datum.unit"))
        .mark_rect(opacity=0)
        .encode(x=x, y=y, x2="x2:Q", y2="y2:Q", tooltip=tips)
    )
    if pick:
        cells = cells.add_params(alt.selection_point(name="picked", fields=["unit", "now"], on="click", empty=False, toggle=False))
    words = base.mark_text(align="left", baseline="top", dx=4, dy=4, fontSize=10, color=colours.text, tooltip=None)
    layers: list[alt.Chart] = [picture, words.encode(x=x, y=y, text="label:N")]
    if chosen:
        box = base.transform_filter("datum.chosen").mark_rect(fillOpacity=0, stroke=colours.mark, strokeWidth=2)
        layers.append(box.encode(x=x, y=y, x2="x2:Q", y2="y2:Q"))
    return alt.layer(*layers, cells).properties(width=width, height=height, title=title, autosize=FIXED)


def images(
    tiles: np.ndarray, limit: float, frame: pd.DataFrame, colours: Theme, *, title: str = "", pick: bool = False, large: bool = False
) -> Prepared:
    """`mosaic` of signed tiles (n, height, width[, 3]) on a scale of -limit to limit, their rows of `frame` in the same order."""
    scale, across = fitting(tiles.shape[1:3], large)
    url = mosaic_url(tiles, colours, limit, across=across)
    side = (scale * (tiles.shape[2] + 1), scale * (tiles.shape[1] + 1))
    return mosaic(url, frame, side, colours, title=title, pick=pick, across=across)


def fitting(shape: tuple[int, ...], large: bool) -> tuple[int, int]:
    """Size of a pixel and pictures in a row for pictures (height, width), so that a row is about as wide as with 28 x 28."""
    scale, across = LARGE if large else SMALL
    room = across * scale * 29  # pixels
    scale = max(1, min(8, scale * 29 // (shape[1] + 1)))
    return scale, max(1, room // (scale * (shape[1] + 1)))
