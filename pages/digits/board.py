"""The digit CNN's activations as a board of maps, and the click that opens one of them."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from core.charts.strips import Pictures, Strip, strip
from core.charts.theme import Theme
from core.models.digit_layers import layers
from core.specs import ModelSpec
from core.ui import link
from core.ui.board import board, picked_on
from pages.digits.input import PAGE

SHOWN = ("input", "relu1", "pool1", "relu2", "pool2", "logits")
OPENABLE = ("conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "logits")
SIGNED = ("conv1", "conv2", "logits")  # may be negative


def title_of(model: ModelSpec, layer: str) -> str:
    """A layer in words, with the number and size of its maps."""
    found = next(one for one in layers(model) if one.name == layer)
    if layer == "input":
        return f"{found.title}: {found.shape[1]}x{found.shape[2]} pixels"
    if len(found.shape) == 1:
        return f"{found.title}: {found.shape[0]} values"
    count, height, width = found.shape
    return f"{found.title}: {count} maps of {height}x{width}"


def strips(
    model: ModelSpec,
    acts: Mapping[str, np.ndarray],
    limits: Mapping[str, float],
    colours: Theme,
    *,
    side: int = 72,
    columns: int = 8,
    prefix: str = "",
    shown: tuple[str, ...] = SHOWN,
) -> list[Strip]:
    """One strip a layer for the first image of the activations; the ids are <prefix><layer>:<map>."""
    out = []
    for name in shown:
        values = acts[name][0]  # (maps, height, width) or (10,)
        flat = values.ndim == 1
        pictures = Pictures(
            values[:, None, None] if flat else values, "ink" if name == "input" else "signed" if name in SIGNED else "amount", limits[name]
        )
        title = title_of(model, name) + (", one for each digit 0 to 9" if flat else "")
        what = "digit" if flat else "map"
        labels = [f"{title.split(':')[0]}, {what} {i}" + (f": {values[i]:.2f}" if flat else "") for i in range(len(values))]
        ids = [f"{prefix}{name}:{i}" for i in range(len(values))] if name in OPENABLE else []
        out.append(
            strip(
                pictures,
                colours,
                title=title,
                alt=title,
                ids=ids,
                labels=labels,
                side=side // 2 if flat else side,
                columns=10 if flat else columns,
            )
        )
    return out


def layer_board(key: str, shown: list[Strip]) -> None:
    """Strips whose maps open on a click; what is open stands in the link as `layer` and `filter`."""
    board(key, shown, f"{link.value(PAGE, 'layer')}:{link.value(PAGE, 'filter')}", on_pick=lambda: open_map(picked_on(key)))


def open_map(picked: str) -> None:
    """Open the map <layer>:<number>; anything else is left alone."""
    layer, _, number = picked.partition(":")
    if layer in OPENABLE and number.isdecimal():
        st.session_state[link.key(PAGE, "layer")] = layer
        st.session_state[link.key(PAGE, "filter")] = int(number)
        st.session_state[link.key(PAGE, "cell")] = ""
