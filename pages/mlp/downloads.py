"""What can be taken away: the matrix in its order, its picture, and the run itself."""

import csv
import io
from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.charts import raster
from core.runs.run import WEIGHTS, Run
from core.ui import cached, page
from pages.mlp.view import View

LEAST_SIDE = 600  # pixels of the picture's longer side, at least


@st.fragment
def downloads(run: Run, view: View, row_order: Sequence[int], column_order: Sequence[int]) -> None:
    """Three buttons; files are made when asked for.

    Args:
        row_order: inputs from top to bottom as shown.
        column_order: units from left to right as shown.
    """
    with st.container(key="mlp-downloads", horizontal=True):
        name = f"{view.model}-layer{view.layer}-epoch{run.epochs[view.epoch]:g}"
        st.download_button(
            "Matrix as CSV",
            lambda: matrix_csv(run.state(view.epoch)[f"dense{view.layer}.kernel"], row_order, column_order),
            f"{name}.csv",
            "text/csv",
            key="mlp-download-csv",
            on_click="ignore",
            icon=":material/table:",
        )
        st.download_button(
            "Picture as PNG",
            lambda: matrix_png(run, view, row_order, column_order),
            f"{name}.png",
            "image/png",
            key="mlp-download-png",
            on_click="ignore",
            icon=":material/image:",
        )
        st.download_button(
            "Run as safetensors",
            lambda: (run.folder / WEIGHTS).read_bytes(),
            f"{view.model}.safetensors",
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
    writer.writerow(["input", *(f"unit {c}" for c in column_order)])
    for r in row_order:
        writer.writerow([r, *(str(w) for w in kernel[r, list(column_order)].astype(np.float32))])
    return out.getvalue()


def matrix_png(run: Run, view: View, row_order: Sequence[int], column_order: Sequence[int]) -> bytes:
    """The kernel in this order as a picture, on the scale of all its epochs."""
    stack = cached.weights(run.key, f"dense{view.layer}.kernel")
    kernel = stack[view.epoch][np.ix_(list(row_order), list(column_order))]  # (inputs, outputs)
    scale = max(1, -(-LEAST_SIDE // max(kernel.shape)))
    return raster.png(raster.signed_levels(kernel, float(np.abs(stack).max())), page.theme().signed_palette, scale)
