"""How many weights lie where, at the epoch shown, in bins that never move."""

import altair as alt
import pandas as pd

from core.charts.epoch import HERE, epoch_param
from core.charts.size import WIDE
from core.charts.theme import Theme


def weight_histogram(bins: pd.DataFrame, states: int, colours: Theme, opening: int, height: int = 240) -> alt.Chart:
    """Bars of counts on a square-root scale, so that few large weights show beside many small ones.

    Args:
        bins: state, low, high (edges of the bin), count; the axes span all states.
    """
    limit, top = float(bins["high"].max()), float(bins["count"].max())
    colour = (
        alt.when("datum.low * datum.high < 0")
        .then(alt.value(colours.muted))
        .when("datum.low > 0")
        .then(alt.value(colours.signed[3]))
        .otherwise(alt.value(colours.signed[1]))
    )
    return (
        alt.Chart(bins)
        .transform_filter(HERE)
        .mark_bar(stroke=colours.paper, strokeWidth=0.5)
        .encode(
            x=alt.X("low:Q", bin="binned", title="weight", scale=alt.Scale(domain=[-limit, limit], nice=False), axis=alt.Axis(grid=False)),
            x2="high:Q",
            y=alt.Y("count:Q", title="weights in the bin (square-root scale)", scale=alt.Scale(type="sqrt", domain=[0, top], nice=False)),
            color=colour,
            tooltip=[
                alt.Tooltip("low:Q", title="from", format=".3g"),
                alt.Tooltip("high:Q", title="to", format=".3g"),
                alt.Tooltip("count:Q", format=","),
            ],
        )
        .add_params(epoch_param(states, opening))
        .properties(height=height, autosize=WIDE)
    )
