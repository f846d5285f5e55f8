"""What damage does to what a network reads: the share right, of all and of each class, and what it says instead."""

from collections.abc import Sequence
from typing import cast

import altair as alt
import numpy as np
import pandas as pd

from core.charts import numbers
from core.charts.prepared import Prepared, built
from core.charts.size import WIDE
from core.charts.theme import Theme

MOST = 20  # classes that have a key


def shares(
    amounts: np.ndarray,
    right: np.ndarray,
    recall: np.ndarray,
    classes: Sequence[str],
    colours: Theme,
    *,
    title: str,
    noun: str = "class",
    percent: bool = False,
    at: float | None = None,
    now: int = 0,
) -> Prepared:
    """A strong line for all images and a thin one for each class, over the amounts of damage; a click picks an amount.

    Args:
        amounts: (amounts,), rising.
        right: share of all images right, (amounts,).
        recall: share of each class right, (amounts, classes).
        title: of the axis of amounts.
        noun: what a class is.
        percent: whether amounts are shares.
        at: the amount that is marked.
        now: clicks so far.
    """
    names = [str(name) for name in classes]
    each = pd.DataFrame(
        {
            "amount": np.repeat(amounts, len(names)),
            "class": np.tile(names, len(amounts)),
            "share": np.ravel(recall),
        }
    ).dropna()
    ends = (amounts[1:] + amounts[:-1]) / 2
    strips = pd.DataFrame(
        {
            "left": [amounts[0], *ends],
            "right": [*ends, amounts[-1]],
            "amount": amounts,
            "all": right,
            "which": np.arange(len(amounts)),
            "now": now,
        }
    )
    whole = pd.DataFrame({"amount": amounts, "share": right})
    tables = {"each": each, "whole": whole, "strips": strips, "at": pd.DataFrame({"amount": [] if at is None else [at]}, dtype=float)}
    return Prepared(_shares(colours, tuple(names), title, noun, percent, (float(amounts[0]), float(amounts[-1]))), tables)


@built
def _shares(colours: Theme, classes: tuple[str, ...], title: str, noun: str, percent: bool, ends: tuple[float, float]) -> alt.TopLevelMixin:
    x = _amounts(title, percent, ends)
    y = alt.Y("share:Q", title="share right", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%", tickCount=5))
    thin = (
        alt.Chart(alt.NamedData("each")).mark_line(strokeWidth=1.5, opacity=0.85).encode(x=x, y=y, color=_classes(classes, noun, colours))
    )
    strong = alt.Chart(alt.NamedData("whole")).mark_line(
        strokeWidth=4, color=colours.text, point=alt.OverlayMarkDef(size=40, color=colours.text)
    )
    rule = alt.Chart(alt.NamedData("at")).mark_rule(color=colours.mark, strokeDash=[4, 3], strokeWidth=1.5).encode(x=x)
    tips = [alt.Tooltip("amount:Q", title=title), alt.Tooltip("all:Q", title="all right", format=numbers.PERCENT)]
    strips = alt.Chart(alt.NamedData("strips"), name="strips").mark_rect(opacity=0)
    strips = strips.encode(x=alt.X("left:Q", title=title), x2="right:Q", tooltip=tips).add_params(
        alt.selection_point(name="picked", fields=["which", "now"], on="click", empty=False, toggle=False)
    )
    return cast(alt.LayerChart, alt.layer(thin, strong.encode(x=x, y=y), rule, strips).properties(height=260, autosize=WIDE))


def said(
    amounts: np.ndarray,
    share: np.ndarray,
    classes: Sequence[str],
    colours: Theme,
    *,
    title: str,
    noun: str = "class",
    percent: bool = False,
) -> Prepared:
    """Which share of all answers each class gets, (amounts, classes), one on the other; see `shares`."""
    names = [str(name) for name in classes]
    table = pd.DataFrame(
        {
            "amount": np.repeat(amounts, len(names)),
            "class": np.tile(names, len(amounts)),
            "order": np.tile(np.arange(len(names)), len(amounts)),
            "share": np.ravel(share),
        }
    )
    return Prepared(_said(colours, tuple(names), title, noun, percent, (float(amounts[0]), float(amounts[-1]))), {"said": table})


@built
def _said(colours: Theme, classes: tuple[str, ...], title: str, noun: str, percent: bool, ends: tuple[float, float]) -> alt.TopLevelMixin:
    chart = alt.Chart(alt.NamedData("said")).mark_area(stroke=colours.paper, strokeWidth=0.5)
    return chart.encode(
        x=_amounts(title, percent, ends),
        y=alt.Y(
            "share:Q", title="share of answers", stack="zero", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%", tickCount=3)
        ),
        color=_classes(classes, noun, colours, symbol="square"),
        order="order:Q",
        tooltip=[
            alt.Tooltip("class:N", title=noun),
            alt.Tooltip("amount:Q", title=title),
            alt.Tooltip("share:Q", title="of answers", format=numbers.PERCENT),
        ],
    ).properties(height=180, autosize=WIDE)


def _amounts(title: str, percent: bool, ends: tuple[float, float]) -> alt.X:
    """The axis of amounts."""
    axis = alt.Axis(grid=False, format=".0%" if percent else numbers.THREE)
    return alt.X("amount:Q", title=title, scale=alt.Scale(domain=list(ends), nice=False), axis=axis)


def _classes(classes: tuple[str, ...], noun: str, colours: Theme, symbol: str = "stroke") -> alt.Color:
    """Each class in its colour, with a key of strokes or squares where they are few."""
    width = 4 if symbol == "stroke" else 0
    legend = (
        alt.Legend(title=noun, orient="right", symbolType=symbol, symbolSize=90, symbolStrokeWidth=width, symbolOpacity=1)
        if len(classes) <= MOST
        else None
    )
    return alt.Color("class:N", scale=alt.Scale(domain=list(classes), range=colours.class_colours(len(classes))), legend=legend)
