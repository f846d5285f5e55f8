"""The MLP page's neighbours: a layer between the one before and the one after, what is picked there, and the strongest path."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from core.charts import client_order
from core.charts import neighbours as charts
from core.charts.prepared import Prepared, prepare
from core.charts.theme import theme
from core.runs.run import Run
from core.ui import address, cached, page, screen
from pages.mlp import details as mlp_details
from pages.mlp import view as mlp_view
from pages.mlp.details import Detail, among
from pages.mlp.path import RULES, path_of, path_panel
from pages.mlp.view import SIZES, View, unit_name

CHART = "mlp-neighbours-chart"
mlp_details.DETAILS["neighbours"] = (
    Detail("class", "mlp-path-class", 0, among(range(10))),
    Detail("rule", "mlp-path-rule", "step", among(RULES)),
    Detail("steps", "mlp-path-steps", 1, among(range(1, 6))),
)


@st.cache_data(show_spinner=False, max_entries=8)
def limits(model: str) -> dict[int, float]:
    """The largest |weight| of each layer over all states."""
    return {n: float(abs(cached.weights(model, f"dense{n}.kernel")).max()) for n in mlp_view.LAYERS}


@st.cache_resource(show_spinner=False, max_entries=40)
def chart(model: str, layer: int, states: int, narrow: bool, dark: bool) -> Prepared:
    """The chart of a layer and its neighbours without its table, built once for everyone."""
    colours, room = theme(dark), 290 if narrow else charts.ROOM
    return prepare(lambda: charts.neighbours(SIZES, layer, limits(model), states, colours, room=room), {}, colours)


@st.cache_resource(show_spinner=False, max_entries=40)
def table(model: str, layer: int, state: int, dark: bool) -> pd.DataFrame:
    """What that chart reads; above layer 2 it is the same for every state."""
    kernels = {n: cached.weights(model, f"dense{n}.kernel") for n in (layer - 1, layer, layer + 1) if n in mlp_view.LAYERS}
    return charts.table(kernels, layer, state, limits(model)[1], theme(dark))


@st.fragment
@mlp_details.linked("neighbours")
def neighbours_panel(run: Run, view: View) -> None:
    """The three matrices; beside them what is picked, and the strongest path."""
    st.markdown(
        "**Where outputs meet inputs.** A row of the middle is the same unit as the row at its left; a column is the same unit as the "
        "column below. Click any cell: what the matrices share is sorted together, and the unit's own cells stay lit."
    )
    left, right = st.columns([0.62, 0.38], gap="large")
    with right, st.container(key="mlp-neighbours-picked", border=True):
        picked = st.empty()
    with right:
        path_panel(run, view)
    with left, st.container(key="mlp-neighbours"):
        _picture(run, view)
    picked.markdown(pick_words(view, _pick()))


def _picture(run: Run, view: View) -> None:
    dark, narrow = page.theme().dark, screen.narrow()
    frame = chart(view.model, view.layer, run.states, narrow, dark)
    cells = table(view.model, view.layer, view.epoch if view.layer < 3 else 0, dark)
    identity = ("neighbours", address.visit(), view.model, view.layer, dark, narrow)
    kept = st.session_state.get("_mlp-neighbours-opening")
    if kept is None or kept[0] != identity:
        kept = st.session_state["_mlp-neighbours-opening"] = (identity, mlp_view.opening(view, dark, narrow))
        st.session_state["_mlp-neighbours-pick"] = None
    values = client_order.opening_values(kept[1])
    values.pop("pick", None)
    path = {step.layer: (step.source, step.unit) for step in path_of(run, view)}
    shown = Prepared(frame.spec, {client_order.TABLE: charts.with_path(cells, view.layer, path)})
    page.prepared(shown, alt_text=_words(view), key=CHART, values=values, select=_clicked)
    st.caption(_words(view))


def _words(view: View) -> str:
    """What lies where, in words."""
    said = [f"Middle: layer {view.layer}, {SIZES[view.layer - 1]} inputs down and {SIZES[view.layer]} outputs across"]
    if view.layer == 1:
        said[0] = "Above: layer 1, each of its 49 units a standing strip of 784 weights, pooled in pairs"
    if view.layer > 1:
        strip = ", each unit a lying strip of its 784 weights" if view.layer == 2 else ""
        said.append(f"left: layer {view.layer - 1}, turned{strip}")
    if view.layer < 5:
        said.append(f"below: layer {view.layer + 1}, turned")
    return "; ".join(said) + f". Epoch {view.epoch} for the strips." if view.layer < 3 else "; ".join(said) + "."


def _clicked() -> None:
    picks = (st.session_state[CHART].get("selection") or {}).get("pick")
    if picks and picks[0].get("py") is not None:
        st.session_state["_mlp-neighbours-pick"] = picks[0]


def _pick() -> Mapping | None:
    """What was clicked in this picture: block and place, as the chart says it."""
    return st.session_state.get("_mlp-neighbours-pick")


def pick_words(view: View, pick: Mapping | None) -> str:
    """The picked weight, and what each unit at its ends hears and moves most; without a pick, how to make one."""
    if pick is None:
        return "**Nothing picked.** Click a cell to see its weight and what its two units hear and move most."
    at = view.layer + {"prev": -1, "cur": 0, "next": 1}[pick["m"]]
    y, x = int(pick["py"]), int(pick["px"])
    source, unit = (y, x) if pick["m"] == "cur" else (x, y)  # neighbours are turned
    kernels = {n: cached.weights(view.model, f"dense{n}.kernel")[view.epoch] for n in mlp_view.LAYERS}
    weight = float(kernels[at][source, unit])
    lines = [f"### {weight:.3g}", f"Weight **{weight!r}** from {unit_name(at - 1, source)} to {unit_name(at, unit)}."]
    for layer, index in ((at - 1, source), (at, unit)):
        hears = _strongest(kernels[layer][:, index], layer - 1) if layer > 0 else ""
        moves = _strongest(kernels[layer + 1][index], layer + 1) if layer < 5 else ""
        said = " and ".join(part for part in (hears and f"hears {hears} most", moves and f"moves {moves} most") if part)
        name = unit_name(layer, index)
        lines.append(f"{name[0].upper()}{name[1:]} {said}.")
    return "\n\n".join(lines)


def _strongest(weights: np.ndarray, layer: int) -> str:
    """The unit of a layer at the largest |weight| of (units,), with that weight."""
    best = int(np.abs(weights).argmax())
    return f"{unit_name(layer, best)} ({weights[best]:.3g})"
