"""A unit's sum as bars that start where the one above ended, and the probabilities it leads to."""

import altair as alt
import pandas as pd

from core.charts.size import WIDE
from core.charts.theme import Theme


def waterfall(lines: pd.DataFrame, colours: Theme) -> alt.TopLevelMixin:
    """Terms from top to bottom, each pushing the running sum up or down, and the total.

    Args:
        lines: label, kind ("term" or "total"), start, end, amount; in order.
    """
    order = list(lines["label"])
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=160))
    colour = (
        alt.when("datum.kind == 'total'")
        .then(alt.value(colours.text))
        .when("datum.amount < 0")
        .then(alt.value(colours.signed[1]))
        .otherwise(alt.value(colours.signed[3]))
    )
    base = alt.Chart(lines)
    bars = base.mark_bar(height={"band": 0.7}).encode(
        x=alt.X("start:Q", title="running sum", axis=alt.Axis(grid=False, tickCount=6)),
        x2="end:Q",
        y=y,
        color=colour,
        tooltip=[
            alt.Tooltip("label:N", title="term"),
            alt.Tooltip("amount:Q", format=".6g"),
            alt.Tooltip("end:Q", title="sum so far", format=".6g"),
        ],
    )
    zero = alt.Chart(pd.DataFrame({"start": [0.0]})).mark_rule(color=colours.muted, strokeDash=[2, 2]).encode(x="start:Q")
    numbers = base.mark_text(align="left", dx=4, color=colours.muted, fontSize=11).encode(
        x=alt.X("right:Q"), y=y, text=alt.Text("amount:Q", format="+.3g")
    )
    return alt.layer(zero, bars, numbers).properties(height=24 * len(lines), autosize=WIDE)


def probabilities(shares: pd.DataFrame, colours: Theme, height: int = 230) -> alt.TopLevelMixin:
    """The network's ten probabilities.

    Args:
        shares: class, probability, words (what stands beside the bar).
    """
    base = alt.Chart(shares)
    y = alt.Y("class:O", title="digit", axis=alt.Axis(ticks=False, domain=False))
    bars = base.mark_bar(color=colours.lines[0], height={"band": 0.7}).encode(
        x=alt.X("probability:Q", title="probability", scale=alt.Scale(domain=[0, 1.3]), axis=alt.Axis(format=".0%", values=[0, 0.5, 1])),
        y=y,
        tooltip=["class:O", alt.Tooltip("probability:Q", format=".6f")],
    )
    words = base.mark_text(align="left", dx=4, color=colours.text, fontSize=11).encode(x="probability:Q", y=y, text="words:N")
    return alt.layer(bars, words).properties(height=height, autosize=WIDE)
