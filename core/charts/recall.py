"""The share of each class that is recognised, before and after a change."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from core.charts import numbers
from core.charts.prepared import Prepared, built
from core.charts.size import WIDE
from core.charts.theme import Theme

ROW = 24  # pixels of height a class
LEAST, MOST = 5, 40  # classes whose rows are as high as that; more of them share the room


def recall_dots(
    classes: Sequence[str],
    before: np.ndarray,
    after: np.ndarray,
    colours: Theme,
    *,
    what: str = "class",
    words: str = "ring before, dot after",
) -> Prepared:
    """Each class's share, (classes,) before as a ring and after as a dot, joined by a line; classes without images are left out.

    Args:
        what: a class is ("digit", "class").
        words: what ring and dot stand for.
    """
    frame = pd.DataFrame({"class": list(classes), "before": np.asarray(before, float), "after": np.asarray(after, float)})
    return Prepared(_dots(colours, tuple(classes), what, words), {"classes": frame.dropna()})


@built
def _dots(colours: Theme, classes: tuple[str, ...], what: str, words: str) -> alt.TopLevelMixin:
    base = alt.Chart(alt.NamedData("classes"))
    axis = alt.Axis(ticks=False, domain=False, labelOverlap=True, labelPadding=8)  # clear of a dot at 0%
    y = alt.Y("class:N", title=what, sort=None, axis=axis, scale=alt.Scale(domain=list(classes)))
    tips = [alt.Tooltip("class:N", title=what), *(alt.Tooltip(f"{name}:Q", format=numbers.FINE_PERCENT) for name in ("before", "after"))]
    x = alt.X(
        "before:Q", title=f"share of its images right: {words}", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%", tickCount=5)
    )
    line = base.mark_rule(color=colours.muted, strokeWidth=2).encode(x=x, x2="after:Q", y=y)
    ring = base.mark_point(size=90, filled=False, color=colours.text, strokeWidth=1.5).encode(x=x, y=y, tooltip=tips)
    dot = base.mark_point(size=90, filled=True, opacity=1, color=colours.lines[1]).encode(x="after:Q", y=y, tooltip=tips)
    height = ROW * max(LEAST, min(MOST, len(classes)))
    return alt.layer(line, ring, dot).properties(height=height, autosize=WIDE)
