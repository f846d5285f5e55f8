"""How many weights lie where, at one state or at the one that the player shows, in bins that never move."""

import altair as alt
import pandas as pd

from core.charts import numbers
from core.charts.epoch import HERE, epoch_param, opening
from core.charts.prepared import Prepared, built
from core.charts.size import FIXED, WIDE
from core.charts.theme import Theme


def histogram(
    bins: pd.DataFrame,
    colours: Theme,
    at: int | None = None,
    *,
    states: int = 1,
    title: str = "",
    width: int | None = None,
    height: int = 240,
) -> Prepared:
    """Bars of counts on a square-root scale, so that few large weights show beside many small ones.

    Args:
        bins: low, high (edges of the bin), count, and with `at` state; the axes span all states.
        at: the state of so many `states` that it opens at; None: it does not move.
        title: above it, in words.
        width: in pixels; None: as wide as its column.
    """
    low, high, top = float(bins["low"].min()), float(bins["high"].max()), float(bins["count"].max())
    spec = _histogram(colours, low, high, top, None if at is None else states, title, width, height)
    return Prepared(spec, {"bins": bins}, opening={} if at is None else opening(at, states))


@built
def _histogram(
    colours: Theme, low: float, high: float, top: float, states: int | None, title: str, width: int | None, height: int
) -> alt.TopLevelMixin:
    colour = (
        alt.when("datum.low * datum.high < 0")
        .then(alt.value(colours.muted))
        .when("datum.low >= 0")
        .then(alt.value(colours.up))
        .otherwise(alt.value(colours.down))
    )
    chart = (
        alt.Chart(alt.NamedData("bins"), title=title)
        .mark_bar(stroke=colours.paper, strokeWidth=0.5)
        .encode(
            x=alt.X(
                "low:Q",
                bin="binned",
                title="weight",
                scale=alt.Scale(domain=[low, high], nice=False, zero=False),
                axis=alt.Axis(grid=False, tickCount=5 if width else alt.Undefined),
            ),
            x2="high:Q",
            y=alt.Y("count:Q", title="weights (square-root scale)", scale=alt.Scale(type="sqrt", domain=[0, top or 1], nice=False)),
            color=colour,
            tooltip=[
                alt.Tooltip("low:Q", title="from", format=numbers.THREE),
                alt.Tooltip("high:Q", title="to", format=numbers.THREE),
                alt.Tooltip("count:Q", format=numbers.COUNT),
            ],
        )
        .properties(height=height, autosize=FIXED if width else WIDE, **({"width": width} if width else {}))
    )
    return chart if states is None else chart.transform_filter(HERE).add_params(epoch_param(states))
