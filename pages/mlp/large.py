"""A large layer of the MLP page: its weights as a raster, a brush for detail, sorting on the server."""

import numpy as np
import streamlit as st

from core.analysis.ordering import Ordering, orders
from core.analysis.pooling import pooled
from core.charts import detail as detail_chart
from core.charts import overview as overview_chart
from core.charts.grid import Film, Grid, Window, film, grid, window
from core.charts.overview import Shot, Tables
from core.charts.size import ROOM
from core.charts.theme import theme
from core.ui import page, screen
from core.ui.shared import shared
from pages.mlp import choices as mlp
from pages.mlp import words
from pages.mlp.layer import Layer

MAP, DETAIL = "mlp-map-chart", "mlp-map-detail"
NARROW = (245, ROOM[1])  # pixels across and down on a telephone


def overview(layer: Layer) -> None:
    """The map with its biases and norms; what is brushed lies in the chart's selection."""
    of, moves = _grid(layer), film(_grid(layer), layer.run.states)
    extent, dark = layer.extent, page.theme().dark
    order, held, own = mlp.ordering(), mlp.held_state(layer), mlp.value("limits") == "epoch"
    tables = []
    if moves is not None:
        tables.append(_film(layer, layer.run.key, layer.number, layer.run.states, of, moves, order, held, own, dark))
    if moves is None or not moves.exact(of):
        tables.append(_still(layer, layer.run.key, layer.number, layer.state, layer.run.states, of, order, held, own, dark))
    ends = {"limit": extent.limit, "rowTop": extent.row_top, "columnTop": extent.column_top, "biasLimit": extent.bias_limit}
    rows, columns = layer.shape
    page.chart(
        overview_chart.overview(of, moves, layer.run.states, tables, ends, page.theme(), titles=layer.ends, at=layer.state),
        alt_text=f"Map of the {rows:,} × {columns:,} weights of layer {layer.number}; drag over it to see a part large below.",
        key=MAP,
        select=_map_clicked,
    )
    pooled_words = words.POOLED.format(down=of.down, across=of.across).strip() if of.down * of.across > 1 else ""
    moving = words.AT_REST if moves is None and layer.run.states > 1 else words.COARSE if moves and not moves.exact(of) else ""
    if pooled_words or moving:
        st.caption(" ".join(part for part in (pooled_words, moving) if part))


def _grid(layer: Layer) -> Grid:
    return grid(*layer.shape, NARROW if screen.narrow() else ROOM)


@shared(64)
def places(_layer: Layer, key: str, number: int, state: int, states: int, order: Ordering) -> tuple[np.ndarray, np.ndarray]:
    """Original row (inputs,) and column (outputs,) at each place, as the weights of one state order them."""
    return orders(_layer.kernel_at(state), order)


def order_at(layer: Layer, state: int, order: Ordering, held: int) -> tuple[np.ndarray, np.ndarray]:
    """`places` at a state, or as they are held at another."""
    return places(layer, layer.run.key, layer.number, state if held < 0 else held, layer.run.states, order)


def _shot(layer: Layer, state: int, down: int, across: int, order: Ordering, held: int, own: bool) -> Shot:
    kernel, bias = layer.kernel_at(state), layer.shown.over_states(f"dense{layer.number}.bias")[state]
    rows, columns = orders(kernel if held < 0 else layer.kernel_at(held), order)
    found = pooled(kernel, bias, rows, columns, down, across)
    picked = tuple(
        None if index is None else int(np.flatnonzero(line == index)[0]) for index, line in ((order.row, rows), (order.column, columns))
    )
    limit = found.limit if own else layer.extent.limit
    return Shot(found.values, limit, found.row_norms, found.column_norms, found.units, found.biases, picked)  # type: ignore[arg-type]


@shared(12)
def _film(
    _layer: Layer, key: str, number: int, states: int, of: Grid, moves: Film, order: Ordering, held: int, own: bool, dark: bool
) -> Tables:
    shots = {state: _shot(_layer, state, moves.down, of.across, order, held, own) for state in moves.frames.kept}
    return overview_chart.film_tables(of, moves, shots, _layer.extent.row_top, theme(dark))


@shared(24)
def _still(
    _layer: Layer, key: str, number: int, state: int, states: int, of: Grid, order: Ordering, held: int, own: bool, dark: bool
) -> Tables:
    shot = _shot(_layer, state, of.down, of.across, order, held, own)
    return overview_chart.still_tables(of, state, shot, _layer.extent.row_top, theme(dark))


def _map_clicked() -> None:
    """A column's bar sorts by its column and the columns by norm; the row-norm strip sorts the rows by norm; a brush does neither."""
    selection = st.session_state[MAP].get("selection") or {}
    column = next((int(pick["px"]) for pick in selection.get("column") or [] if pick.get("px") is not None), None)
    strip = bool(selection.get("strip"))
    seen = st.session_state.get("_mlp-map-clicks", (None, False))  # what the chart reports stays until the next click
    st.session_state["_mlp-map-clicks"] = (column, strip)
    if column is not None and column != seen[0]:
        mlp.set_pick(None, column)
        mlp.sort_by_norm("columns")
    elif strip != seen[1]:
        mlp.put("sort", "norm")
        mlp.sort_by_norm("rows")


def _cell_clicked() -> None:
    picks = (st.session_state[DETAIL].get("selection") or {}).get("pick")
    if picks and picks[0].get("py") is not None:
        mlp.set_pick(int(picks[0]["py"]), int(picks[0]["px"]))


def detail(layer: Layer) -> None:
    """The brushed part, one cell large enough to click for each weight."""
    of, order = _grid(layer), mlp.ordering()
    rows, columns = order_at(layer, layer.state, order, mlp.held_state(layer))
    picked = mlp.picked()
    at = tuple(None if i is None else int(np.flatnonzero(line == i)[0]) for i, line in zip(picked, (rows, columns), strict=True))
    brush = _brush(of)
    shown = window(of, brush, at)  # type: ignore[arg-type]
    st.markdown(_words(layer, shown, bool(brush)))
    rows, columns = rows[shown.top : shown.bottom], columns[shown.left : shown.right]
    kernel = layer.kernel
    limit = float(np.abs(kernel).max()) if mlp.value("limits") == "epoch" else layer.extent.limit
    room = NARROW[0] if screen.narrow() else ROOM[0]
    page.chart(
        detail_chart.detail(kernel[np.ix_(rows, columns)], rows, columns, limit, page.theme(), picked=picked, room=room),
        alt_text=f"The weights of {len(rows)} rows and {len(columns)} columns of layer {layer.number}, one cell each",
        key=DETAIL,
        select=_cell_clicked,
    )


def _brush(of: Grid) -> dict[str, list[float]]:
    """What is brushed in this map; a brush over the map of another shape counts for nothing in this one."""
    found = dict((st.session_state.get(MAP) or {}).get("selection", {}).get("window") or {})
    grid_, left = st.session_state.get("_mlp-map-brush", (of, {}))
    if grid_ != of:
        left = found
    st.session_state["_mlp-map-brush"] = (of, left)
    return {} if found == left else found


def _words(layer: Layer, shown: Window, brushed: bool) -> str:
    """Which part is shown large, and how to choose another."""
    rows, columns = layer.shape
    said = f"**Rows {shown.top + 1:,} to {shown.bottom:,}** of {rows:,}"
    if (shown.left, shown.right) != (0, columns):
        said += f", **columns {shown.left + 1:,} to {shown.right:,}** of {columns:,}"
    if shown.cut:
        return f"{said} in this order, large: of what you chose, the part that fits. Click a cell to pick it."
    more = "Click a cell to pick it." if brushed else "Drag over the map to choose others; click a cell to pick it."
    return f"{said} in this order, large. {more}"
