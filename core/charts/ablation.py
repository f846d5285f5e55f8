"""What is lost when units are off: accuracy for each unit of a layer, recall for each digit."""

import altair as alt
import pandas as pd

from core.charts.size import WIDE
from core.charts.theme import Theme


def unit_bars(units: pd.DataFrame, colours: Theme, height: int = 240) -> alt.TopLevelMixin:
    """Percentage points of accuracy lost with each unit off alone, the most needed unit first; a click picks the unit.

    Args:
        units: unit, accuracy (share), lost (percentage points), chosen (bool), now (clicks so far).
    """
    order = [str(u) for u in units.sort_values(["accuracy", "unit"])["unit"]]
    return (
        alt.Chart(units.assign(unit=units["unit"].astype(str)))
        .mark_bar()
        .encode(
            x=alt.X("unit:N", sort=order, title="unit that is off", axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False)),
            y=alt.Y("lost:Q", title="percentage points lost"),
            color=alt.condition("datum.chosen", alt.value(colours.mark), alt.value(colours.lines[0])),
            tooltip=[alt.Tooltip("unit:N"), alt.Tooltip("accuracy:Q", format=".2%"), alt.Tooltip("lost:Q", format=".2f")],
        )
        .add_params(alt.selection_point(name="picked", fields=["unit", "now"], on="click", empty=False, toggle=False))
        .properties(height=height, autosize=WIDE)
    )


def recall_dots(digits: pd.DataFrame, colours: Theme, height: int = 250) -> alt.TopLevelMixin:
    """Each digit's share recognised, before (ring) and after (dot), joined by a line.

    Args:
        digits: digit, before, after (shares).
    """
    base = alt.Chart(digits)
    y = alt.Y("digit:O", title="digit", axis=alt.Axis(ticks=False, domain=False))
    tips = ["digit:O", alt.Tooltip("before:Q", format=".1%"), alt.Tooltip("after:Q", format=".1%")]
    x = alt.X(
        "before:Q", title="share of its images right: ring before, dot after", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%")
    )
    line = base.mark_rule(color=colours.muted, strokeWidth=2).encode(x=x, x2="after:Q", y=y)
    ring = base.mark_point(size=90, filled=False, color=colours.text, strokeWidth=1.5).encode(x=x, y=y, tooltip=tips)
    dot = base.mark_point(size=90, filled=True, opacity=1, color=colours.lines[1]).encode(x="after:Q", y=y, tooltip=tips)
    return alt.layer(line, ring, dot).properties(height=height, autosize=WIDE)
