"""What line charts share: colours and dashes that tell curves apart, and their key."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from core.charts.theme import Theme

DASHES = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [4, 4], [1, 3])


def key(columns: int = 1, orient: str = "bottom", limit: int = 300) -> alt.Legend:
    """The key of curves, which shows their dashes too; `limit` in pixels of a name."""
    return alt.Legend(
        title=None,
        orient=orient,  # type: ignore[arg-type]  # one of Vega-Lite's words
        columns=columns,
        labelLimit=limit,
        symbolType="stroke",
        symbolSize=300,
        symbolStrokeWidth=2,
        symbolOpacity=1,
        offset=6,
    )


def told_apart(field: str, names: Sequence[str], colours: Theme, legend: alt.Legend | None) -> dict[str, Any]:
    """The channels colour and dash of curves that a field names; one curve alone needs no key."""
    dashes = [DASHES[i % len(DASHES)] for i in range(len(names))]
    return {
        "color": alt.Color(
            f"{field}:N",
            title=None,
            scale=alt.Scale(domain=list(names), range=colours.line_colours(len(names))),
            legend=legend if len(names) > 1 else None,
        ),
        "strokeDash": alt.StrokeDash(f"{field}:N", title=None, scale=alt.Scale(domain=list(names), range=dashes), legend=None),
    }
