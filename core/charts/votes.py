"""A hidden layer: its filters on top, under them what each class makes of them, as signed bars."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from core.charts.theme import Theme

HEAD = 3.0  # rows of room for the filters
ROW = 42  # pixels of height a class


def columns(
    bars: pd.DataFrame, filters: pd.DataFrame, classes: Sequence[str], theme: Theme, *, side: int, marked: int | None, what: str
) -> alt.TopLevelMixin:
    """Filters from left to right, classes from top to bottom; a bar above its line votes for the class, one below against.

    Args:
        bars: unit (name), row (index of the class), value, size (value over the common limit, -1 to 1).
        filters: unit, url (its picture), words (what stands under it), in the order shown.
        side: of the filters' pictures in pixels; shown at the largest whole multiple that fits.
        marked: index of the class whose row is marked.
        what: what a bar is, in words, for the tooltip.
    """
    units = list(filters["unit"])
    x = alt.X("unit:N", scale=alt.Scale(domain=units, paddingInner=0.06, paddingOuter=0.02), sort=None, title=None).axis(
        orient="top", ticks=False, domain=False, labelAngle=0, labelExpr="replace(datum.label, 'filter ', '')", title="hidden filter"
    )
    domain = [len(classes), -HEAD]  # rows count downwards, the filters lie above row 0
    names = "[" + ",".join(f"'{name}'" for name in classes) + "]"
    y_scale = alt.Scale(domain=domain, nice=False, zero=False)
    y_axis = alt.Axis(
        values=[i + 0.5 for i in range(len(classes))],
        labelExpr=f"{names}[floor(datum.value)]",
        grid=False,
        ticks=False,
        domain=False,
        labelColor=theme.text,
    )
    lines = (
        alt.Chart(pd.DataFrame({"y": np.arange(len(classes)) + 0.5}))
        .mark_rule(color=theme.grid)
        .encode(y=alt.Y("y:Q", scale=y_scale, axis=y_axis, title=None))
    )
    layers: list[alt.Chart] = []
    if marked is not None:
        band = pd.DataFrame({"y": [float(marked)], "y2": [marked + 1.0]})
        layers.append(
            alt.Chart(band)
            .mark_rect(color=theme.muted, opacity=0.14)
            .encode(y=alt.Y("y:Q", scale=y_scale), y2="y2:Q", x=alt.value(0), x2=alt.value("width"))
        )
    side_px = f"max(1, floor(min(bandwidth('x'), {int(HEAD * ROW) - 26}) / {side})) * {side}"
    pictures = (
        alt.Chart(filters)
        .transform_calculate(y=f"{-HEAD / 2 - 0.35}")
        .mark_image(width=alt.ExprRef(side_px), height=alt.ExprRef(side_px), smooth=False, tooltip=None)
        .encode(x=x, y=alt.Y("y:Q", scale=y_scale), url="url:N")
    )
    under = (
        alt.Chart(filters)
        .transform_calculate(y="-0.2")
        .mark_text(color=theme.muted, fontSize=10)
        .encode(x=x, y=alt.Y("y:Q", scale=y_scale), text="words:N")
    )
    votes = (
        alt.Chart(bars)
        .transform_calculate(
            middle="datum.row + 0.5",
            tip="datum.row + 0.5 - 0.45 * datum.size",
            name=f"{names}[datum.row]",
            side="datum.value > 0 ? 'for' : datum.value < 0 ? 'against' : 'neither'",
        )
        .mark_bar()
        .encode(
            x=x,
            y=alt.Y("middle:Q", scale=y_scale),
            y2="tip:Q",
            color=alt.condition("datum.value > 0", alt.value(theme.signed[3]), alt.value(theme.signed[1])),
            tooltip=[
                alt.Tooltip("unit:N", title="filter"),
                alt.Tooltip("name:N", title="class"),
                alt.Tooltip("side:N", title="votes"),
                alt.Tooltip("value:Q", title=what, format="+.5f"),
            ],
        )
    )
    return alt.layer(*layers, lines, pictures, under, votes).properties(height=int((len(classes) + HEAD) * ROW), width="container")
