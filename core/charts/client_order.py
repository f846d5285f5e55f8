"""Order in the browser: the table of a matrix chart, its hidden parameters, and the steps that sort it and shift its epochs.

One table holds every cell with its weights at all states (`s0`, `s1`, ...). Hidden bound parameters choose the state
and the order; the pick is a point selection. So neither a click nor a step of the epoch asks the server for anything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import altair as alt
import numpy as np
import pandas as pd

from core.charts.epoch import columns, epoch_param
from core.charts.epoch import value as state_value

SORTS = {"original": "original order", "value": "value", "abs": "|value|", "norm": "L2 norm"}
MOVES = {"both": "rows and columns", "rows": "rows", "columns": "columns"}
TABLE = "cells"  # the named table that a matrix chart reads: `frame` makes it
PICKED = "isValid(pick.m) && isValid(pick.m[0])"  # a selection is undefined until the first click


@dataclass(frozen=True)
class Opening:
    """What a matrix shows when it is drawn; afterwards the browser's own controls move it."""

    state: int = 0  # index of the stored state
    sort: str = "original"  # key of SORTS
    move: str = "both"  # key of MOVES
    descending: bool = True
    held: int = -1  # state whose weights give the order; -1 follows the state shown
    pick: tuple[str, int, int] | None = None  # matrix, y, x; -1 stands for a norm strip


@dataclass(frozen=True)
class Block:
    """A matrix and where it lies: its y and x axes are named, and blocks that name the same axis share its order."""

    name: str  # "cur", "prev", "next"
    values: np.ndarray  # (states, y units, x units) float32
    y_axis: str
    x_axis: str
    owns_y: bool = True  # its norms are the norms of the y axis
    owns_x: bool = True
    y_units: Sequence[int] | None = None  # which units these are, where they are not all
    x_units: Sequence[int] | None = None


def frame(blocks: Sequence[Block], biases: np.ndarray | None = None, kept: Sequence[int] | None = None) -> pd.DataFrame:
    """A row a cell: block, unit indices, whether it lies in its block's first row (fy) or column (fx), axes and the weight at the
    states that are kept, all of them by default.

    Args:
        biases: (states, x units of the first block), as further cells of a block "bias".
    """
    tables = []
    if biases is not None:
        blocks = [*blocks, Block("bias", biases[:, None, :], "bias", blocks[0].x_axis, owns_x=False)]
    for block in blocks:
        states, height, width = block.values.shape
        y, x = np.divmod(np.arange(height * width), width)
        units_y, units_x = (np.arange(n) if u is None else np.asarray(u) for u, n in ((block.y_units, height), (block.x_units, width)))
        table = {"m": block.name, "y": units_y[y], "x": units_x[x], "fy": (y == 0).astype(np.int8), "fx": (x == 0).astype(np.int8)}
        table |= {"ay": block.y_axis, "ax": block.x_axis, "oy": int(block.owns_y), "ox": int(block.owns_x)}
        tables.append(pd.DataFrame(table | columns(block.values, range(states) if kept is None else kept)))
    return pd.concat(tables, ignore_index=True)


def parameters(states: int) -> list[alt.Parameter]:
    """Hidden inputs that the player and the page write to."""
    text = alt.binding(input="text")
    return [
        epoch_param(states),
        alt.param(name="sort", value="original", bind=text),
        alt.param(name="move", value="both", bind=text),
        alt.param(name="falling", value="1", bind=text),
        alt.param(name="held", value="-1", bind=text),
    ]


def picked_in(chart: alt.VConcatChart, views: Sequence[str]) -> alt.VConcatChart:
    """Let a click in any of these named views pick: block, y and x; on a norm strip the other index is -1.

    One selection of all views, given to the whole: Altair would make one for each, and join them again with a warning.
    """
    select = alt.PointSelectionConfig(type="point", fields=["m", "py", "px"], toggle=False, on="click", clear=False)
    found = [name for name in _view_names(chart) if name.rsplit("_", 1)[0] in views]  # Altair has numbered them by their place
    copy = chart.copy(deep=False)
    copy.params = [*(chart.params if isinstance(chart.params, list) else []), alt.TopLevelSelectionParameter("pick", select, views=found)]
    return copy


def with_parameters(chart: alt.VConcatChart, parameters: Sequence[alt.Parameter]) -> alt.VConcatChart:
    """The chart with parameters of the whole; Altair's own way copies every part of it."""
    copy = chart.copy(deep=False)
    copy.params = [*(chart.params if isinstance(chart.params, list) else []), *(cast(Any, parameter.param) for parameter in parameters)]
    return copy


def _view_names(chart: Any) -> Iterator[str]:
    """Names of all single views of a chart."""
    for part in ("vconcat", "hconcat", "layer"):
        for child in getattr(chart, part, None) or []:
            yield from _view_names(child)
    if isinstance(chart, alt.Chart) and isinstance(chart.name, str):
        yield chart.name


def ordered(chart: alt.VConcatChart, step: int = 1) -> alt.VConcatChart:
    """Add the steps that find each cell's weight at the state shown and its place in the chosen order.

    Args:
        step: of the states that the table keeps (core/charts/epoch.py).
    """
    here = f"({PICKED} && datum.m == pick.m[0])"
    value = "(sort == 'abs' ? abs(datum.o) : datum.o)"
    sign = "(falling == '1' ? -1 : 1)"
    by_norm_y = f"(sort == 'norm' || ({PICKED} && pick.px[0] == -1))"
    by_norm_x = f"(sort == 'norm' || ({PICKED} && pick.py[0] == -1))"
    steps = (
        alt.Chart()
        .transform_calculate(w=state_value(step), o=state_value(step, state="(toNumber(held) < 0 ? epoch : toNumber(held))"))
        .transform_calculate(
            ky=f"{here} && datum.x == pick.px[0] ? {value} : 0",
            kx=f"{here} && datum.y == pick.py[0] ? {value} : 0",
            wy="datum.oy * datum.w * datum.w",
            wx="datum.ox * datum.w * datum.w",
            qy="datum.oy * datum.o * datum.o",
            qx="datum.ox * datum.o * datum.o",
        )
        .transform_joinaggregate(ky="sum(ky)", ny="sum(wy)", qy="sum(qy)", groupby=["ay", "y"])
        .transform_joinaggregate(kx="sum(kx)", nx="sum(wx)", qx="sum(qx)", groupby=["ax", "x"])
        .transform_calculate(
            ky=f"sort == 'original' || move == 'columns' ? 0 : {sign} * ({by_norm_y} ? datum.qy : datum.ky)",
            kx=f"sort == 'original' || move == 'rows' ? 0 : {sign} * ({by_norm_x} ? datum.qx : datum.kx)",
            ny="sqrt(datum.ny)",
            nx="sqrt(datum.nx)",
        )
        .transform_window(sort=[alt.SortField("ky"), alt.SortField("y")], groupby=["ay"], ry="dense_rank()", frame=[None, 0])
        .transform_window(sort=[alt.SortField("kx"), alt.SortField("x")], groupby=["ax"], rx="dense_rank()", frame=[None, 0])
    )
    copy = chart.copy(deep=False)  # Altair would copy the whole chart with each step
    copy.transform = steps.transform
    return copy


def _band(count: int) -> alt.Scale:
    return alt.Scale(type="band", domain=list(range(1, count + 1)), paddingInner=0, paddingOuter=0)


def place(field: str, count: int) -> dict[str, Any]:
    """Arguments of an x or y channel that puts a rank 1..count on a band, without an axis."""
    return {"field": field, "type": "ordinal", "scale": _band(count), "axis": None}


def opening_values(opening: Opening) -> dict[str, object]:
    """The values that the chart's parameters open with."""
    values: dict[str, object] = {
        "epoch": opening.state,
        "sort": opening.sort,
        "move": opening.move,
        "falling": "1" if opening.descending else "0",
        "held": str(opening.held),
    }
    if opening.pick:
        values["pick"] = [dict(zip(("m", "py", "px"), opening.pick, strict=True))]
    return values
