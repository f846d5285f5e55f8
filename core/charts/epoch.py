"""The epoch as a parameter inside a chart, so that a player in the browser can move it without the server."""

from typing import cast

import altair as alt
import pandas as pd

from core.charts.size import WIDE

HERE = "datum.state === epoch"  # keeps the rows of the state shown


def epoch_param(states: int, opening: int) -> alt.Parameter:
    """The parameter `epoch`, 0 to states - 1, bound to an input that the player writes.

    Keep `opening` the same from rerun to rerun: a changed literal is a changed spec, and rebuilds the view.
    """
    return alt.param(name="epoch", bind=alt.binding_range(min=0, max=max(states - 1, 1), step=1), value=min(opening, states - 1))


def epoch_axis(last: float) -> alt.X:
    """The axis of epochs, 0 to the last."""
    return alt.X("epoch:Q", title="epoch", scale=alt.Scale(domain=[0, last or 1], nice=False), axis=alt.Axis(grid=False, tickMinStep=1))


def mark(states: pd.DataFrame, colour: str) -> alt.Chart:
    """A line at the epoch shown; `states` holds state and epoch."""
    return alt.Chart(states).transform_filter(HERE).mark_rule(color=colour, strokeWidth=1.5).encode(x="epoch:Q")


def layered(charts: list[alt.Chart], states: int, opening: int, height: int) -> alt.LayerChart:
    """Charts on top of each other that share the parameter `epoch`; height in pixels."""
    return cast(alt.LayerChart, alt.layer(*charts).add_params(epoch_param(states, opening)).properties(height=height, autosize=WIDE))
