"""What can be taken away: the matrix in its order, its picture, and the run itself."""

import csv
import io
from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.charts import raster
from core.frame import page
from core.runs.run import WEIGHTS
from core.ui import shown
from pages.mlp import choices as mlp
from pages.mlp.large import order_at
from pages.mlp.layer import Layer

LEAST_SIDE = 600  # pixels of the picture's longer side, at least


def download_panel(layer: Layer) -> None:
    """The files of this view, in the order shown."""
    rows, columns = order_at(layer, layer.state, mlp.ordering(), mlp.held_state(layer))
    downloads(layer, rows.tolist(), columns.tolist())


@st.fragment
def downloads(layer: Layer, row_order: Sequence[int], column_order: Sequence[int]) -> None:
    """Three buttons; files are made when asked for.

    Args:
        row_order: inputs from top to bottom as shown.
        column_order: units from left to right as shown.
    """
    with st.container(key="mlp-downloads", horizontal=True):
        name = f"{layer.shown.id}-layer{layer.number}-epoch{shown.labels(layer.run)[layer.state]}"
        st.download_button(
            "Matrix as CSV",
            lambda: matrix_csv(layer.kernel, row_order, column_order),
            f"{name}.csv",
            "text/csv",
            key="mlp-download-csv",
            on_click="ignore",
            icon=":material/table:",
        )
        st.download_button(
            "Picture as PNG",
            lambda: matrix_png(layer, row_order, column_order),
            f"{name}.png",
            "image/png",
            key="mlp-download-png",
            on_click="ignore",
            icon=":material/image:",
        )
        st.download_button(
            "Run as safetensors",
            lambda: (layer.run.folder / WEIGHTS).read_bytes(),
            f"{layer.shown.id}.safetensors",
            "application/octet-stream",
            key="mlp-download-run",
            on_click="ignore",
            icon=":material/download:",
        )


def matrix_csv(kernel: np.ndarray, row_order: Sequence[int], column_order: Sequence[int]) -> str:
    """The kernel (inputs, outputs) in this order; the first line names the units, the first column the inputs.

    Weights keep every digit that float32 needs to be read back the same.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["input", *(f"unit {c + 1}" for c in column_order)])
    for r in row_order:
        writer.writerow([r + 1, *(str(w) for w in kernel[r, list(column_order)].astype(np.float32))])
    return out.getvalue()


def matrix_png(layer: Layer, row_order: Sequence[int], column_order: Sequence[int]) -> bytes:
    """The kernel in this order as a picture, a pixel or more a weight, on the scale of all its epochs."""
    kernel = layer.kernel[np.ix_(list(row_order), list(column_order))]  # (inputs, outputs)
    scale = max(1, -(-LEAST_SIDE // max(kernel.shape)))
    return raster.png(raster.signed_levels(kernel, layer.extent.limit), page.theme().signed_palette, scale)
