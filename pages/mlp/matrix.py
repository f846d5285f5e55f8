"""The MLP page's picture: the matrix with its player, the controls that change it, and what is picked."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.analysis import ordering
from core.analysis.dense import norms
from core.charts import client_order, matrix
from core.charts.prepared import Prepared, prepare
from core.charts.theme import theme
from core.runs.run import Run
from core.ui import cached, page, screen
from core.ui.player import player
from pages.mlp import details as mlp_details
from pages.mlp import view as mlp_view
from pages.mlp.cell import cell_panel
from pages.mlp.downloads import downloads
from pages.mlp.layer1 import layer1_images
from pages.mlp.layer_map import layer_detail, layer_map
from pages.mlp.view import LAYERS, MODELS, View, key, value

CHART = "mlp-matrix-chart"
TARGETS = ("mlp-matrix", "mlp-neighbours", "mlp-history", "mlp-compare")


def _whole_page() -> None:
    st.session_state["_mlp-whole-page"] = True


def _rested() -> None:
    frame = st.session_state["mlp-player"].get("frame")
    if frame is not None:
        st.session_state[key("epoch")] = int(frame)
    _whole_page()


def go_to_epoch(state: int) -> None:
    """Move the whole page to another stored state."""
    st.session_state[key("epoch")] = state


@st.fragment
def explorer(run: Run, view: View) -> None:
    """Matrix left, controls and the picked cell right; clicks and sorting run this part alone again."""
    if st.session_state.pop("_mlp-whole-page", False):
        st.rerun()
    left, right = st.columns([0.62, 0.38], gap="large")
    with right:
        _controls()
    with left:
        with st.container(key="mlp-matrix"):
            st.markdown(
                active_keys(view), help="Choose the key under Sort. Click a cell to sort by its row and column, a norm bar to sort by norm."
            )
            if view.layer == 1:
                layer_map(run, view)
            else:
                _small(view)
        shown = player("mlp-player", [f"{e:g}" for e in run.epochs], view.epoch, TARGETS, signals=mlp_view.signals(view), on_rest=_rested)
        _legend(view)
        if view.layer == 1:
            layer_detail(view)
        if shown != view.epoch and st.session_state[key("epoch")] == view.epoch:
            st.session_state[key("epoch")] = shown
            st.rerun()
    with right:
        cell_panel(run, view)
    mlp_view.write_link()


def header_sentence(run: Run, view: View) -> str:
    """What the picture shows now, with its numbers."""
    images = run.spec.data.test
    right = run.history["accuracy_test"][view.epoch]
    rows, columns = mlp_view.SIZES[view.layer - 1], mlp_view.SIZES[view.layer]
    said = (
        f"Layer {view.layer} of 5, {rows} inputs × {columns} outputs, after epoch {run.epochs[view.epoch]:g} of {run.epochs[-1]:g}: "
        f"the network reads {right:.1%} of {images:,} test digits."
    )
    now, column = mlp_view.ordering(), mlp_view.picked()[1]
    if view.layer == 5 and column is not None and now.axis_key("rows") == "value" and now.descending:
        said += f" Units at the top vote for a **{column}**, units at the bottom against it."
    return said


mlp_details.DETAILS["download"] = ()


@mlp_details.linked("download")
def download_panel(run: Run, view: View) -> None:
    """The files of this view, in the order shown."""
    held = mlp_view.held_state(view)
    kernel = cached.weights(view.model, f"dense{view.layer}.kernel")[held if held >= 0 else view.epoch]
    downloads(run, view, *(o.tolist() for o in ordering.orders(kernel, mlp_view.ordering())))


def units_panel(run: Run, view: View) -> None:
    """Layer 1 as images; on its own page view the picks are shared with the map."""
    first = view.layer == 1
    row, column = mlp_view.picked() if first else (None, None)
    layer1_images(run, view, row, column, lambda r: _pick_in_layer_1(r, None), lambda c: _pick_in_layer_1(None, c))


def _pick_in_layer_1(row: int | None, column: int | None) -> None:
    if value("layer") == 1:
        mlp_view.set_pick(row, column)


def active_keys(view: View) -> str:
    """What sorts the rows and the columns now."""
    now = mlp_view.ordering()
    held = mlp_view.held_state(view)
    when = f" as at epoch {held}" if held >= 0 else ""
    return f"Rows: **{ordering.words(now, 'rows')}**. Columns: **{ordering.words(now, 'columns')}**{when}."


def _choice(label: str, name: str, options: Mapping[Any, str], *, whole_page: bool = False) -> None:
    """One of the view's choices as a row of buttons; `whole_page` runs the page again, and not the picture alone."""
    st.segmented_control(
        label,
        list(options),
        format_func=lambda option: options[option],
        key=key(name),
        on_change=_whole_page if whole_page else None,
        required=True,
        wrap=True,
        persist_state="session",
    )


def _controls() -> None:
    _choice("Start of the network", "model", MODELS, whole_page=True)
    _choice("Layer: inputs × outputs", "layer", LAYERS, whole_page=True)
    _choice("Sort by", "sort", client_order.SORTS)
    with st.popover("More", icon=":material/tune:"):
        _choice("What moves", "move", client_order.MOVES)
        _choice("First comes the", "first", {"largest": "largest", "smallest": "smallest"})
        _choice("The order", "order", {"follow": "follows the epoch", "hold": "is held as it is now"})
        _choice("Colours span", "limits", {"layer": "all epochs of the layer", "epoch": "this epoch alone"}, whole_page=True)


def _clicked() -> None:
    """Remember what was clicked in the matrix; a strip also asks for the norm."""
    picks = (st.session_state[CHART].get("selection") or {}).get("pick")
    if not picks or picks[0].get("py") is None:
        return
    row, column = int(picks[0]["py"]), int(picks[0]["px"])
    mlp_view.set_pick(row if row >= 0 else None, column if column >= 0 else None)
    if min(row, column) < 0:
        mlp_view.sort_by_norm("rows" if column < 0 else "columns")


def _small(view: View) -> None:
    """A layer of up to some hundred cells, which sorts in the browser."""
    dark, narrow = page.theme().dark, screen.narrow()
    chart = small_chart(view.model, view.layer, value("limits") == "epoch", narrow, dark)
    opening = mlp_view.opening(view, dark, narrow)
    page.prepared(chart, alt_text=alt_text(view), key=CHART, select=_clicked, values=client_order.opening_values(opening))


def _legend(view: View) -> None:
    """Colours, bars and strips in words, under the player."""
    kernel, bias = (cached.weights(view.model, f"dense{view.layer}.{part}")[view.epoch] for part in ("kernel", "bias"))
    rows, columns = norms(kernel)
    with st.container(key="mlp-legend", gap=None):
        page.legend()
        with st.container(key="mlp-row-norms"):
            st.caption(
                f"Green at the right: the L2 norm of each row, {rows.min():.3g} to {rows.max():.3g}, largest for input {rows.argmax()}."
            )
        with st.container(key="mlp-col-norms"):
            st.caption(
                f"Below: each output's bias, {bias.min():.3g} to {bias.max():.3g}, and its column's L2 norm, "
                f"{columns.min():.3g} to {columns.max():.3g}, largest for output {columns.argmax()}."
            )


@st.cache_resource(show_spinner=False, max_entries=64)
def small_chart(model: str, layer: int, own_limits: bool, narrow: bool, dark: bool) -> Prepared:
    """The matrix chart of a small layer, built once for everyone."""
    kernels, biases = cached.weights(model, f"dense{layer}.kernel"), cached.weights(model, f"dense{layer}.bias")
    rows, columns = ([str(i) for i in range(n)] for n in kernels.shape[1:])
    limit = float(abs(kernels).max())
    colours = theme(dark)

    def build():
        return matrix.matrix(
            kernels,
            biases,
            colours,
            row_names=rows,
            column_names=columns,
            limit=limit,
            titles=mlp_view.ends(layer),
            own_limits=own_limits,
            room=(210, 400) if narrow else (460, 400),
        )

    return prepare(build, {client_order.TABLE: client_order.frame([client_order.Block("cur", kernels, "A", "B")], biases)}, colours)


def alt_text(view: View) -> str:
    """What a screen reader says for the matrix."""
    rows, columns = cached.weights(view.model, f"dense{view.layer}.kernel").shape[1:]
    return (
        f"Heat map of the weights of layer {view.layer} at epoch {view.epoch}: {rows} inputs down, {columns} outputs across; "
        "the numbers are in the CSV file under Download."
    )
