"""A part of a large matrix cell by cell, large enough to read and to click."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from core.charts import numbers
from core.charts.client_order import place
from core.charts.prepared import Prepared, built
from core.charts.theme import Theme, signed_scale


def detail(
    values: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    limit: float,
    colours: Theme,
    *,
    picked: tuple[int | None, int | None] = (None, None),
    room: int = 490,
    names: Sequence[str] = (),
) -> Prepared:
    """Some rows and columns in the order shown; a click picks a cell as "pick", with its input py and its output px.

    Args:
        values: (rows, columns), at most some 2,000 cells.
        rows, columns: the original indices of these rows (rows,) and columns (columns,).
        limit: of the colours, the same as in the overview.
        picked: original row and column of the cell that is framed.
        room: pixels that the cells may fill across.
        names: of the outputs, where they have some.
    """
    y, x = np.divmod(np.arange(values.size), values.shape[1])
    places = {"ry": y + 1, "rx": x + 1, "py": rows[y], "px": columns[x]}
    table = pd.DataFrame({name: at.astype(np.int16) for name, at in places.items()})  # layers have 16,384 units at the most
    table["w"] = values.ravel().astype(np.float32)
    table["shade"] = table["w"] / np.float32(limit or 1.0)
    table["picked"] = (table["py"] == picked[0]) & (table["px"] == picked[1])
    return Prepared(_detail(colours, values.shape, room, tuple(names)), {"detail": table}, {"limit": limit or 1.0})


@built
def _detail(colours: Theme, shape: tuple[int, int], room: int, names: tuple[str, ...]) -> alt.TopLevelMixin:
    height, width = shape
    wide, tall = max(7, min(46, room // width)), max(8, min(16, 420 // height))
    where = {"x": alt.X(**place("rx", width)), "y": alt.Y(**place("ry", height))}
    base = alt.Chart(alt.NamedData("detail"))
    legend = alt.Legend(
        title="weight", orient="bottom", values=[-1, -0.5, 0, 0.5, 1], labelExpr=f"format(datum.value * limit, '{numbers.THREE}')"
    )
    cells = (
        base.transform_calculate(row=numbers.called("datum.py"), column=numbers.called("datum.px", names))
        .transform_calculate(label="'input ' + datum.row + ', output ' + datum.column + ', weight ' + format(datum.w, '.4g')")
        .mark_rect(cursor="pointer")
        .encode(
            **where,
            color=alt.Color("shade:Q", scale=signed_scale(1, colours), legend=legend),
            tooltip=[
                alt.Tooltip("row:N", title="input"),
                alt.Tooltip("column:N", title="output"),
                alt.Tooltip("w:Q", title="weight", format=numbers.SIX),
            ],
            description="label:N",
        )
        .add_params(alt.selection_point(name="pick", fields=["py", "px"], toggle=False, empty=False, on="click", clear=False))
    )
    outline = base.transform_filter("datum.picked").mark_rect(filled=False, stroke=colours.mark, strokeWidth=2, aria=False)
    chart = alt.layer(cells, outline.encode(**where)).add_params(alt.param(name="limit", value=1.0))
    return chart.properties(width=wide * width, height=tall * height)
