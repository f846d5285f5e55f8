"""A layer's numbers as a plain map, without sorting: cells that follow the player, a picture a unit, or a raster, by its size."""

from collections.abc import Callable, Hashable

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.pooling import signed_max
from core.charts import cells, mosaic, raster
from core.charts.epoch import opening
from core.charts.grid import grid
from core.charts.prepared import Prepared
from core.charts.size import small
from core.charts.theme import theme
from core.frame import page, screen
from core.serving.shared import shared
from pages.mlp import words
from pages.mlp.layer import Layer

MOST = 200_000  # pixels of the pictures of a layer's units, up to which they are shown


def show(
    layer: Layer,
    of: tuple[Hashable, ...],
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
        of: tells these numbers of all states from any others of a layer of this number.
        stack: gives them at all states (states, inputs, outputs); asked only of a small layer.
        now: at the state shown (inputs, outputs).
        large: there is the whole width for it.
    """
    dark, large = page.theme().dark, large and not screen.narrow()
    if small(*layer.shape):
        states = layer.run.states
        held = cells.held_states(states, *layer.shape)
        full = None if layer.state in held.kept else layer.state
        chart = _cells(layer, stack, of, layer.number, limit, value, title, full, dark)
        page.chart(chart.opened(opening(layer.state, states)), alt_text=alt_text, key=key, width="stretch", steady=held.step == 1)
    elif _as_images(layer):
        chart = _images(layer, now, of, layer.number, layer.state, limit, value, title, large, dark)
        page.chart(chart, alt_text=alt_text, key=f"{key}-images", pictures="picture")
    else:
        if title:
            st.markdown(title)
        picture, width = _raster(layer, now, of, layer.number, layer.state, limit, large, dark)
        st.image(picture, alt=alt_text, width=width)


@shared()
def _cells(
    _layer: Layer,
    _stack: Callable[[], np.ndarray],
    of: tuple[Hashable, ...],
    number: int,
    limit: float,
    value: str,
    title: str,
    full: int | None,
    dark: bool,
) -> Prepared:
    """Cells of all states that the browser holds, and of the state `full` beside them."""
    names = (f"input ({_layer.sides[0]})", _layer.sides[1])
    return cells.moving(_stack(), limit, theme(dark), full or 0, names=names, value=value, title=title, called=((), _layer.column_names))


@shared()
def _images(
    _layer: Layer,
    _now: np.ndarray,
    of: tuple[Hashable, ...],
    number: int,
    state: int,
    limit: float,
    value: str,
    title: str,
    large: bool,
    dark: bool,
) -> Prepared:
    tiles = _layer.images(_now)  # (units, height, width[, 3])
    frame = pd.DataFrame({"unit": np.arange(len(tiles)), "label": "", f"largest {value}": np.abs(_now).max(axis=0)})
    return mosaic.images(tiles, limit, frame, theme(dark), title=title, large=large)


@shared()
def _raster(
    _layer: Layer, _now: np.ndarray, of: tuple[Hashable, ...], number: int, state: int, limit: float, large: bool, dark: bool
) -> tuple[bytes, int]:
    """A PNG and its width on the screen."""
    size = grid(*_layer.shape, (480, 600) if large else (240, 400))
    levels = raster.signed_levels(signed_max(_now, size.down, size.across), limit)
    levels = levels.repeat(size.tall, 0).repeat(size.wide, 1)
    return raster.png(levels, theme(dark).signed_palette), size.width


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
