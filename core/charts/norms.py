"""Norms over the epochs: one line a unit, or bands where units are too many for lines."""

from typing import cast

import altair as alt
import pandas as pd

from core.charts.epoch import epoch_axis, epoch_param, mark, opening, squeezed
from core.charts.prepared import Prepared, built
from core.charts.size import WIDE
from core.charts.theme import Theme

MOST_LINES = 60  # units; above that, bands
BANDS = ("least", "low", "median", "high", "most")


def norm_lines(curves: pd.DataFrame, states: pd.DataFrame, what: str, colours: Theme, at: int) -> Prepared:
    """One line a unit, the one under the pointer lit; the largest at the end carries its number.

    Args:
        curves: state, epoch, unit, norm.
        states: state, epoch.
        what: in words, whose norm it is.
        at: the state that it opens at.
    """
    top = curves[curves["state"] == curves["state"].max()].nlargest(1, "norm")
    return _prepared(_lines, {"norms": curves, "states": states, "top": top}, states, what, colours, at)


def norm_bands(bands: pd.DataFrame, states: pd.DataFrame, what: str, colours: Theme, at: int) -> Prepared:
    """The middle of many norms: range, the middle four fifths, and the median.

    Args:
        bands: epoch, least, low, median, high, most.
        states: state, epoch.
    """
    return _prepared(_bands, {"norms": bands, "states": states}, states, what, colours, at)


def _prepared(build, tables: dict[str, pd.DataFrame], states: pd.DataFrame, what: str, colours: Theme, at: int) -> Prepared:
    epochs = states["epoch"].to_numpy(dtype=float)
    spec = build(colours, what=what, states=len(states), last=float(epochs.max()), inside=squeezed(epochs))
    return Prepared(spec, tables, opening=opening(at, len(states)))


@built
def _lines(colours: Theme, what: str, states: int, last: float, inside: bool) -> alt.TopLevelMixin:
    base = alt.Chart(alt.NamedData("norms"))
    near = alt.selection_point(name="near", fields=["unit"], on="pointerover", nearest=True, empty=False, clear="pointerout")
    lines = base.mark_line(color=colours.lines[0]).encode(
        x=epoch_axis(last, inside),
        y=alt.Y("norm:Q", title=f"L2 norm of a {what}", scale=alt.Scale(domainMin=0)),
        detail="unit:N",
        opacity=alt.condition(near, alt.value(1), alt.value(0.35)),
        strokeWidth=alt.condition(near, alt.value(3), alt.value(1.2)),
    )
    points = (
        alt.Chart(alt.NamedData("norms"), name="points")
        .mark_point(opacity=0, filled=True, size=30)
        .encode(x="epoch:Q", y="norm:Q", tooltip=[alt.Tooltip("unit:N", title=what), "epoch:Q", alt.Tooltip("norm:Q", format=".4g")])
        .add_params(near)
    )
    names = alt.Chart(alt.NamedData("top")).mark_text(align="right", dx=-3, dy=-6, color=colours.text, fontSize=11)
    return _layered([lines, points, names.encode(x="epoch:Q", y="norm:Q", text="unit:N")], states, colours)


@built
def _bands(colours: Theme, what: str, states: int, last: float, inside: bool) -> alt.TopLevelMixin:
    base = alt.Chart(alt.NamedData("norms")).encode(x=epoch_axis(last, inside))
    title = f"L2 norm of a {what}"
    outer = base.mark_area(color=colours.lines[0], opacity=0.15).encode(y=alt.Y("least:Q", title=title), y2="most:Q")
    inner = base.mark_area(color=colours.lines[0], opacity=0.3).encode(y=alt.Y("low:Q", title=title), y2="high:Q")
    tips = [alt.Tooltip("epoch:Q"), *(alt.Tooltip(f"{name}:Q", format=".4g") for name in BANDS)]
    middle = base.mark_line(color=colours.lines[0], strokeWidth=2, point=alt.OverlayMarkDef(opacity=0, size=60)).encode(
        y=alt.Y("median:Q", title=title), tooltip=tips
    )
    return _layered([outer, inner, middle], states, colours)


def _layered(charts: list[alt.Chart], states: int, colours: Theme, height: int = 220) -> alt.LayerChart:
    chart = alt.layer(*charts, mark(colours.mark)).add_params(epoch_param(states))
    return cast(alt.LayerChart, chart.properties(height=height, autosize=WIDE))
