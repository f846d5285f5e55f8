"""One weight over the whole training, with the way its gradient pulls at each stored state."""

import numpy as np
import pandas as pd
import streamlit as st

from core.charts import descent, numbers
from core.frame import page
from pages.learning import course
from pages.learning.cell import choose
from pages.learning.choices import PAGE, layer_choice, state_slider, value
from pages.learning.drawn import strongest
from pages.learning.images import missing
from pages.learning.view import View, opening

ARROW = 0.18  # of the chart's height: the longest arrow


def path_panel(view: View) -> None:
    """The weight's path with an arrow a state."""
    picture, side = st.columns([3, 1], gap="large")
    with side:
        layer = layer_choice(view)
        state_slider(view)
    unit, source = _weight(view, layer)
    with picture:
        choose(view, layer, unit, source)
        pulls = course.pull(view, layer, source, unit)
        if pulls is None:
            missing(view)
            return
        _path(view, layer, source, unit, pulls)


def _weight(view: View, layer: int) -> tuple[int, int]:
    """Unit and input of the weight that is chosen, else of the one with the largest gradient where the page opens."""
    if value("cell"):
        unit, source = (int(part) for part in value("cell").split("-"))
        return unit, source
    found = strongest(View(view.run, opening(view.run), view.id), layer)
    return (0, 0) if found is None else found[0][::-1]


def _path(view: View, layer: int, source: int, unit: int, pulls: np.ndarray) -> None:
    states = course.looked_at(view)
    weights = view.over_states(f"dense{layer}.kernel")[states, source, unit].astype(float)
    span, top = float(np.ptp(weights)) or 1.0, float(np.abs(pulls).max())
    scale = ARROW * span / top if top else 0.0
    table = pd.DataFrame({"epoch": view.run.epochs[states], "weight": weights, "tip": weights - scale * pulls, "gradient": pulls})
    at = int(np.abs(states - view.state).argmin())
    name = f"{view.source(layer, source)} into {view.unit(layer, unit)}"
    with st.container(key=f"{PAGE}-path"):
        st.markdown(
            f"**The weight from {name}**, from {numbers.number(weights[0])} to {numbers.number(weights[-1])}. {view.words[0].upper()}"
            f"{view.words[1:]}: weight {numbers.number(weights[at])}, gradient {numbers.signed(pulls[at])}, so a step would "
            f"{'raise' if pulls[at] < 0 else 'lower' if pulls[at] > 0 else 'leave'} it."
        )
        said = (
            f"The weight from {name} over the epochs with its gradients, from {numbers.number(weights[0])} to {numbers.number(weights[-1])}"
        )
        chart = descent.pulls(table, "weight", page.theme(), at=at)
        page.chart(chart, alt_text=said, key=f"{PAGE}-path-chart", width="stretch")
    page.legend(
        f"the line is the weight, the ring the epoch chosen; an arrow points where a plain step would take it, the longest for a gradient "
        f"of {numbers.number(top)}. Gradients are of the mean loss over {course.IMAGES} training images, without weight decay"
    )
    agree = np.sign(np.diff(weights)) == -np.sign(pulls[:-1])
    moved = np.diff(weights) != 0
    st.markdown(
        f"**What to notice.** From state to state the weight went where the arrow pointed {int((agree & moved).sum())} of "
        f"{int(moved.sum())} times. It needn't always: between two states lie many steps, on other batches, each with an arrow of its "
        "own, and all other weights move at the same time."
    )
