"""A small matrix as coloured cells, for reading: a kernel, a map, products, norms at their pixels; still or over the states."""

from collections.abc import Sequence
from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from core.charts import numbers
from core.charts.epoch import Frames, columns, epoch_param, frames, opening
from core.charts.epoch import value as state_value
from core.charts.prepared import Prepared, built
from core.charts.size import FIXED, WIDE
from core.charts.theme import Theme, amount_scale, signed_scale

CELL = 9  # pixels, height of a cell where the width is the column's
LEAST = 150  # pixels of height of a matrix that is as wide as its column
STRONG = 0.55  # share of the limit above which a number stands in the paper's colour
PLACES = ("row", "column")
PRINTED = 30  # pixels that a cell with its number in it needs

Kind = Literal["signed", "amount"]


def cells(
    values: np.ndarray,
    limit: float,
    colours: Theme,
    *,
    kind: Kind = "signed",
    names: tuple[str, str] = ("row", "column"),
    value: str = "value",
    more: dict[str, np.ndarray] | None = None,
    title: str = "",
    size: int | None = None,
    axes: bool = True,
    legend: bool = False,
    printed: bool = False,
    pick: bool = False,
    picked: tuple[int, int] | None = None,
    now: int = 0,
    called: tuple[Sequence[str], Sequence[str]] = ((), ()),
    least: int = LEAST,
) -> Prepared:
    """The cells of one matrix (rows, columns), each with its value under the pointer.

    Args:
        limit: of the colours: signed values run from -limit to limit, amounts from 0.
        names: what rows and columns are; `value`: what a value is.
        more: further values (rows, columns) or (rows, 1) that the tooltip says, by name.
        size: pixels of a cell; None: as wide as the column of the page.
        printed: write the values into the cells.
        pick: a click picks a cell as "picked", with row, column, cell (counted row by row, from 0) and now.
        picked: the cell that is framed.
        now: clicks so far, so that a second one on the same cell counts too.
        called: names of the rows and of the columns, where they have some.
        least: pixels of height where the width is the column's.
    """
    table = frame(values, {**(more or {}), "shade": (np.asarray(values, np.float32) / (limit or 1.0)).astype(np.float32)})
    if pick:
        table["now"] = np.int16(now)
    if picked is not None:
        table["picked"] = False
        table.loc[picked[0] * values.shape[1] + picked[1], "picked"] = True
    spec = _cells(
        colours,
        values.shape,
        kind,
        names,
        value,
        tuple(more or {}),
        title,
        size,
        axes,
        _legend_limit(limit) if legend else None,
        printed,
        pick,
        picked is not None,
        least,
        (tuple(called[0]), tuple(called[1])),
    )
    return Prepared(spec, {"cells": table})


def frame(values: np.ndarray, more: dict[str, np.ndarray] | None = None) -> pd.DataFrame:
    """A row a cell of (rows, columns): row and column, counted from 1, v and what `more` names."""
    rows, across = values.shape
    y, x = np.divmod(np.arange(rows * across), across)
    extra = {name: np.broadcast_to(item, values.shape).ravel() for name, item in (more or {}).items()}
    places = {"row": y + 1, "column": x + 1}
    places = {name: place.astype(np.min_scalar_type(place.max())) for name, place in places.items()}  # sent: the fewer bytes the better
    return pd.DataFrame({**places, "v": np.ravel(values).astype(np.float32), **extra})


def moving(
    stack: np.ndarray,
    limit: float,
    colours: Theme,
    at: int,
    *,
    names: tuple[str, str],
    value: str = "weight",
    title: str = "",
    called: tuple[Sequence[str], Sequence[str]] = ((), ()),
) -> Prepared:
    """The cells of the state that the parameter `epoch` names, of a stack (states, rows, columns); it opens at state `at`.

    The colours run from -limit to limit at every state.
    """
    states, rows, across = stack.shape
    kept = held_states(states, rows, across)
    table = frame(stack[0]).drop(columns="v").assign(limit=limit or 1.0)
    table = pd.concat([table, pd.DataFrame(columns(stack, kept.with_full([at])))], axis=1)
    spec = _moving(
        colours, (rows, across), states, kept.step, names, value, title, _legend_limit(limit), (tuple(called[0]), tuple(called[1]))
    )
    return Prepared(spec, {"cells": table}, opening=opening(at, states))


def held_states(states: int, rows: int, columns: int) -> Frames:
    """Which states the browser holds of a matrix that moves."""
    return frames(states, rows * columns)


def _legend_limit(limit: float) -> float:
    return float(f"{limit or 1.0:.3g}")


@built
def _cells(
    colours: Theme,
    shape: tuple[int, int],
    kind: Kind,
    names: tuple[str, str],
    value: str,
    more: tuple[str, ...],
    title: str,
    size: int | None,
    axes: bool,
    limit: float | None,
    printed: bool,
    pick: bool,
    framed: bool,
    least: int,
    called: tuple[tuple[str, ...], tuple[str, ...]],
) -> alt.TopLevelMixin:
    base = _based(alt.Chart(alt.NamedData("cells")), names, axes, called)
    rects = base.mark_rect(cursor="pointer" if pick else "default").encode(
        color=_colour(kind, colours, limit), tooltip=_tips(names, value, more, called)
    )
    rects = rects.properties(name="cells")  # this layer's alone: a second one of the name would have its signals twice
    if pick:
        rects = rects.transform_calculate(cell=f"(datum.row - 1) * {shape[1]} + datum.column - 1")
        rects = rects.add_params(
            alt.selection_point(name="picked", fields=["row", "column", "cell", "now"], on="click", empty=False, toggle=False)
        )
    layers = [rects]
    if printed and size is not None and size >= PRINTED:
        ink = alt.condition(f"abs(datum.shade) > {STRONG}", alt.value(colours.paper), alt.value(colours.text))
        words = base.mark_text(fontSize=9 if size < 44 else 11, tooltip=None)
        layers.append(words.encode(text=alt.Text("v:Q", format=numbers.THREE), color=ink))
    if framed:
        box = base.transform_filter("datum.picked").mark_rect(fillOpacity=0, stroke=colours.mark, strokeWidth=2.5, tooltip=None)
        layers.append(box)
    return _sized(alt.layer(*layers), shape, size, title, least)


@built
def _moving(
    colours: Theme,
    shape: tuple[int, int],
    states: int,
    step: int,
    names: tuple[str, str],
    value: str,
    title: str,
    limit: float,
    called: tuple[tuple[str, ...], tuple[str, ...]],
) -> alt.TopLevelMixin:
    base = alt.Chart(alt.NamedData("cells"), name="cells").transform_calculate(v=state_value(step))
    base = _based(base.transform_calculate(shade="datum.v / datum.limit"), names, True, called)
    rects = base.mark_rect().encode(color=_colour("signed", colours, limit), tooltip=_tips(names, value, (), called))
    return _sized(alt.layer(rects), shape, None, title).add_params(epoch_param(states))


def _based(chart: alt.Chart, names: tuple[str, str], axes: bool, called: tuple[tuple[str, ...], tuple[str, ...]]) -> alt.Chart:
    for field, own in zip(PLACES, called, strict=True):
        if own:
            chart = chart.transform_calculate(**{f"{field}_name": numbers.called(f"(datum.{field} - 1)", own)})
    down, across = (_axis(own) if axes else None for own in called)
    return chart.encode(x=alt.X("column:O", title=names[1], axis=across), y=alt.Y("row:O", title=names[0], axis=down))


def _axis(called: tuple[str, ...]) -> alt.Axis:
    words = numbers.called("(datum.value - 1)", called) if called else alt.Undefined
    return alt.Axis(labelOverlap=True, ticks=False, domain=False, labelAngle=0, labelExpr=words)


def _colour(kind: Kind, colours: Theme, limit: float | None) -> alt.Color:
    """The colour of a share of the limit, with a legend in the values' own numbers where the limit is given."""
    scale = signed_scale(1, colours) if kind == "signed" else amount_scale(1, colours)
    legend = None
    if limit is not None:
        words = f"format(datum.value * {limit!r}, '{numbers.THREE}')"
        values = [-1, 0, 1] if kind == "signed" else [0, 1]
        legend = alt.Legend(orient="bottom", direction="horizontal", values=values, gradientLength=120, labelExpr=words)
    return alt.Color("shade:Q", title=None, scale=scale, legend=legend)


def _tips(names: tuple[str, str], value: str, more: tuple[str, ...], called: tuple[tuple[str, ...], tuple[str, ...]]) -> list[alt.Tooltip]:
    places = zip(PLACES, names, called, strict=True)
    return [
        *(alt.Tooltip(f"{field}_name:N" if own else f"{field}:Q", title=name) for field, name, own in places),
        *(alt.Tooltip(f"{name}:Q", format=numbers.SIX) for name in more),
        alt.Tooltip("v:Q", title=value, format=numbers.SIX),
    ]


def _sized(
    chart: alt.LayerChart | alt.FacetChart, shape: tuple[int, int], size: int | None, title: str, least: int = LEAST
) -> alt.LayerChart | alt.FacetChart:
    if size is None:
        return chart.properties(height=max(shape[0] * CELL, least), title=title, autosize=WIDE)
    return chart.properties(width=size * shape[1], height=size * shape[0], title=title, autosize=FIXED)
