"""A unit's sum as bars: from line to line as running sums, or each part from zero."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from core.charts import numbers
from core.charts.prepared import Prepared, built
from core.charts.size import FIXED, WIDE
from core.charts.theme import Theme, signed_scale

REACH = 1.35  # the axis of parts ends so far beyond the largest, where its number stands


def waterfall(lines: pd.DataFrame, colours: Theme) -> Prepared:
    """Terms from top to bottom, each pushing the running sum up or down, and the total.

    Args:
        lines: label, kind ("term" or "total"), start, end, amount, right (where its number stands); in order.
    """
    table = lines.assign(place=range(len(lines)))
    return Prepared(_waterfall(colours, len(lines)), {"lines": table, "zero": pd.DataFrame({"start": [0.0]})})


@built
def _waterfall(colours: Theme, count: int) -> alt.TopLevelMixin:
    axis = alt.Axis(ticks=False, domain=False, labelLimit=160)
    y = alt.Y("label:N", sort=alt.EncodingSortField("place"), title=None, axis=axis)
    colour = (
        alt.when("datum.kind == 'total'")
        .then(alt.value(colours.text))
        .when("datum.amount < 0")
        .then(alt.value(colours.down))
        .otherwise(alt.value(colours.up))
    )
    base = alt.Chart(alt.NamedData("lines"))
    bars = base.mark_bar(height={"band": 0.7}).encode(
        x=alt.X("start:Q", title="running sum", axis=alt.Axis(grid=False, tickCount=6)),
        x2="end:Q",
        y=y,
        color=colour,
        tooltip=[
            alt.Tooltip("label:N", title="term"),
            alt.Tooltip("amount:Q", format=numbers.SIX),
            alt.Tooltip("end:Q", title="sum so far", format=numbers.SIX),
        ],
    )
    zero = alt.Chart(alt.NamedData("zero")).mark_rule(color=colours.muted, strokeDash=[2, 2]).encode(x="start:Q")
    words = base.mark_text(align="left", dx=4, color=colours.muted, fontSize=11)
    words = words.encode(x=alt.X("right:Q"), y=y, text=alt.Text("amount:Q", format=f"+{numbers.THREE}"))
    return alt.layer(zero, bars, words).properties(height=24 * count, autosize=WIDE)


def parts(values: np.ndarray, labels: Sequence[str], colours: Theme, *, title: str, width: int = 320) -> Prepared:
    """Signed contributions (n,) as bars from zero with their numbers; the axis is called `title`."""
    reach = float(np.abs(values).max() or 1) * REACH
    frame = pd.DataFrame({"part": list(labels), "value": np.asarray(values, float)})
    frame["shade"] = frame["value"] / reach
    return Prepared(_parts(colours, len(frame), title, width), {"parts": frame})


@built
def _parts(colours: Theme, count: int, title: str, width: int) -> alt.TopLevelMixin:
    base = alt.Chart(alt.NamedData("parts")).encode(
        y=alt.Y("part:N", sort=None, title=None),
        x=alt.X("shade:Q", title=title, scale=alt.Scale(domain=[-1, 1]), axis=alt.Axis(labels=False, ticks=False, grid=True, values=[0])),
        tooltip=["part:N", alt.Tooltip("value:Q", format=numbers.SIX)],
    )
    bar = base.mark_bar(height={"band": 0.65}, stroke=colours.muted, strokeWidth=0.5).encode(
        color=alt.Color("shade:Q", scale=signed_scale(1, colours), legend=None)
    )
    sides = ((">=", "left", 4), ("<", "right", -4))
    words = [
        base.transform_filter(f"datum.value {sign} 0")
        .mark_text(align=align, dx=dx, color=colours.text)  # type: ignore[arg-type]  # two of Vega-Lite's words
        .encode(text=alt.Text("value:Q", format=numbers.THREE))
        for sign, align, dx in sides
    ]
    return alt.layer(bar, *words).properties(width=width, height=max(60, 18 * count), autosize=FIXED)
