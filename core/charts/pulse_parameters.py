"""How the parameters of a set of pulses spread, and how many of each class there are."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from core.charts import numbers
from core.charts.prepared import Prepared, built
from core.charts.theme import Theme

BRUSH = "brush"  # name of the selection; it comes back as {"low": [least, most]}
WIDTH, HEIGHT = 264, 150  # px, axes included


def _class_colour(classes: Sequence[str], colours: Theme) -> alt.Color:
    scale = alt.Scale(domain=list(classes), range=colours.class_colours(len(classes)))
    return alt.Color("kind:N", scale=scale, legend=None, title="class")


def histogram(frame: pd.DataFrame, title: str, unit: str, classes: Sequence[str], colours: Theme) -> Prepared:
    """Stacked counts over one parameter; drag across it to choose a range.

    Args:
        frame: kind, low, high, start, end, images (see core.analysis.pulse_sets.histogram).
        classes: all that may occur, in colour order.
    """
    return Prepared(_histogram(colours, title, unit, tuple(classes)), {"counts": frame})


@built
def _histogram(colours: Theme, title: str, unit: str, classes: tuple[str, ...]) -> alt.TopLevelMixin:
    brush = alt.selection_interval(
        name=BRUSH, encodings=["x"], mark=alt.BrushConfig(fill=colours.muted, fillOpacity=0.25, stroke=colours.text)
    )
    return (
        alt.Chart(alt.NamedData("counts"), width=WIDTH, height=HEIGHT)
        .mark_rect(stroke=colours.paper, strokeWidth=0.5)
        .encode(
            x=alt.X("low:Q", title=f"{title} ({unit})", axis=alt.Axis(grid=False, tickCount=5), scale=alt.Scale(zero=False, nice=False)),
            x2="high:Q",
            y=alt.Y("start:Q", title="images", axis=alt.Axis(tickCount=3, tickMinStep=1)),
            y2="end:Q",
            color=_class_colour(classes, colours),
            opacity=alt.condition(brush, alt.value(1.0), alt.value(0.35)),
            tooltip=[
                alt.Tooltip("kind:N", title="class"),
                alt.Tooltip("low:Q", title="from", format=numbers.THREE),
                alt.Tooltip("high:Q", title="to", format=numbers.THREE),
                alt.Tooltip("images:Q", format=","),
            ],
        )
        .add_params(brush)
    )


def balance(frame: pd.DataFrame, classes: Sequence[str], colours: Theme) -> Prepared:
    """A bar a class, its count at the end.

    Args:
        frame: kind, images, share (see core.analysis.pulse_sets.balance).
    """
    return Prepared(_balance(colours, tuple(classes)), {"counts": frame})


@built
def _balance(colours: Theme, classes: tuple[str, ...]) -> alt.TopLevelMixin:
    base = alt.Chart(alt.NamedData("counts"), width=WIDTH, height=HEIGHT).encode(
        y=alt.Y("kind:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False)),
        tooltip=[alt.Tooltip("kind:N", title="class"), alt.Tooltip("images:Q", format=","), alt.Tooltip("share:Q", format=".1%")],
    )
    x = alt.X("share:Q", title="share of the images", axis=alt.Axis(grid=False, tickCount=4, format="%"), scale=alt.Scale(domain=[0, 1.15]))
    bars = base.mark_bar(height={"band": 0.7}).encode(x=x, color=_class_colour(classes, colours))
    words = base.mark_text(align="left", dx=4, color=colours.text).encode(x=x, text=alt.Text("images:Q", format=","))
    return bars + words
