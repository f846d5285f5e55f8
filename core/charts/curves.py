"""Norms over the epochs: one line a unit, or bands where units are too many for lines."""

import altair as alt
import pandas as pd

from core.charts.epoch import epoch_axis, layered, mark
from core.charts.theme import Theme

MOST_LINES = 60  # units; above that, bands


def norm_lines(curves: pd.DataFrame, states: pd.DataFrame, what: str, colours: Theme, opening: int, height: int = 220) -> alt.LayerChart:
    """One line a unit, the one under the pointer lit; the largest at the end carries its number.

    Args:
        curves: state, epoch, unit, norm.
        states: state, epoch.
        what: in words, whose norm it is.
    """
    last = float(states["epoch"].max())
    base = alt.Chart(curves)
    near = alt.selection_point(name="near", fields=["unit"], on="pointerover", nearest=True, empty=False, clear="pointerout")
    lines = base.mark_line(color=colours.lines[0]).encode(
        x=epoch_axis(last),
        y=alt.Y("norm:Q", title=f"L2 norm of a {what}", scale=alt.Scale(domainMin=0)),
        detail="unit:N",
        opacity=alt.condition(near, alt.value(1), alt.value(0.35)),
        strokeWidth=alt.condition(near, alt.value(3), alt.value(1.2)),
    )
    points = (
        alt.Chart(curves, name="points")
        .mark_point(opacity=0, filled=True, size=30)
        .encode(x="epoch:Q", y="norm:Q", tooltip=[alt.Tooltip("unit:N", title=what), "epoch:Q", alt.Tooltip("norm:Q", format=".4g")])
        .add_params(near)
    )
    top = curves[curves["state"] == curves["state"].max()].nlargest(1, "norm")
    names = (
        alt.Chart(top)
        .mark_text(align="right", dx=-3, dy=-6, color=colours.text, fontSize=11)
        .encode(x="epoch:Q", y="norm:Q", text="unit:N")
    )
    return layered([lines, points, names, mark(states, colours.mark)], len(states), opening, height)


def norm_bands(bands: pd.DataFrame, states: pd.DataFrame, what: str, colours: Theme, opening: int, height: int = 220) -> alt.LayerChart:
    """The middle of many norms: range, the middle four fifths, and the median.

    Args:
        bands: epoch, least, low, median, high, most.
        states: state, epoch.
    """
    last = float(states["epoch"].max())
    base = alt.Chart(bands).encode(x=epoch_axis(last))
    title = f"L2 norm of a {what}"
    outer = base.mark_area(color=colours.lines[0], opacity=0.15).encode(y=alt.Y("least:Q", title=title), y2="most:Q")
    inner = base.mark_area(color=colours.lines[0], opacity=0.3).encode(y=alt.Y("low:Q", title=title), y2="high:Q")
    tips = [alt.Tooltip("epoch:Q"), *(alt.Tooltip(f"{name}:Q", format=".4g") for name in ("least", "low", "median", "high", "most"))]
    middle = base.mark_line(color=colours.lines[0], strokeWidth=2, point={"opacity": 0, "size": 60}).encode(
        y=alt.Y("median:Q", title=title), tooltip=tips
    )
    return layered([outer, inner, middle, mark(states, colours.mark)], len(states), opening, height)
