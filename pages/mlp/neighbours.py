"""The MLP page's neighbours: a layer between the one before and the one after, what is picked there, and the strongest path."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.neighbourhood import neighbourhood
from core.charts import client_order, numbers
from core.charts import neighbours as charts
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.frame import address, choices, page, screen
from core.serving.shared import shared
from pages.mlp import choices as mlp
from pages.mlp import words
from pages.mlp.layer import Layer, kernel_at, unit_name
from pages.mlp.path import path_of, path_panel

CHART = "mlp-neighbours-chart"
NARROW = 290  # pixels that cells may fill across on a telephone


@choices.fragment
def neighbours_panel(layer: Layer) -> None:
    """The three matrices; beside them what is picked, and the strongest path."""
    if mlp.moved(layer):
        st.rerun()
    st.markdown(words.NEIGHBOURS)
    left, right = st.columns([0.62, 0.38], gap="large")
    steps = path_of(layer)
    with left, st.container(key="mlp-neighbours"):
        _picture(layer, {step.layer: (step.source, step.unit) for step in steps})
    with right:
        with st.container(key="mlp-neighbours-picked", border=True):
            st.markdown(pick_words(layer, _pick(layer)))
        path_panel(layer, steps)


@shared()
def _shown(_layer: Layer, key: str, states: int, number: int) -> tuple[charts.Shown, tuple[int, int]]:
    """The units shown around a layer, the strongest of its last state where they are many, and how many are left out."""
    found = neighbourhood(kernel_at(_layer.run, number, states - 1), number, _layer.sizes)
    return (
        charts.Shown(number, found.inputs, found.outputs, found.before, found.after, found.has_before, found.has_after),
        found.left_out,
    )


@shared()
def _table(_layer: Layer, key: str, states: int, number: int, at: int, dark: bool) -> pd.DataFrame:
    """What the chart reads; without strips it is the same for every state that is kept."""
    shown, _ = _shown(_layer, key, states, number)
    limits = _limits(_layer)
    kept = charts.kept(shown, states).with_full([at])
    return charts.table(lambda n, state: kernel_at(_layer.run, n, state), shown, kept, at, limits, theme(dark))


@shared()
def _chart(
    _layer: Layer, key: str, states: int, number: int, at: int, path: tuple[tuple[int, tuple[int, int]], ...], narrow: bool, dark: bool
) -> Prepared:
    """The chart with the path marked."""
    shown, _ = _shown(_layer, key, states, number)
    return charts.neighbours(
        _table(_layer, key, states, number, at, dark),
        charts.path_table(shown, dict(path)),
        shown,
        states,
        _limits(_layer),
        theme(dark),
        room=NARROW if narrow else charts.ROOM,
        names=_names(_layer),
    )


def _limits(layer: Layer) -> dict[int, float]:
    """The largest |weight| of the layers around over all states."""
    near = range(max(1, layer.number - 1), min(layer.count, layer.number + 1) + 1)
    return {n: layer.at(n).extent.limit for n in near}


def _picture(layer: Layer, path: Mapping[int, tuple[int, int]]) -> None:
    key, states = layer.run.key, layer.run.states
    shown, left_out = _shown(layer, key, states, layer.number)
    moves = shown.at_rest or charts.kept(shown, states).step > 1
    at, way = layer.state if moves else 0, tuple(sorted(path.items()))
    opening = client_order.opening_values(mlp.opening(layer))
    opening.pop("pick", None)
    chart = _chart(layer, key, states, layer.number, at, way, screen.narrow(), page.theme().dark).opened(opening)
    said = _words(layer, shown, left_out)
    page.chart(
        chart, alt_text=f"Layer {layer.number} between its neighbours. {said}", key=CHART, select=partial(_clicked, layer), steady=not moves
    )
    st.caption(said)


def _names(layer: Layer) -> tuple[str, ...]:
    """Names of the outputs, where the last layer is among those shown and names fit."""
    last = layer.at(layer.count)
    return last.column_names if layer.number >= layer.count - 1 else ()


def _words(layer: Layer, shown: charts.Shown, left_out: tuple[int, int]) -> str:
    """What lies where, in words."""
    n, (rows, columns) = layer.number, layer.shape
    side = f" of its {rows:,} weights" if rows <= charts.STRIP else f" of its {rows:,} weights, pooled"
    if shown.inputs is None:
        said = [f"Above: layer {n}, each of its {columns:,} units a standing strip{side}"]
    else:
        said = [f"Middle: layer {n}, {rows:,} inputs down and {columns:,} outputs across"]
    if shown.has_before:
        strip = "" if shown.before is not None else f", each unit a lying strip of its {layer.sizes[n - 2]:,} weights"
        said.append(f"left: layer {n - 1}, turned{strip}")
    if shown.has_after:
        strip = "" if shown.after is not None else f", each unit a hanging strip of its {layer.sizes[n + 1]:,} weights"
        said.append(f"below: layer {n + 1}, turned{strip}")
    text = "; ".join(said) + "."
    if shown.at_rest:
        text += f" {layer.shown.words[0].upper()}{layer.shown.words[1:]} for the strips."
    for missing, count, what in zip(left_out, (rows, columns), ("inputs", "outputs"), strict=True):
        if missing:
            text += words.STRONGEST.format(all=numbers.count(count), what=what, shown=count - missing)
    return text


def _clicked(layer: Layer) -> None:
    picks = (st.session_state[CHART].get("selection") or {}).get("pick")
    if picks and picks[0].get("py") is not None and pick_words(layer, picks[0]):  # which raises where there is no such weight
        st.session_state["_mlp-neighbours-pick"] = (mlp.value("model"), mlp.value("layer"), address.visit(), picks[0])


def _pick(layer: Layer) -> Mapping | None:
    """What was clicked in this picture: block and place, as the chart says it."""
    *where, pick = st.session_state.get("_mlp-neighbours-pick") or (None, None, None, None)
    return pick if where == [layer.shown.id, layer.number, address.visit()] else None


def pick_words(layer: Layer, pick: Mapping | None) -> str:
    """The picked weight, and what each unit at its ends hears and moves most; without a pick, how to make one."""
    if pick is None:
        return words.NO_NEIGHBOUR_PICKED
    spec = layer.spec
    at = layer.number + {"prev": -1, "cur": 0, "next": 1}[pick["m"]]
    y, x = int(pick["py"]), int(pick["px"])
    if min(y, x) < 0:  # a strip, which is a unit with all its weights
        number, index = layer.number - (pick["m"] == "prev"), max(y, x)
        if not 0 <= index < layer.sizes[number]:
            raise LookupError(f"no unit {index}")
        return f"### {unit_name(spec, number, index)}\n\n{_at_its_ends(layer, number, index)}"
    source, unit = (y, x) if pick["m"] == "cur" else (x, y)  # neighbours are turned
    weight = float(layer.at(at).kernel[source, unit])
    lines = [
        f"### {numbers.number(weight)}",
        f"Weight **{numbers.exact(weight)}** from {unit_name(spec, at - 1, source)} to {unit_name(spec, at, unit)}.",
    ]
    lines += [_at_its_ends(layer, number, index) for number, index in ((at - 1, source), (at, unit))]
    return "\n\n".join(lines)


def _at_its_ends(layer: Layer, number: int, index: int) -> str:
    """What a unit hears and moves most."""
    hears = _strongest(layer, layer.at(number).kernel[:, index], number - 1) if number > 0 else ""
    moves = _strongest(layer, layer.at(number + 1).kernel[index], number + 1) if number < layer.count else ""
    said = " and ".join(part for part in (hears and f"hears {hears} most", moves and f"moves {moves} most") if part)
    name = unit_name(layer.spec, number, index)
    return f"{name[0].upper()}{name[1:]} {said}."


def _strongest(layer: Layer, weights: np.ndarray, number: int) -> str:
    """The unit of a layer at the largest |weight| of (units,), with that weight."""
    best = int(np.abs(weights).argmax())
    return f"{unit_name(layer.spec, number, best)} ({numbers.number(weights[best])})"
