"""A large layer of the MLP page: its map, which the browser orders, and the brushed part of it large."""

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from core.analysis.dense import norms
from core.analysis.ordering import Ordering, orders
from core.analysis.pooling import pooled
from core.charts import client_order
from core.charts import detail as detail_chart
from core.charts.grid import Grid, Window, film, grid, window
from core.charts.size import ROOM
from core.frame import page, screen
from core.serving import seen
from core.serving.shared import shared
from pages.mlp import choices as mlp
from pages.mlp import words
from pages.mlp.layer import Layer
from pages.mlp.map import Source, View, packed, weight_map

MAP, DETAIL = "mlp-map-chart", "mlp-map-detail"
NARROW = (245, ROOM[1])  # pixels across and down on a telephone
SENT = 4_096 * 1_024  # weights of a state that are sent to be ordered in the browser; a larger layer comes in order, and pooled


def overview(layer: Layer) -> None:
    """The map with its biases and norms; what is brushed and picked in it comes back."""
    of, kept = _grid(layer), film(_grid(layer), layer.run.states)
    sends, (rows, columns) = _sends(layer), layer.shape
    order, held = mlp.ordering(), mlp.held_state(layer)
    extent = layer.extent
    weight_map(
        MAP,
        of if sends else Grid(*of.shape, 1, 1, of.tall, of.wide),
        _source(layer) if sends else _in_order(layer, of),
        View(layer.state, order.sort, order.move, order.descending, held, mlp.value("by"))
        if sends
        else View(layer.state, "original", "both", True, mlp.FOLLOWS, _place(layer, of)),
        {"limit": extent.limit, "rowTop": extent.row_top, "columnTop": extent.column_top, "biasLimit": extent.bias_limit},
        page.theme(),
        target="mlp-matrix",
        titles=layer.ends,
        names=layer.column_names,
        label=f"Map of the {rows:,} × {columns:,} weights of layer {layer.number}; drag over it to see a part large below.",
        window=_brush(of),
        heard=st.session_state.get("_mlp-map-heard", 0),
        on_act=partial(_acted, layer, of),
        controls=_controls() if sends else None,
        own_limits=mlp.value("limits") == "epoch",
    )
    pooled_words = words.POOLED.format(down=of.down, across=of.across).strip() if of.down * of.across > 1 else ""
    moving = words.AT_REST if kept is None and layer.run.states > 1 else words.SOME.format(step=kept.step) if kept and kept.step > 1 else ""
    if pooled_words or moving:
        st.caption(" ".join(part for part in (pooled_words, moving) if part))


def _grid(layer: Layer) -> Grid:
    return grid(*layer.shape, NARROW if screen.narrow() else ROOM)


def _sends(layer: Layer) -> bool:
    """Whether the browser gets the weights themselves."""
    return layer.shape[0] * layer.shape[1] <= SENT


def _name(layer: Layer) -> str:
    return f"{layer.run.key} {layer.number}"


def _source(layer: Layer) -> Source:
    """The weights of the state shown and of the one that orders it, and those of the others while a player moves."""
    run, held = layer.run, mlp.held_state(layer)
    kept = film(_grid(layer), run.states)
    key = ("mlp-map", run.key, layer.number)

    def pack(states: list[int]) -> bytes:
        biases = layer.shown.over_states(f"dense{layer.number}.bias")
        kernels = ((state, layer.kernel_at(state)) for state in states)
        return b"".join(packed(kernel, biases[state], norms(kernel)) for state, kernel in kernels)

    addresses = {
        state: seen.built((*key, state), partial(pack, [state]), "bin") for state in {layer.state, layer.state if held < 0 else held}
    }
    many = None if kept is None else (seen.built((*key, "film", run.states), partial(pack, kept.kept), "bin"), kept.kept)
    return Source(_name(layer), run.states, addresses, many)


def _in_order(layer: Layer, of: Grid) -> Source:
    """The picture of a layer that is too large to be sent, in its order: a weight is what a pixel shows."""
    order, held = mlp.ordering(), mlp.held_state(layer)

    def pack() -> bytes:
        bias = layer.shown.over_states(f"dense{layer.number}.bias")[layer.state]
        found = pooled(layer.kernel, bias, *order_at(layer, layer.state, order, held), of.down, of.across)
        return packed(found.values, found.biases, (found.row_norms, found.column_norms))

    key = ("mlp-map-pooled", layer.run.key, layer.number, layer.state, of, order, held)
    return Source(_name(layer), layer.run.states, {layer.state: seen.built(key, pack, "bin")})


def _controls() -> dict[str, dict[str, Any]]:
    """The widgets that order the map beside its own clicks."""
    sorts, moves = ({label: value for value, label in table.items()} for table in (client_order.SORTS, client_order.MOVES))
    falling = {label: first == "largest" for first, label in words.FIRST.items()}
    fields = {"sort": ("sort", sorts), "move": ("move", moves), "first": ("falling", falling)}
    return {mlp.key(name): {"field": field, "options": options} for name, (field, options) in fields.items()}


def _place(layer: Layer, of: Grid) -> str:
    """The pick as the pixels' own row and column."""
    lines = order_at(layer, layer.state, mlp.ordering(), mlp.held_state(layer))
    at = (
        None if index is None else int(np.flatnonzero(line == index)[0]) // size
        for index, line, size in zip(mlp.picked(), lines, (of.down, of.across), strict=True)
    )
    return mlp.pick_text(*at)


def _unit(layer: Layer, of: Grid, row: int | None, column: int | None) -> tuple[int | None, int | None]:
    """Original row and column of what a pixel shows: the weight with the largest size, or the unit with the largest norm."""
    rows, columns = order_at(layer, layer.state, mlp.ordering(), mlp.held_state(layer))
    kernel = layer.kernel
    if row is not None:
        rows = rows[row * of.down :][: of.down]
    if column is not None:
        columns = columns[column * of.across :][: of.across]
    if row is not None and column is not None:
        y, x = np.unravel_index(np.abs(kernel[np.ix_(rows, columns)]).argmax(), (len(rows), len(columns)))
        return int(rows[y]), int(columns[x])
    sizes = norms(kernel)
    return None if row is None else int(rows[sizes[0][rows].argmax()]), None if column is None else int(columns[sizes[1][columns].argmax()])


@shared()
def places(_layer: Layer, key: str, number: int, state: int, states: int, order: Ordering) -> tuple[np.ndarray, np.ndarray]:
    """Original row (inputs,) and column (outputs,) at each place, as the weights of one state order them."""
    return orders(_layer.kernel_at(state), order)


def order_at(layer: Layer, state: int, order: Ordering, held: int) -> tuple[np.ndarray, np.ndarray]:
    """`places` at a state, or as they are held at another."""
    return places(layer, layer.run.key, layer.number, state if held < 0 else held, layer.run.states, order)


def _acted(layer: Layer, of: Grid) -> None:
    """A cell is picked, a norm's bar sorts its axis by norm too, or a part is brushed; the browser has drawn it already."""
    act = st.session_state[MAP].get("act")
    if not act or act["source"] != _name(layer) or act["n"] == st.session_state.get("_mlp-map-heard"):
        return
    places = {axis: [max(0.0, min(float(place), 1e9)) for place in span] for axis, span in act["window"].items()}  # a browser may say NaN
    st.session_state["_mlp-map-heard"] = act["n"]
    st.session_state["_mlp-map-brush"] = (of, places)
    if act["by"] is None:
        return
    pick = mlp.pick_parts(act["by"])
    mlp.set_pick(*(pick if _sends(layer) else _unit(layer, of, *pick)))
    if act["axis"]:
        mlp.sort_by_norm(act["axis"])


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
        detail_chart.detail(
            kernel[np.ix_(rows, columns)], rows, columns, limit, page.theme(), picked=picked, room=room, names=layer.column_names
        ),
        alt_text=f"The weights of {len(rows)} rows and {len(columns)} columns of layer {layer.number}, one cell each",
        key=DETAIL,
        select=_cell_clicked,
    )


def _brush(of: Grid) -> dict[str, list[float]]:
    """What is brushed in this map; a brush over the map of another shape counts for nothing in this one."""
    over, found = st.session_state.get("_mlp-map-brush", (of, {}))
    return found if over == of else {}


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
