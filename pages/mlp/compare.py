"""Two runs, or two epochs, side by side on one scale and one slider."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import course
from core.charts import cells, mosaic
from core.runs.run import Run
from core.ui import cached, page
from pages.mlp import details as mlp_details
from pages.mlp.details import Detail, among, number
from pages.mlp.history import opening
from pages.mlp.view import MODELS, View

FOLLOW = "the player's epoch"
FIXED = "an epoch of its own"
mlp_details.DETAILS["compare"] = (
    Detail("left", "mlp-compare-left", None, among(MODELS)),
    Detail("right", "mlp-compare-right", None, among(MODELS)),
    Detail("left_epoch", "mlp-compare-left-epoch", None, number(0, lambda _: 50), needs=("mlp-compare-left-how", FIXED)),
    Detail("right_epoch", "mlp-compare-right-epoch", None, number(0, lambda _: 50), needs=("mlp-compare-right-how", FIXED)),
)


@st.fragment
@mlp_details.linked("compare")
def compare_panel(runs: dict[str, Run], view: View) -> None:
    """Draw the layer of two runs and their difference.

    Args:
        runs: name -> run; the first choice on the left is the page's own.
    """
    with st.container(key="mlp-compare"):
        names = list(runs)
        sides = []
        for box, side, first in zip(st.columns(2), ("left", "right"), _openers(names, view.model), strict=True):
            with box:
                sides.append(_choose(runs, side, first, view))
        (left, at_left, left_follows), (right, at_right, right_follows) = sides
        stacks = [_stack(runs[name], view.layer, at, follows) for name, at, follows in sides]
        limit = max(float(np.abs(cached.weights(runs[name].key, f"dense{view.layer}.kernel")).max()) for name in (left, right))
        titles = [_title(runs[left], left, at_left, left_follows), _title(runs[right], right, at_right, right_follows), "right minus left"]
        draw = _cells if stacks[0][0].size <= 2_000 else _mosaics
        draw([stacks[0], stacks[1], stacks[1] - stacks[0]], limit, titles, view)
        furthest = float(np.abs(stacks[1][view.epoch] - stacks[0][view.epoch]).max())
        st.caption(
            f"All three share one scale, -{limit:.3g} to {limit:.3g}, at every epoch: orange pushes up, blue pushes down. "
            f"Where the player rests, the two differ by up to {furthest:.3g}; what lies beyond the scale is shown as its end."
        )
        st.markdown(table([(name, runs[name], at) for name, at, _ in sides]))


def in_words(name: str) -> str:
    """What the page calls a run."""
    return MODELS.get(name, name)


def _openers(names: list[str], model: str) -> tuple[str, str]:
    """The page's run, and another one to hold against it."""
    first = model if model in names else names[0]
    return first, next((name for name in names if name != first), first)


def _choose(runs: dict[str, Run], side: str, first: str, view: View) -> tuple[str, int, bool]:
    """One side's run, the state it shows now, and whether it follows the player."""
    names = list(runs)
    if st.session_state.get(f"mlp-compare-{side}") not in names:  # nothing chosen yet, or a run that cannot be read
        st.session_state[f"mlp-compare-{side}"] = first
    st.session_state.setdefault(f"mlp-compare-{side}-how", FOLLOW)
    name = st.selectbox(f"On the {side}", names, format_func=in_words, key=f"mlp-compare-{side}", persist_state="session")
    how = st.segmented_control(
        f"At, {side}", (FOLLOW, FIXED), key=f"mlp-compare-{side}-how", label_visibility="collapsed", required=True, persist_state="session"
    )
    if how != FIXED:
        return name, view.epoch, True
    last = runs[name].states - 1
    return name, int(st.number_input(f"Epoch on the {side}", 0, last, key=f"mlp-compare-{side}-epoch", persist_state="session")), False


def _stack(run: Run, layer: int, state: int, follows: bool) -> np.ndarray:
    """The kernel over the states (states, inputs, outputs); of a fixed epoch, that one repeated."""
    stack = cached.weights(run.key, f"dense{layer}.kernel")
    return stack if follows else np.broadcast_to(stack[state], stack.shape)


def _title(run: Run, name: str, state: int, follows: bool) -> str:
    """What a map shows; the player's epoch stands beside the player, since it moves."""
    return in_words(name) if follows else f"{in_words(name)}, epoch {run.epochs[state]:g}"


def _cells(stacks: list[np.ndarray], limit: float, titles: list[str], view: View) -> None:
    names = (f"input (unit of layer {view.layer - 1})", f"unit of layer {view.layer}")
    for box, stack, title, key in zip(st.columns(3), stacks, titles, ("left", "right", "difference"), strict=True):
        with box:
            chart = cells.moving_cells(cells.wide(stack), limit, page.theme(), opening(view), names=names, title=title)
            page.chart(chart, alt_text=f"Layer {view.layer}: {title}", key=f"mlp-compare-map-{key}", width="stretch")


def _mosaics(stacks: list[np.ndarray], limit: float, titles: list[str], view: View) -> None:
    """The first layer as one small image a unit, drawn where the player rests."""
    for box, stack, title, key in zip(st.columns(3), stacks, titles, ("left", "right", "difference"), strict=True):
        kernel = stack[view.epoch]
        side = round(len(kernel) ** 0.5)
        tiles = kernel.T.reshape(-1, side, side)  # (units, height, width)
        frame = pd.DataFrame({"unit": np.arange(len(tiles)), "label": "", "largest weight": np.abs(tiles).max(axis=(1, 2))})
        with box:
            chart = mosaic.images(tiles, limit, frame, page.theme(), title=title)
            page.chart(chart, alt_text=f"Layer {view.layer} as images: {title}", key=f"mlp-compare-images-{key}")


def table(sides: list[tuple[str, Run, int]]) -> str:
    """The numbers of each side as a table: its own accuracy, and the spread over the seeds at that epoch."""
    lines = ["| run | epoch | test accuracy | mean over the seeds | from | to | seeds |", "|---|---|---|---|---|---|---|"]
    for name, run, state in sides:
        _, values = course.by_seed(run.history, run.seeds, run.spec.model.seed, "accuracy_test")
        found = course.spread(values[:, state])
        lines.append(
            f"| {in_words(name)} | {run.epochs[state]:g} | {run.history['accuracy_test'][state]:.2%} of {run.spec.data.test:,} | "
            f"{found.mean:.2%} | {found.low:.2%} | {found.high:.2%} | {found.seeds} |"
        )
    return "\n".join(lines)


def both() -> dict[str, Run]:
    """The runs of the MLP page that can be read; a damaged one is told of on the page."""
    found = {name: cached.run_or_say(name) for name in MODELS}
    return {name: run for name, run in found.items() if run is not None}
