"""What is picked in the matrix: its weight, where it stands and the norms of its row and column."""

import numpy as np
import streamlit as st

from core.analysis.dense import norms
from core.analysis.ordering import orders
from core.charts import raster
from core.runs.run import Run
from core.ui import cached, page
from pages.mlp import view as mlp_view
from pages.mlp.view import View


def cell_panel(run: Run, view: View) -> None:
    """The picked cell in full precision, or how to pick one."""
    with st.container(key="mlp-cell", border=True):
        kernel = cached.weights(view.model, f"dense{view.layer}.kernel")[view.epoch]
        row, column = mlp_view.picked()
        if row is None and column is None:
            st.markdown("**Nothing picked.** Click a cell of the matrix to see its number; click a bar for its norm.")
            return
        st.markdown(describe(kernel, row, column, view.layer))
        held = mlp_view.held_state(view)
        source = kernel if held < 0 else cached.weights(view.model, f"dense{view.layer}.kernel")[held]
        st.caption(position(source, row, column))
        if row is not None and view.layer == 1:
            st.caption(f"Input {row} is the pixel in line {row // 28}, column {row % 28} of the 28×28 image, both counted from 0.")
        if view.layer == 1:
            in_the_image(kernel, row, column)


def in_the_image(kernel: np.ndarray, row: int | None, column: int | None) -> None:
    """In layer 1, whose kernel is (784, 49): the picked column as a 28 x 28 image, and the picked row as one pixel of it."""
    colours = page.theme()
    with st.container(horizontal=True):
        if column is not None:
            limit = float(np.abs(kernel[:, column]).max())
            levels = raster.signed_levels(kernel[:, column].reshape(28, 28), limit)
            st.image(raster.png(levels, colours.signed_palette, 4), caption=f"Unit {column}, ±{limit:.3g}", width=112)
        if row is not None:
            place = np.zeros((28, 28), np.float32)
            place[row // 28, row % 28] = 1
            levels = np.maximum(raster.amount_levels(place, 1.0), 20)  # the rest of the square stays visible
            st.image(raster.png(levels, colours.ink_palette, 4), caption=f"Pixel {row}", width=112)


def describe(kernel: np.ndarray, row: int | None, column: int | None, layer: int) -> str:
    """Value, row, column and norms in words; kernel is (inputs, outputs)."""
    row_norms, column_norms = norms(kernel)
    lines = []
    if row is not None and column is not None:
        weight = float(kernel[row, column])
        pushes = "does nothing to" if weight == 0 else "pushes up" if weight > 0 else "pushes down"
        lines.append(f"### {weight:.3g}")
        lines.append(f"Weight **{weight!r}** from input **{row}** to output **{column}** of layer {layer}: the input {pushes} this output.")
    for name, index, values in (("Row", row, row_norms), ("Column", column, column_norms)):
        if index is not None:
            place = f"number {_rank(values, index)} of {len(values)} {name.lower()}s"
            lines.append(f"{name} {index}: L2 norm **{values[index]:.3g}** ({float(values[index])!r}), {place}.")
    return "\n\n".join(lines)


def position(kernel: np.ndarray, row: int | None, column: int | None) -> str:
    """Where the picked row and column stand in the order shown, counted from 1."""
    rows, columns = orders(kernel, mlp_view.ordering())
    said = []
    if row is not None:
        said.append(f"row {int(np.flatnonzero(rows == row)[0]) + 1} of {len(rows)} from the top")
    if column is not None:
        said.append(f"column {int(np.flatnonzero(columns == column)[0]) + 1} of {len(columns)} from the left")
    return "Stands now in " + ", ".join(said) + "."


def _rank(values: np.ndarray, index: int) -> int:
    """Place of one value among all, 1 = largest."""
    return 1 + int(np.sum(values > values[index]))
