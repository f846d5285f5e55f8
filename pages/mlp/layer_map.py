"""Layer 1 of the MLP page: 784 x 49 weights as a raster, a brush for detail, sorting on the server."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.dense import norms
from core.analysis.ordering import Ordering, orders
from core.charts import layer_map as charts
from core.charts import raster
from core.charts.prepared import Prepared, prepare
from core.charts.theme import theme
from core.runs.run import Run
from core.ui import cached, page, screen
from pages.mlp import view as mlp_view
from pages.mlp.view import View, key, value

MAP, DETAIL = "mlp-map-chart", "mlp-map-detail"
ROWS = 40  # rows of detail: 40 x 49 cells stay below the 2,000 that a browser draws at ease
FIRST_ROWS = 24


@st.cache_data(show_spinner=False, max_entries=16)
def levels(model: str, own_limits: bool) -> np.ndarray:
    """Signed levels of layer 1 at every state, (states, 784, 49) uint8."""
    kernels = cached.weights(model, "dense1.kernel")
    size = np.abs(kernels).max(axis=(1, 2))
    return np.stack([raster.signed_levels(k, s if own_limits else size.max()) for k, s in zip(kernels, size, strict=True)])


@st.cache_data(show_spinner=False, max_entries=8)
def all_norms(model: str) -> tuple[np.ndarray, np.ndarray]:
    """Row norms (states, 784) and column norms (states, 49) of layer 1."""
    return norms(cached.weights(model, "dense1.kernel"))


@st.cache_data(show_spinner=False, max_entries=32)
def all_orders(model: str, ordering: Ordering, held: int) -> tuple[np.ndarray, np.ndarray]:
    """Original row (states, 784) and column (states, 49) at each place, at every state or held at one."""
    kernels = cached.weights(model, "dense1.kernel")
    if held >= 0:
        rows, columns = orders(kernels[held], ordering)
        return np.tile(rows, (len(kernels), 1)), np.tile(columns, (len(kernels), 1))
    pairs = [orders(kernel, ordering) for kernel in kernels]
    return np.stack([rows for rows, _ in pairs]), np.stack([columns for _, columns in pairs])


@st.cache_resource(show_spinner=False, max_entries=8)
def map_chart(states: int, columns: int, top: float, bias_limit: float, narrow: bool, dark: bool) -> Prepared:
    """The chart of the map without its pictures, built once for everyone."""
    cell = 5 if narrow else charts.CELL
    return prepare(lambda: charts.layer_map(states, columns, top, bias_limit, theme(dark), cell=cell), {}, theme(dark))


@st.cache_resource(show_spinner=False, max_entries=32)
def detail_chart(rows: int, columns: int, limit: float, narrow: bool, dark: bool) -> Prepared:
    """The chart of some rows without its table, built once for everyone."""
    cell = 7 if narrow else charts.CELL
    return prepare(lambda: charts.detail(rows, columns, limit, theme(dark), cell=cell), {}, theme(dark))


@st.cache_resource(show_spinner=False, max_entries=16)
def map_tables(model: str, ordering: Ordering, held: int, own_limits: bool, dark: bool) -> dict[str, pd.DataFrame]:
    """The map's pictures in one order, all 51 states included."""
    rows, columns = all_orders(model, ordering, held)
    row_norms, column_norms = all_norms(model)
    colours = theme(dark)
    return charts.tables(
        charts.sheet(levels(model, own_limits), rows, columns, colours),
        charts.bar_sheet(row_norms, rows, float(row_norms.max()), colours),
        column_norms,
        columns,
        cached.weights(model, "dense1.bias"),
        ordering.column,
    )


def _map_clicked() -> None:
    """A column's bar sorts by its column and the columns by norm; the row-norm strip sorts the rows by norm; a brush does neither."""
    selection = st.session_state[MAP].get("selection") or {}
    column = next((int(pick["px"]) for pick in selection.get("column") or [] if pick.get("px") is not None), None)
    strip = bool(selection.get("strip"))
    seen = st.session_state.get("_mlp-map-clicks", (None, False))
    st.session_state["_mlp-map-clicks"] = (column, strip)
    if column is not None and column != seen[0]:
        mlp_view.set_pick(None, column)
        mlp_view.sort_by_norm("columns")
    elif strip != seen[1]:
        st.session_state[key("sort")] = "norm"
        mlp_view.sort_by_norm("rows")


def _cell_clicked() -> None:
    picks = (st.session_state[DETAIL].get("selection") or {}).get("pick")
    if picks and picks[0].get("py") is not None:
        mlp_view.set_pick(int(picks[0]["py"]), int(picks[0]["px"]))


def layer_map(run: Run, view: View) -> None:
    """The map with its biases and norms; what is brushed is kept for `layer_detail`."""
    ordering, held, own = mlp_view.ordering(), mlp_view.held_state(view), value("limits") == "epoch"
    dark, narrow = page.theme().dark, screen.narrow()
    opening = mlp_view.opening(view, dark, narrow)
    column_norms = all_norms(view.model)[1]
    bias_limit = float(np.abs(cached.weights(view.model, "dense1.bias")).max())
    frame = map_chart(run.states, column_norms.shape[1], float(column_norms.max()), bias_limit, narrow, dark)
    event = page.prepared(
        Prepared(frame.spec, map_tables(view.model, ordering, held, own, dark)),
        alt_text="Map of the 784 × 49 weights of layer 1; drag over rows to see them large below.",
        key=MAP,
        select=_map_clicked,
        values={"epoch": opening.state},
    )
    st.session_state["_mlp-window"] = (event or {}).get("selection", {}).get("window", {})


def layer_detail(view: View) -> None:
    """The brushed rows, one cell large enough to click for each weight."""
    ordering, held, own = mlp_view.ordering(), mlp_view.held_state(view), value("limits") == "epoch"
    rows, columns = all_orders(view.model, ordering, held)
    first, last, note = window(st.session_state.get("_mlp-window", {}))
    shown_rows, shown_columns = rows[view.epoch][first:last], columns[view.epoch]
    kernels = cached.weights(view.model, "dense1.kernel")
    limit = float(np.abs(kernels[view.epoch] if own else kernels).max())
    st.markdown(f"**Rows {first + 1} to {last}** of 784 in this order, large. {note}")
    frame = detail_chart(len(shown_rows), len(shown_columns), limit, screen.narrow(), page.theme().dark)
    cells = kernels[view.epoch][np.ix_(shown_rows, shown_columns)]
    page.prepared(
        Prepared(frame.spec, charts.detail_table(cells, shown_rows, shown_columns, mlp_view.picked())),
        alt_text=f"The weights of {last - first} rows of layer 1, one cell each",
        key=DETAIL,
        select=_cell_clicked,
    )


def window(brush: dict[str, list[float]]) -> tuple[int, int, str]:
    """First place and end of the brushed rows, at most ROWS of them, and a note; the first rows when nothing is brushed."""
    spans = [span for span in brush.values() if len(span) == 2] if brush else []
    if not spans:
        return 0, FIRST_ROWS, "Drag over the map to choose others; click a cell to pick it."
    low, high = sorted(spans[0])
    first, last = max(0, int(low)), min(784, int(np.ceil(high)))
    first = min(first, 783)
    last = max(last, first + 1)
    if last - first > ROWS:
        return first, first + ROWS, f"You chose {last - first} rows; the first {ROWS} fit."
    return first, last, "Click a cell to pick it."
