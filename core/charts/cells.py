"""A small matrix as coloured cells: rows are inputs, columns are units."""

import altair as alt
import numpy as np
import pandas as pd

from core.charts.epoch import epoch_param
from core.charts.size import WIDE
from core.charts.theme import Theme, signed_scale

CELL = 9  # pixels, height of a cell where rows are many


def wide(stack: np.ndarray) -> pd.DataFrame:
    """One row a cell, one column s0, s1, ... a state, of a stack (states, rows, columns); beside them row and column."""
    states, rows, columns = stack.shape
    frame = pd.DataFrame(np.ascontiguousarray(stack.reshape(states, -1).T, dtype=np.float32), columns=[f"s{n}" for n in range(states)])
    frame.insert(0, "column", np.tile(np.arange(columns), rows))
    frame.insert(0, "row", np.repeat(np.arange(rows), columns))
    return frame


def moving_cells(
    frame: pd.DataFrame,
    limit: float,
    colours: Theme,
    opening: int,
    *,
    title: str = "",
    names: tuple[str, str] = ("input", "unit"),
    value: str = "w",
) -> alt.Chart:
    """The cells of the state that the parameter `epoch` names; `frame` as `wide` makes it.

    Args:
        limit: of the signed scale, the same for every state.
        names: what rows and columns are.
        value: what the tooltip calls a cell's number.
    """
    states = sum(name.startswith("s") and name[1:].isdigit() for name in frame.columns)
    chart = alt.Chart(frame).transform_calculate(w="datum['s' + epoch]")
    return _cells(chart, frame, limit, colours, title, names, value).add_params(epoch_param(states, opening))


def still_cells(
    frame: pd.DataFrame,
    limit: float,
    colours: Theme,
    *,
    title: str = "",
    names: tuple[str, str] = ("input", "unit"),
    value: str = "w",
    pick: bool = False,
) -> alt.Chart:
    """The cells of one table: row, column, w and what else the tooltip should say.

    With `pick` a click picks a cell's column; the table then holds now, the clicks so far.
    """
    chart = _cells(alt.Chart(frame), frame, limit, colours, title, names, value)
    if not pick:
        return chart
    return chart.add_params(alt.selection_point(name="picked", fields=["column", "now"], on="click", empty=False, toggle=False))


def _cells(
    chart: alt.Chart, frame: pd.DataFrame, limit: float, colours: Theme, title: str, names: tuple[str, str], value: str
) -> alt.Chart:
    rows = int(frame["row"].max()) + 1
    more = [
        alt.Tooltip(f"{name}:Q", format=".4g")
        for name in frame.columns
        if not (name in ("row", "column", "w", "now") or name[1:].isdigit())
    ]
    few = alt.Axis(labelOverlap=True, ticks=False, domain=False, labelAngle=0)
    return (
        chart.mark_rect()
        .encode(
            x=alt.X("column:O", title=names[1], axis=few),
            y=alt.Y("row:O", title=names[0], axis=few),
            color=alt.Color(
                "w:Q",
                title=None,
                scale=signed_scale(limit, colours),
                legend=alt.Legend(orient="bottom", format=".2~g", values=[-limit, 0, limit], gradientLength=120),
            ),
            tooltip=[
                alt.Tooltip("row:Q", title=names[0]),
                alt.Tooltip("column:Q", title=names[1]),
                *more,
                alt.Tooltip("w:Q", title=value, format=".4g"),
            ],
        )
        .properties(height=max(rows * CELL, 150), title=title, autosize=WIDE)
    )
