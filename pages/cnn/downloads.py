"""What can be taken away from the CNN page: the film, the kernels, the history."""

import io
from typing import Any

import numpy as np
import streamlit as st

from core.charts import raster
from core.frame import page
from core.runs.run import HISTORY
from core.serving.shared import shared
from core.ui.shown import Shown
from pages.cnn import data as cnn_data

ACROSS = 10  # kernels beside each other in the film
WIDEST = 1_300  # pixels of the film, about
LARGEST = 5  # pixels a weight in the film


def film(shown: Shown, dark: bool) -> bytes:
    """The first kernels over all states as an animated GIF."""
    return _film(shown, shown.key, shown.run.states, dark)


@shared()
def _film(_shown: Shown, key: str, states: int, dark: bool) -> bytes:
    stack, limit = cnn_data.planes(_shown, "conv1"), cnn_data.limit(_shown, "conv1")
    zero = raster.signed_levels(np.zeros(1), 1.0)[0]
    frames = np.stack([raster.tiled(raster.signed_levels(state, limit), ACROSS, fill=zero) for state in stack])
    return raster.film(frames, page.theme().signed_palette, max(1, min(LARGEST, WIDEST // frames.shape[2])), 200)


def arrays(shown: Shown) -> bytes:
    """Both convolutions' kernels and biases over all states, with the epochs, as NPZ."""
    return _arrays(shown, shown.key, shown.run.states)


@shared()
def _arrays(_shown: Shown, key: str, states: int) -> bytes:
    run = _shown.run
    parts: dict[str, Any] = {"epoch": run.epochs}
    parts |= {name.replace(".", "_"): run.weights(name) for name in run.shapes if name.startswith("conv")}
    out = io.BytesIO()
    np.savez_compressed(out, **parts)
    return out.getvalue()


def downloads(shown: Shown) -> None:
    """Buttons for the film (GIF), the kernels (NPZ) and the history (CSV)."""
    row = st.container(horizontal=True)
    dark = page.theme().dark
    icon = ":material/download:"
    row.download_button("Film, GIF", lambda: film(shown, dark), f"{shown.id}.gif", "image/gif", icon=icon, on_click="ignore")
    row.download_button("Kernels, NPZ", lambda: arrays(shown), f"{shown.id}.npz", "application/octet-stream", icon=icon, on_click="ignore")
    history(shown, row)


def history(shown: Shown, row) -> None:
    """A button for the history as CSV."""
    text = (shown.run.folder / HISTORY).read_bytes()
    row.download_button("History, CSV", text, f"{shown.id}.csv", "text/csv", icon=":material/download:", on_click="ignore")
