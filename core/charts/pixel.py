"""The input as a grid of pixels, each in the colour of an amount."""

import altair as alt
import numpy as np
import pandas as pd

from core.charts.size import FIXED
from core.charts.theme import Theme, amount_scale


def pixel_map(
    amounts: np.ndarray, top: float, colours: Theme, *, what: str, chosen: int | None = None, now: int = 0, cell: int = 8
) -> alt.TopLevelMixin:
    """Amounts (side, side) at their pixels; a click picks one, and the chosen one is framed.

    Args:
        top: of the scale.
        what: the amount's name.
        now: clicks so far.
        cell: pixels on the screen of one pixel.
    """
    side = len(amounts)
    rows, columns = np.indices(amounts.shape)
    frame = pd.DataFrame(
        {"pixel": np.arange(side * side), "row": rows.ravel(), "column": columns.ravel(), "amount": amounts.ravel(), "now": now}
    )
    few = alt.Axis(values=[0, side // 2, side - 1], ticks=False, domain=False, labelAngle=0)
    x, y = alt.X("column:O", title="column of the image", axis=few), alt.Y("row:O", title="row of the image", axis=few)
    cells = (
        alt.Chart(frame, name="pixels")
        .mark_rect()
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "amount:Q", title=what, scale=amount_scale(top, colours), legend=alt.Legend(orient="bottom", format=".2~g", values=[0, top])
            ),
            tooltip=["pixel:Q", "row:Q", "column:Q", alt.Tooltip("amount:Q", title=what, format=".4g")],
        )
        .add_params(alt.selection_point(name="picked", fields=["pixel", "now"], on="click", empty=False, toggle=False))
    )
    place = frame.iloc[[] if chosen is None else [chosen]]
    box = alt.Chart(place).mark_rect(fillOpacity=0, stroke=colours.mark, strokeWidth=2).encode(x=x, y=y)
    return alt.layer(cells, box).properties(width=side * cell, height=side * cell, autosize=FIXED)
