"""The MLP page's picture: the matrix with its player, the controls that change it, and what is picked."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from core.analysis import ordering
from core.analysis.dense import norms
from core.charts import client_order, numbers
from core.charts.client_order import opening_values
from core.charts.matrix import held_states, matrix
from core.charts.prepared import Prepared
from core.charts.size import small
from core.charts.theme import SIGNED_WORDS, theme
from core.data import catalog
from core.frame import choices, page, screen
from core.runs.fitting import mlp as fits
from core.serving.shared import shared
from core.ui import networks, shown
from core.ui.player import player
from pages.mlp import choices as mlp
from pages.mlp import large, words
from pages.mlp.cell import SENTENCE as CELL_SENTENCE
from pages.mlp.cell import cell_panel, cell_sentences
from pages.mlp.history import SENTENCE as HISTORY_SENTENCE
from pages.mlp.history import sentence as history_sentence
from pages.mlp.layer import Layer, class_names, class_noun, unit_name

CHART = "mlp-matrix-chart"
TARGETS = ("mlp-matrix", "mlp-neighbours", "mlp-history", "mlp-compare")


def title(layer: Layer) -> str:
    """The page's title for the network shown."""
    return words.TITLE if class_noun(layer.spec) == "digit" else words.TITLE_OF_OTHERS


def header_sentence(layer: Layer, state: int | None = None) -> str:
    """What the picture shows at a state, the one shown unless another is asked for, with its numbers."""
    at = layer.shown if state is None else layer.shown.at(state)
    rows, columns = layer.shape
    last = float(layer.run.epochs[-1])
    when = "untrained" if at.epoch == 0 else f"after {at.words}" + (f" of {last:g}" if at.epoch % 1 == 0 else "")
    said = words.HEADER.format(layer=layer.number, layers=layer.count, rows=numbers.count(rows), columns=numbers.count(columns), when=when)
    share = layer.run.history.get("accuracy_test")
    if share is not None and np.isfinite(share[at.state]):
        of = f"{layer.spec.data.test:,} {catalog.get(layer.spec.data).test_words}"
        said += words.READS.format(share=numbers.percent(share[at.state]), images=of)
    else:
        said += "."
    return said


@shared()
def _header_sentences(_layer: Layer, key: str, states: int, number: int) -> list[str]:
    return [header_sentence(_layer, state) for state in range(states)]


def sentences(layer: Layer) -> dict[str, list[str]]:
    """What is said of each state while the player moves: above the picture, of the picked cell, and of the run's history."""
    states = range(layer.run.states)
    said = {page.SENTENCE: _header_sentences(layer, layer.run.key, layer.run.states, layer.number)}
    if mlp.value("section") == "epochs":
        said[HISTORY_SENTENCE] = [history_sentence(layer.run, state) for state in states]
    cell = cell_sentences(layer)
    return said | ({CELL_SENTENCE: cell} if cell else {})


@choices.fragment
def explorer(layer: Layer) -> None:
    """Matrix left, controls and the picked cell right; clicks and sorting run this part alone again."""
    if mlp.moved(layer):
        st.rerun()
    left, right = st.columns([0.62, 0.38], gap="large")
    with right:
        _controls(layer)
    is_small = small(*layer.shape)
    with left:
        with st.container(key="mlp-matrix"):
            st.markdown(active_keys(layer), help=words.SORT_HELP)
            if is_small:
                _small(layer)
            else:
                large.overview(layer)
        rested = player(
            "mlp-player",
            shown.labels(layer.run),
            layer.state,
            TARGETS,
            signals=mlp.signals(layer),
            sentences=sentences(layer),
            on_rest=_rested,
        )
        _legend(layer)
        if not is_small:
            large.detail(layer)
        if rested != layer.state and mlp.value("epoch") == layer.state:
            mlp.put("epoch", rested)
            st.rerun()
    with right:
        cell_panel(layer)


def _rested() -> None:
    """The player has come to rest."""
    frame = st.session_state["mlp-player"].get("frame")
    if frame is not None:
        mlp.put("epoch", int(frame))


def active_keys(layer: Layer) -> str:
    """What sorts the rows and the columns now."""
    now, held = mlp.ordering(), mlp.held_state(layer)
    when = f" as at {shown.state_words(layer.run, held)}" if held >= 0 else ""
    column = mlp.picked()[1]
    votes = layer.last and now.axis_key("rows") == "value" and now.descending
    said = words.VOTES.format(name=class_names(layer.spec)[column]) if votes and column is not None else ""
    rows = ordering.words(now, "rows", layer.column_names, class_noun(layer.spec))
    return f"Rows: **{rows}**. Columns: **{ordering.words(now, 'columns')}**{when}.{said}"


def _choice(label: str, name: str, options: Mapping[Any, str], **widget: Any) -> None:
    """One of the view's choices as a row of buttons."""
    st.segmented_control(
        label,
        list(options),
        format_func=lambda option: options[option],
        key=mlp.key(name),
        required=True,
        wrap=True,
        persist_state="session",
        **widget,
    )


def _controls(layer: Layer) -> None:
    networks.chooser(mlp.PAGE, "model", fits, on_change=_other_layer)
    sizes = layer.sizes
    layers = {n: f"{n}: {sizes[n - 1]}×{sizes[n]}" for n in range(1, layer.count + 1)}
    if layer.count > 1:
        _choice("Layer: inputs × outputs", "layer", layers, on_change=_other_layer)
    _choice("Sort by", "sort", client_order.SORTS)
    with st.popover("More", icon=":material/tune:", key="mlp-more", on_change="rerun") as more:
        if more.open:
            _choice("What moves", "move", client_order.MOVES)
            _choice("First comes the", "first", words.FIRST)
            _choice("The order", "order", words.ORDER)
            _choice("Colours span", "limits", words.LIMITS)


def _other_layer() -> None:
    """What belongs to the units of the layer that is left goes with it."""
    mlp.put("unit", None)
    mlp.put("units", [])


def _clicked() -> None:
    """Remember what was clicked in the matrix; a strip also asks for the norm."""
    picks = (st.session_state[CHART].get("selection") or {}).get("pick")
    if not picks or picks[0].get("py") is None:
        return
    row, column = int(picks[0]["py"]), int(picks[0]["px"])
    mlp.set_pick(row if row >= 0 else None, column if column >= 0 else None)
    if min(row, column) < 0:
        mlp.sort_by_norm("rows" if column < 0 else "columns")


def _small(layer: Layer) -> None:
    """A layer that sorts in the browser."""
    opening = mlp.opening(layer)
    kept = held_states(layer.run.states, *layer.shape).kept
    full = tuple(state for state in (opening.state, opening.held) if state not in kept)
    own = mlp.value("limits") == "epoch"
    chart = _matrix(layer, layer.run.key, layer.number, layer.run.states, full, own, screen.narrow(), page.theme().dark)
    steady = held_states(layer.run.states, *layer.shape).step == 1
    page.chart(chart.opened(opening_values(opening)), alt_text=alt_text(layer), key=CHART, select=_clicked, steady=steady)


@shared()
def _matrix(_layer: Layer, key: str, number: int, states: int, full: tuple[int, ...], own: bool, narrow: bool, dark: bool) -> Prepared:
    """The chart, which holds the states `full` beside those that it holds anyway."""
    return matrix(
        _layer.stack,
        _layer.shown.over_states(f"dense{number}.bias"),
        theme(dark),
        full=full,
        column_names=_layer.column_names,
        titles=_layer.ends,
        own_limits=own,
        room=(210, 400) if narrow else (460, 400),
    )


def alt_text(layer: Layer) -> str:
    """What a screen reader says for the matrix."""
    rows, columns = layer.shape
    return (
        f"Heat map of the weights of layer {layer.number}, {layer.shown.words}: {rows:,} inputs down, {columns:,} outputs across; "
        "the numbers are in the CSV file under Download."
    )


def _legend(layer: Layer) -> None:
    """Colours, their scales, bars and strips in words, under the player."""
    kernel, bias = layer.kernel, layer.bias
    rows, columns = norms(kernel)
    spec, number, ends = layer.spec, layer.number, layer.extent
    own = mlp.value("limits") == "epoch"
    limit = float(np.abs(kernel).max()) if own else ends.limit
    full = words.OWN_SCALE if own else words.SCALE
    page.legend(
        SIGNED_WORDS,
        full.format(limit=numbers.number(limit)),
        f"Green at the right: the L2 norm of each row, {numbers.span(rows.min(), rows.max())}, "
        f"largest for {unit_name(spec, number - 1, int(rows.argmax()))}",
        f"Below: each output's bias, {numbers.span(bias.min(), bias.max())}, in the same colours on a scale of its own, full at "
        f"±{numbers.number(ends.bias_limit)}; and its column's L2 norm, {numbers.span(columns.min(), columns.max())}, largest for "
        f"{unit_name(spec, number, int(columns.argmax()))}",
    )
