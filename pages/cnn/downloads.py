"""What can be taken away from the CNN page: the film, the kernels, the history."""

import io
from typing import Any

import numpy as np
import streamlit as st

from core.analysis import kernels
from core.charts import raster
from core.runs.run import HISTORY
from core.ui import cached, page
from pages.cnn import data as cnn_data
from pages.cnn.view import View

SCALE = 5  # pixels a weight in the film


@st.cache_data(show_spinner=False, max_entries=8)
def film(name: str, dark: bool) -> bytes:
    """The first kernels over all states as an animated GIF."""
    stack = cnn_data.planes(name, "conv1.kernel")
    frames = np.stack([raster.signed_levels(raster.tiled(state, len(state)), kernels.limit(stack)) for state in stack])
    return raster.film(frames, page.theme().signed_palette, SCALE, 200)


@st.cache_data(show_spinner=False, max_entries=8)
def arrays(name: str) -> bytes:
    """Both convolutions' kernels and biases over all states, with the epochs, as NPZ."""
    run = cached.run(name)
    parts: dict[str, Any] = {"epoch": run.epochs}
    parts |= {key.replace(".", "_"): run.weights(key) for key in run.shapes if key.startswith("conv")}
    out = io.BytesIO()
    np.savez_compressed(out, **parts)
    return out.getvalue()


def downloads(view: View) -> None:
    """Buttons for the film (GIF), the kernels (NPZ) and the history (CSV)."""
    row = st.container(horizontal=True)
    dark = page.theme().dark
    icon = ":material/download:"
    row.download_button("Film, GIF", lambda: film(view.name, dark), f"{view.name}.gif", "image/gif", icon=icon, on_click="ignore")
    row.download_button(
        "Kernels, NPZ", lambda: arrays(view.name), f"{view.name}.npz", "application/octet-stream", icon=icon, on_click="ignore"
    )
    history(view, row)


def history(view: View, row) -> None:
    """A button for the history as CSV."""
    text = (view.run.folder / HISTORY).read_bytes()
    row.download_button("History, CSV", text, f"{view.name}.csv", "text/csv", icon=":material/download:", on_click="ignore")
