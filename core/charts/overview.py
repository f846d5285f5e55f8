"""A large matrix as a raster with its norms along both sides: all states in one sheet that slides behind a window, so that a
step is one shift, and at rest the state shown in full."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts import numbers, raster
from core.charts.client_order import with_parameters
from core.charts.epoch import Frames, epoch_param
from core.charts.epoch import value as state_value
from core.charts.grid import BARS, Film, Grid
from core.charts.matrix_parts import GAP, TITLE, fitting, gap, heading
from core.charts.prepared import Prepared, built
from core.charts.theme import Theme, signed_scale

BELOW = 60  # pixels of the column-norm strip
ENDS = ("limit", "rowTop", "columnTop", "biasLimit")


@dataclass(frozen=True)
class Shot:
    """One state as it is drawn: its weights in the order shown and in blocks, one a pixel."""

    values: np.ndarray  # (pixels down, pixels across), signed
    limit: float  # of the colours
    row_norms: np.ndarray  # (pixels down,)
    column_norms: np.ndarray  # (pixels across,)
    units: np.ndarray  # (pixels across,), the output that the column's norm belongs to
    biases: np.ndarray  # (pixels across,), signed
    picked: tuple[int | None, int | None] = (None, None)  # places of the picked row and column


Tables = dict[str, pd.DataFrame]


def film_tables(grid: Grid, film: Film, shots: Mapping[int, Shot], row_top: float, colours: Theme) -> Tables:
    """The film's sheets and, for the states that it holds, the columns and the place of the pick."""
    drawn = [shots[state] for state in film.frames.kept]
    per_line = film.per_line(grid)
    levels = np.stack([raster.signed_levels(shot.values, shot.limit) for shot in drawn])  # (frames, pixels down, pixels across)
    bars = np.stack([_bars(shot.row_norms, row_top) for shot in drawn])  # (frames, pixels down, BARS)
    sheets = {
        "map": raster.png_url(raster.tiled(levels, per_line, gap=0), colours.signed_palette, compress=1),
        "bars": raster.png_url(raster.tiled(bars, per_line, gap=0), colours.amount_palette, compress=1),
    }
    return {"film": pd.DataFrame({name: [url] for name, url in sheets.items()} | {"kind": ["rows"]}), **_columns(grid, shots)}


def still_tables(grid: Grid, state: int, shot: Shot, row_top: float, colours: Theme) -> Tables:
    """One state in full, and its columns and pick."""
    urls = {
        "map": raster.png_url(raster.signed_levels(shot.values, shot.limit), colours.signed_palette, compress=6),
        "bars": raster.png_url(_bars(shot.row_norms, row_top), colours.amount_palette),
    }
    return {
        "still": pd.DataFrame({name: [url] for name, url in urls.items()} | {"kind": ["rows"], "state": [state]}),
        **_columns(grid, {state: shot}),
    }


def _bars(norms: np.ndarray, top: float) -> np.ndarray:
    """Amounts (rows,) as lying bars, levels (rows, BARS) uint8."""
    lengths = norms * ((BARS - 2) / (top or 1.0))
    return np.where(np.arange(BARS) < lengths[:, None], 127, 0).astype(np.uint8)


def _columns(grid: Grid, shots: Mapping[int, Shot]) -> Tables:
    count = grid.shape[1]
    table: dict[str, np.ndarray] = {"left": np.arange(count), "right": np.arange(1, count + 1)}
    places: dict[str, list[float]] = {}
    for state, shot in shots.items():
        table |= {f"n{state}": shot.column_norms.astype(np.float32), f"b{state}": shot.biases.astype(np.float32), f"c{state}": shot.units}
        row, column = (np.nan if place is None else place for place in shot.picked)
        places |= {f"y{state}": [(row + 0.5) / grid.down], f"x{state}": [(column + 0.5) / grid.across]}
    return {"columns": pd.DataFrame(table), "picked": pd.DataFrame(places)}


def overview(
    grid: Grid,
    film: Film | None,
    states: int,
    tables: Sequence[Tables],
    ends: Mapping[str, float],
    colours: Theme,
    *,
    titles: tuple[str, str],
    at: int,
) -> Prepared:
    """The map with a brush "window" over it, the row norms, the biases and the clickable column norms.

    A click in the column norms picks "column" (its unit as px); one in the row norms turns the selection "strip" over.

    Args:
        film: what the browser holds of all states; None: the state at rest alone.
        tables: of `film_tables` and `still_tables`; of the film alone where it is exact.
        ends: a value for each of ENDS, the same for all states.
        titles: what the rows and the columns are, in words.
        at: the state that it opens at.
    """
    whole: Tables = {"ground": pd.DataFrame({"row": [0], "rowEnd": [grid.rows], "column": [0], "columnEnd": [grid.columns]})}
    for part in tables:
        for name, table in part.items():
            there = whole.get(name)
            whole[name] = table if there is None else pd.concat([there, table.drop(columns=there.columns, errors="ignore")], axis=1)
    spec = _overview(colours, grid, film, states, titles)
    return Prepared(spec, whole, {name: ends[name] or 1.0 for name in ENDS}, {"epoch": at})


@built
def _overview(colours: Theme, grid: Grid, film: Film | None, states: int, titles: tuple[str, str]) -> alt.TopLevelMixin:
    frames = film.frames if film else Frames(states, states)
    width, height = grid.width, grid.height
    scale: dict[str, Any] = {"nice": False, "zero": False}
    ground = (
        alt.Chart(alt.NamedData("ground"))
        .mark_rect(opacity=0)
        .encode(
            x=alt.X("column:Q", scale=alt.Scale(domain=[0, grid.columns], **scale), axis=None),
            x2="columnEnd:Q",
            y=alt.Y("row:Q", scale=alt.Scale(domain=[0, grid.rows], reverse=True, **scale), axis=None),
            y2="rowEnd:Q",
        )
        .add_params(alt.selection_interval(name="window", encodings=list(grid.brushed)))  # type: ignore[arg-type]  # "x", "y"
        .properties(width=width, height=height, name="rows")
    )
    body = alt.layer(ground, *_images("map", width, grid, film), *_picked(grid, frames, colours)).resolve_scale(
        x="independent", y="independent"
    )
    # Each click turns the selection over, so that every one is told.
    click = alt.selection_point(name="strip", fields=["kind"], toggle="true", empty=False, on="click", clear=False)
    first, *rest = _images("bars", BARS, grid, film)
    right = alt.layer(first.add_params(click), *rest)
    above = alt.hconcat(
        gap(TITLE, "gap"),
        heading(fitting(titles[1], width), colours, width=width),
        heading("L2 norm", colours, width=BARS),
        spacing=GAP,
    )
    left = heading(fitting(titles[0], height), colours, width=TITLE, height=height, upright=True)
    lines = [above, alt.hconcat(left, body, right, spacing=GAP)]
    for words, part, tall in (("", _biases(grid, frames, colours), 14), ("L2 norm", _norms(grid, frames, colours), BELOW)):
        lines.append(alt.hconcat(heading(words, colours, width=TITLE, height=tall, upright=True), part, spacing=GAP))
    chart = alt.vconcat(*lines, spacing=GAP, padding={"left": 0, "top": 2, "right": 0, "bottom": 6})
    scales = [alt.param(name=name, value=1.0) for name in ENDS]
    return with_parameters(chart.resolve_scale(color="independent"), [epoch_param(states), *scales])


def _images(field: str, wide: int, grid: Grid, film: Film | None) -> list[alt.Chart]:
    """The film behind its window of `wide` pixels, and over it the state at rest where that shows more."""
    height = grid.height
    look: dict[str, Any] = {"align": "left", "baseline": "top", "aspect": False, "smooth": False, "clip": True, "tooltip": None}
    layers = []
    if film is not None:
        per_line, count = film.per_line(grid), len(film.frames.kept)
        lines = -(-count // per_line)
        frame = "epoch" if film.frames.step == 1 else f"floor(epoch / {film.frames.step})"
        sheet = alt.Chart(alt.NamedData("film")).mark_image(width=wide * min(per_line, count), height=height * lines, **look)
        x, y = alt.expr(f"-{wide} * ({frame} % {per_line})"), alt.expr(f"-{height} * floor({frame} / {per_line})")
        layers.append(sheet.encode(url=f"{field}:N", x=alt.value(x), y=alt.value(y)))
    if film is None or not film.exact(grid):
        still = alt.Chart(alt.NamedData("still")).mark_image(width=wide, height=height, **look)
        shown = still.encode(url=f"{field}:N", x=alt.value(0), y=alt.value(0))
        if film is not None:
            shown = shown.encode(opacity=alt.condition("datum.state == epoch", alt.value(1), alt.value(0)))
        layers.append(shown)
    return [layer.properties(width=wide, height=height, name=f"{field}-{n}") for n, layer in enumerate(layers)]


def _picked(grid: Grid, frames: Frames, colours: Theme) -> list[alt.Chart]:
    """A frame at the picked cell, or a line along the picked row or column, in the place that they have at the state shown."""
    base = alt.Chart(alt.NamedData("picked")).transform_calculate(across=state_value(frames.step, "x"), down=state_value(frames.step, "y"))
    base = base.transform_calculate(left=f"{grid.wide} * datum.across", top=f"{grid.tall} * datum.down")
    both, row, column = (
        base.transform_filter(f"{x}isValid(datum.across) && {y}isValid(datum.down)") for x, y in (("", ""), ("!", ""), ("", "!"))
    )
    left = alt.X("left:Q", scale=alt.Scale(domain=[0, grid.width], nice=False), axis=None)
    top = alt.Y("top:Q", scale=alt.Scale(domain=[0, grid.height], reverse=True, nice=False), axis=None)
    size = max(9, grid.wide + 3) ** 2
    marks = [
        both.mark_point(shape="square", size=size, color=c, strokeWidth=w, clip=True, tooltip=None)
        for c, w in ((colours.paper, 4), (colours.mark, 2))
    ]
    line: dict[str, Any] = {"color": colours.mark, "strokeWidth": 1, "strokeDash": [4, 3], "tooltip": None}
    return [
        *(mark.encode(x=left, y=top) for mark in marks),
        row.mark_rule(**line).encode(y=top, x=alt.value(0), x2=alt.value(grid.width)),
        column.mark_rule(**line).encode(x=left, y=alt.value(0), y2=alt.value(grid.height)),
    ]


def _along(grid: Grid) -> dict[str, Any]:
    """The channels of a column's stretch."""
    return {"x": alt.X("left:Q", scale=alt.Scale(domain=[0, grid.shape[1]], nice=False, zero=False), axis=None), "x2": "right:Q"}


def _norms(grid: Grid, frames: Frames, colours: Theme) -> alt.LayerChart | alt.FacetChart:
    said = "output" if grid.across == 1 else f"output, largest of {grid.across}"
    base = alt.Chart(alt.NamedData("columns")).transform_calculate(
        norm=state_value(frames.step, "n"), px=state_value(frames.step, "c"), length="datum.norm / columnTop", ground="0"
    )
    y = alt.Y("length:Q", scale=alt.Scale(domain=[0, 1], range=[0, BELOW], clamp=True), axis=None)
    bars = (
        base.mark_rect(cursor="pointer", color=colours.solid, stroke=colours.paper, strokeWidth=1 if grid.wide > 3 else 0)
        .encode(
            **_along(grid),
            y=y,
            y2="ground:Q",
            tooltip=[alt.Tooltip("px:Q", title=said), alt.Tooltip("norm:Q", title="L2 norm", format=numbers.SIX)],
        )
        .add_params(alt.selection_point(name="column", fields=["px"], toggle=False, empty=False, on="click", clear=False))
    )
    at = alt.Chart(alt.NamedData("picked")).transform_calculate(left=state_value(frames.step, "x")).transform_filter("isValid(datum.left)")
    tick = at.mark_point(shape="triangle-up", filled=True, opacity=1, size=50, color=colours.mark, tooltip=None)
    tick = tick.encode(
        x=alt.X("left:Q", scale=alt.Scale(domain=[0, grid.shape[1]], nice=False, zero=False), axis=None), y=alt.value(BELOW - 4)
    )
    return alt.layer(bars, tick).properties(width=grid.width, height=BELOW, name="column-norms")


def _biases(grid: Grid, frames: Frames, colours: Theme) -> alt.Chart:
    base = alt.Chart(alt.NamedData("columns")).transform_calculate(bias=state_value(frames.step, "b"), shade="datum.bias / biasLimit")
    tips = [alt.Tooltip("bias:Q", title="bias", format=numbers.SIX)]
    if grid.across == 1:
        base = base.transform_calculate(px=state_value(frames.step, "c"))
        tips.insert(0, alt.Tooltip("px:Q", title="output"))
    colour = alt.Color("shade:Q", scale=signed_scale(1, colours), legend=None)
    return base.mark_rect().encode(**_along(grid), color=colour, tooltip=tips).properties(width=grid.width, height=14, name="bias")
