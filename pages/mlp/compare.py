"""Two runs, or two epochs, side by side on one scale and one slider."""

import numpy as np
import streamlit as st

from core.analysis import course
from core.charts import numbers
from core.frame import choices
from core.frame.plain import plain
from core.ui import cached, networks, shown
from core.ui.shown import Shown
from pages.mlp import choices as mlp
from pages.mlp import maps, words
from pages.mlp.layer import Layer

FOLLOW = "the player's epoch"
FIXED = "an epoch of its own"


@choices.fragment
def compare_panel(layer: Layer) -> None:
    """Draw the layer of two runs and their difference; any two whose layer has this shape."""
    if mlp.moved(layer):
        st.rerun()
    with st.container(key="mlp-compare"):
        boxes = st.columns(2)
        for box, side in zip(boxes, ("left", "right"), strict=True):
            with box:
                networks.chooser(mlp.PAGE, side, mlp.comparable(layer), title=f"On the {side}")
        runs = []
        for box, side in zip(boxes, ("left", "right"), strict=True):
            with box:
                runs.append(networks.opened(mlp.value(side)))
        for note in choices.declare(mlp.PAGE, mlp.side_choices(*runs)):
            st.warning(plain(note), icon=":material/info:")
        left, right = (
            None if run is None else _at(box, side, run, layer) for box, side, run in zip(boxes, ("left", "right"), runs, strict=True)
        )
        if left is None or right is None:
            return
        _maps(layer, left, right)


def _at(box, side: str, run: Shown, layer: Layer) -> Shown:
    """The run at the state that this side shows."""
    name = f"{side}_epoch"
    follows = mlp.value(name) == mlp.FOLLOWS
    near = shown.nearest(run.run, layer.shown.epoch)
    st.session_state[f"mlp-{side}-how"] = FOLLOW if follows else FIXED
    with box:
        st.segmented_control(
            f"At, {side}",
            (FOLLOW, FIXED),
            key=f"mlp-{side}-how",
            label_visibility="collapsed",
            required=True,
            on_change=_fix,
            args=(side, near),
        )
        if follows or run.run.states < 2:
            return run.at(near)
        labels = shown.labels(run.run)
        state = st.select_slider(
            f"Epoch on the {side}", range(run.run.states), format_func=labels.__getitem__, key=mlp.key(name), persist_state="session"
        )
    return run.at(int(state))


def _fix(side: str, near: int) -> None:
    """An epoch of its own starts where the player is."""
    mlp.put(f"{side}_epoch", near if st.session_state[f"mlp-{side}-how"] == FIXED else mlp.FOLLOWS)


def _maps(layer: Layer, left: Shown, right: Shown) -> None:
    sides = [Layer(left, layer.number), Layer(right, layer.number)]
    limit = max(side.extent.limit for side in sides)
    fixed = [mlp.value(f"{side}_epoch") != mlp.FOLLOWS for side in ("left", "right")]
    titles = [_title(side, its_own) for side, its_own in zip(sides, fixed, strict=True)]
    kernels = [side.kernel for side in sides]
    now = [*kernels, kernels[1] - kernels[0]]

    def stack(which: int) -> np.ndarray:
        """One side at every state of the player: the nearest of its own, or the one at which it stands."""
        if which == 2:
            return stack(1) - stack(0)
        side, epochs = sides[which], layer.run.epochs
        states = [side.state if fixed[which] else shown.nearest(side.run, epoch) for epoch in epochs]
        return cached.stack(side.run, f"dense{side.number}.kernel")[states]

    for which, (box, title, key) in enumerate(
        zip(st.columns(3), [*titles, "right minus left"], ("left", "right", "difference"), strict=True)
    ):
        with box:
            maps.show(
                layer,
                (key, layer.run.key, layer.run.states, *((side.run.key, side.run.states, side.state) for side in sides), *fixed),
                lambda which=which: stack(which),  # type: ignore[misc]
                now[which],
                limit,
                key=f"mlp-compare-map-{key}",
                alt_text=f"Weights of layer {layer.number} {title}, within ±{numbers.number(limit)}",
                title=title,
            )
    furthest = numbers.number(float(np.abs(now[2]).max()))
    st.caption(words.COMPARE.format(span=numbers.span(-limit, limit), furthest=furthest) + maps.note(layer))
    st.markdown(table([left, right]))


def _title(side: Layer, fixed: bool) -> str:
    """What a map shows; the player's epoch stands beside the player, since it moves."""
    return f"{side.shown.title}, {side.shown.words}" if fixed else side.shown.title


def table(sides: list[Shown]) -> str:
    """The numbers of each side as a table: its own accuracy, and the spread over the seeds at that state."""
    lines = ["| run | epoch | test accuracy | mean over the seeds | from | to | seeds |", "|---|---|---|---|---|---|---|"]
    for side in sides:
        run = side.run
        if "accuracy_test" not in run.history:
            lines.append(f"| {side.title} | {side.epoch:g} | not stored | | | | |")
            continue
        _, values = course.by_seed(run.history, run.seeds, run.spec.model.seed, "accuracy_test")
        found = course.spread(values[:, side.state])
        share = numbers.percent(run.history["accuracy_test"][side.state], 2)
        spread = " | ".join(numbers.percent(value, 2) for value in (found.mean, found.low, found.high))
        lines.append(f"| {side.title} | {side.epoch:g} | {share} of {run.spec.data.test:,} | {spread} | {found.seeds} |")
    return "\n".join(lines)
