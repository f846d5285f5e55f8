"""A layer's numbers as a plain map, without sorting: cells that follow the player, a picture a unit, or a raster, by its size."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.pooling import signed_max
from core.charts import cells, mosaic, raster
from core.charts.grid import grid
from core.charts.size import small
from core.ui import page, screen
from pages.mlp import words
from pages.mlp.layer import Layer

MOST = 200_000  # pixels of the pictures of a layer's units, up to which they are shown


def show(
    layer: Layer,
    stack: Callable[[], np.ndarray],
    now: np.ndarray,
    limit: float,
    *,
    key: str,
    alt_text: str,
    title: str = "",
    value: str = "weight",
    large: bool = False,
) -> None:
    """Draw numbers of the layer's shape on a scale of -limit to limit.

    Args:
        stack: gives them at all states (states, inputs, outputs); asked only of a small layer.
        now: at the state shown (inputs, outputs).
        large: there is the whole width for it.
    """
    colours = page.theme()
    if small(*layer.shape):
        names = (f"input ({layer.sides[0]})", layer.sides[1])
        chart = cells.moving(stack(), limit, colours, layer.state, names=names, value=value, title=title)
        page.chart(chart, alt_text=alt_text, key=key, width="stretch", steady=True)
    elif _as_images(layer):
        tiles = layer.images(now)  # (units, height, width[, 3])
        frame = pd.DataFrame({"unit": np.arange(len(tiles)), "label": "", f"largest {value}": np.abs(now).max(axis=0)})
        chart = mosaic.images(tiles, limit, frame, colours, title=title, large=large and not screen.narrow())
        page.chart(chart, alt_text=alt_text, key=f"{key}-images", pictures="picture")
    else:
        of = grid(*layer.shape, (480, 600) if large and not screen.narrow() else (240, 400))
        levels = raster.signed_levels(signed_max(now, of.down, of.across), limit)
        levels = levels.repeat(of.tall, 0).repeat(of.wide, 1)
        if title:
            st.markdown(title)
        st.image(raster.png(levels, colours.signed_palette), alt=alt_text, width=of.width)


def note(layer: Layer) -> str:
    """What must be said of the map beside its scale."""
    if small(*layer.shape):
        return ""
    if _as_images(layer):
        size = "×".join(map(str, layer.image[:2])) if layer.image else ""
        return f" Each small image is one unit's column laid out as the {size} pixels it listens to; it follows when the player rests."
    of = grid(*layer.shape, (240, 400))
    return words.POOLED.format(down=of.down, across=of.across) + " It follows when the player rests."


def _as_images(layer: Layer) -> bool:
    return layer.image is not None and layer.shape[0] * layer.shape[1] <= MOST
