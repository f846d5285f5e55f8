"""The MLP page's neighbours: a layer between the one before and the one after, and the strongest path back to pixels."""

import pandas as pd
import streamlit as st

from core.analysis.path import RULES, PathStep, strongest_path
from core.charts import matrix
from core.charts import neighbours as charts
from core.charts.prepared import Prepared, prepare
from core.charts.theme import theme
from core.runs.run import Run
from core.ui import cached, mlp_details, mlp_view, page
from core.ui.mlp_details import Detail, among
from core.ui.mlp_view import SIZES, View, key

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


@st.cache_resource(show_spinner=False, max_entries=24)
def chart(model: str, layer: int, states: int, dark: bool) -> Prepared:
    """The chart of a layer and its neighbours without its table, built once for everyone."""
    colours = theme(dark)
    return prepare(lambda: charts.neighbours(SIZES, layer, limits(model), states, colours), {"one": pd.DataFrame({"one": [1]})}, colours)


@st.cache_resource(show_spinner=False, max_entries=40)
def table(model: str, layer: int, state: int, dark: bool) -> pd.DataFrame:
    """What that chart reads; above layer 2 it is the same for every state."""
    kernels = {n: cached.weights(model, f"dense{n}.kernel") for n in (layer - 1, layer, layer + 1) if n in mlp_view.LAYERS}
    return charts.table(kernels, layer, state, limits(model)[1], theme(dark))


@st.fragment
@mlp_details.linked("neighbours")
def neighbours_panel(run: Run, view: View) -> None:
    """The three matrices, and the strongest path."""
    dark = page.theme().dark
    with st.container(key="mlp-neighbours"):
        st.markdown(
            "**Where outputs meet inputs.** A row of the middle is the same unit as the row at its left; a column is the same unit as the "
            "column below. Click any cell: what the matrices share is sorted together, and the unit's own cells stay lit."
        )
        frame = chart(view.model, view.layer, run.states, dark)
        cells = table(view.model, view.layer, view.epoch if view.layer < 3 else 0, dark)
        identity = ("neighbours", st.session_state.get("visit"), view.model, view.layer, dark)
        kept = st.session_state.get("_mlp-neighbours-opening")
        if kept is None or kept[0] != identity:
            kept = st.session_state["_mlp-neighbours-opening"] = (identity, mlp_view.opening(view, dark))
        values = matrix.opening_values(kept[1])
        values.pop("pick", None)
        shown = Prepared(frame.spec, {**frame.tables, matrix.TABLE: cells})
        page.prepared(shown, alt_text=_words(view), key=CHART, values=values)
        st.caption(_words(view))
    _path(run, view)


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


def _follow(layer: int, row: int, column: int) -> None:
    st.session_state[key("layer")] = layer
    st.session_state["_mlp-picked-layer"] = layer
    mlp_view.set_pick(row, column)
    st.session_state["_mlp-path-followed"] = True


def _path(run: Run, view: View) -> None:
    """From an output class back to a pixel, one step at a time."""
    if st.session_state.pop("_mlp-path-followed", False):
        st.rerun()
    st.markdown("**Follow the strongest path** from an output back to a pixel.")
    left, middle, right = st.columns([1, 2, 1])
    with left:
        digit = st.selectbox("Output class", range(10), key="mlp-path-class", persist_state="session")
    with middle:
        rule = st.segmented_control(
            "Rule", list(RULES), format_func=lambda r: RULES[r], key="mlp-path-rule", required=True, persist_state="session"
        )
    with right:
        shown = st.number_input("Steps", 1, 5, key="mlp-path-steps", persist_state="session")
    state = run.state(view.epoch)
    steps = strongest_path([state[f"dense{n}.kernel"] for n in mlp_view.LAYERS], digit, rule or "step")
    for step in steps[:shown]:
        words, button = st.columns([4, 1], vertical_alignment="center")
        words.markdown(describe(step))
        button.button(
            "Show",
            key=f"mlp-path-show-{step.layer}",
            on_click=_follow,
            args=(step.layer, step.source, step.unit),
            help="Open this layer at this weight",
        )
    if shown < len(steps):
        st.caption("Raise the number of steps to go one layer further back.")
    else:
        end = steps[-1]
        st.caption(
            f"The path ends at the pixel in line {end.source // 28}, column {end.source % 28}; its weights multiply to {end.product:.3g}."
        )


def describe(step: PathStep) -> str:
    """One step in words, with the runners-up."""
    others = ", ".join(f"{c} ({w:.3g})" for c, w in zip(step.candidates[1:4], step.weights[1:4], strict=True))
    to = "class" if step.layer == 5 else "unit"
    source = "pixel" if step.layer == 1 else "input"
    return (
        f"Layer {step.layer}: {to} **{step.unit}** listens most to {source} **{step.source}**, weight **{step.weight:.3g}**. "
        f"Next: {others}. Product so far {step.product:.3g}."
    )
