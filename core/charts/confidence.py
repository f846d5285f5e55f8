"""How far probabilities can be trusted: what is answered above a threshold, and how right it is at each degree of sureness."""

from collections.abc import Mapping
from typing import cast

import altair as alt
import numpy as np
import pandas as pd

from core.charts import numbers
from core.charts.lines import key, told_apart
from core.charts.prepared import Prepared, built
from core.charts.size import WIDE
from core.charts.theme import Theme

HEIGHT = 240  # pixels of the plots


def answered(curves: Mapping[str, tuple[np.ndarray, np.ndarray]], at: Mapping[str, tuple[float, float]], colours: Theme) -> Prepared:
    """Share right of what is answered over the share that is answered, a line for each set of images, a dot at the threshold chosen.

    Args:
        curves: name -> shares answered and shares right, (thresholds,) each.
        at: name -> the two shares at the threshold.
    """
    lines = [pd.DataFrame({"images": name, "answered": x, "right": y}) for name, (x, y) in curves.items()]
    dots = pd.DataFrame([{"images": name, "answered": x, "right": y} for name, (x, y) in at.items()])
    tables = {"lines": pd.concat(lines, ignore_index=True).dropna(), "dots": dots.dropna()}
    return Prepared(_answered(colours, tuple(curves)), tables)


@built
def _answered(colours: Theme, names: tuple[str, ...]) -> alt.TopLevelMixin:
    x = alt.X("answered:Q", title="share answered", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%", tickCount=5))
    y = alt.Y("right:Q", title="share right of these", scale=alt.Scale(zero=False, nice=True, domainMax=1), axis=alt.Axis(format="~%"))
    tips = [
        alt.Tooltip("images:N"),
        alt.Tooltip("answered:Q", format=numbers.FINE_PERCENT),
        alt.Tooltip("right:Q", format=numbers.FINE_PERCENT),
    ]
    channels = told_apart("images", names, colours, key())
    line = alt.Chart(alt.NamedData("lines")).mark_line(strokeWidth=2).encode(x=x, y=y, order="answered:Q", **channels)
    dot = alt.Chart(alt.NamedData("dots")).mark_point(size=110, filled=True, opacity=1, stroke=colours.mark)
    return cast(
        alt.LayerChart,
        alt.layer(line, dot.encode(x=x, y=y, color=channels["color"], tooltip=tips)).properties(height=HEIGHT, autosize=WIDE),
    )


def reliability(sure: np.ndarray, right: np.ndarray, count: np.ndarray, edges: np.ndarray, colours: Theme) -> Prepared:
    """For images in bins of how sure the network is, (bins,) each, the share right as bars, beside the diagonal of perfect honesty."""
    table = pd.DataFrame({"left": edges[:-1], "end": edges[1:], "sure": sure, "right": right, "images": count}).dropna()
    return Prepared(_reliability(colours), {"bins": table})


@built
def _reliability(colours: Theme) -> alt.TopLevelMixin:
    axis, scale = alt.Axis(format=".0%", tickCount=5), alt.Scale(domain=[0, 1])
    base = alt.Chart(alt.NamedData("bins"))
    x = alt.X("left:Q", title="how sure it is", scale=scale, axis=axis)
    y = alt.Y("right:Q", title="share right", scale=scale, axis=axis)
    tips = [
        alt.Tooltip("images:Q", format=numbers.COUNT),
        alt.Tooltip("sure:Q", title="sure on average", format=numbers.FINE_PERCENT),
        alt.Tooltip("right:Q", title="right", format=numbers.FINE_PERCENT),
    ]
    bars = base.mark_rect(color=colours.solid, opacity=0.55, stroke=colours.paper).encode(
        x=x, x2="end:Q", y=y, y2=alt.datum(0), tooltip=tips
    )
    dots = base.mark_point(filled=True, opacity=1, color=colours.text, size=60).encode(
        x=alt.X("sure:Q", title="how sure it is"), y=y, tooltip=tips
    )
    ends = alt.Chart(alt.sequence(0, 1.01, 1, as_="at")).mark_line(color=colours.muted, strokeDash=[4, 3]).encode(x="at:Q", y="at:Q")
    return cast(alt.LayerChart, alt.layer(bars, ends, dots).properties(height=HEIGHT, autosize=WIDE))
