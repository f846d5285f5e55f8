"""Many trainings in one picture: a grid with what came of each in its place, lines through their choices, points of choice and result.

The grid is laid out here, in pixels, so that numbers, profiles and pictures share one frame; a click on a place picks its run.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import altair as alt
import numpy as np
import pandas as pd

from core.charts import numbers
from core.charts.lines import DASHES
from core.charts.prepared import Prepared, built
from core.charts.size import FIXED, WIDE
from core.charts.theme import Theme

NUMBERS, PROFILES, PICTURES = "numbers", "profiles", "pictures"
SIZES = {NUMBERS: (84, 44), PROFILES: (132, 84), PICTURES: (124, 124)}  # pixels of a place, across and down
EDGE = 4  # pixels of a place that stay free around a profile or a picture
PICTURE = SIZES[PICTURES][0] - 2 * EDGE  # pixels of a picture's side
LEFT, TOP = 96, 40  # pixels for the values down and across
LETTERS = 13  # of a value that have room
HIGHEST = 1.25  # of a profile, in first losses: beyond it is cut
CURVES = ("loss, of its first value", "training images right", "test images right")
HEIGHT = 260  # pixels of the plots with axes


@dataclass(frozen=True)
class Grid:
    """How many places there are, and how they are told."""

    across: tuple[str, ...]  # values of the first choice, as people read them
    down: tuple[str, ...]  # of the second, or one empty word
    titles: tuple[str, str]  # of the two choices

    def place(self, index: int) -> tuple[int, int]:
        """Column and row of a cell of the sweep, whose second choice runs fastest."""
        return divmod(index, len(self.down))


def grid(of: Grid, look: str, cells: pd.DataFrame, colours: Theme, *, lines: pd.DataFrame | None = None, least: float = 0.0) -> Prepared:
    """What came of each training, in its place.

    Args:
        look: NUMBERS, PROFILES or PICTURES.
        cells: key, value (share right or NaN), text and below (two short lines), said (for the tooltip), url (of PICTURES), and
            chosen and now (clicks so far); one row a place, in the order of the sweep.
        lines: index (of a place), curve (of CURVES), part (0 to 1 of the epochs), value; of PROFILES.
        least: share at which the colours begin.
    """
    wide, high = SIZES[look]
    places = [of.place(i) for i in range(len(cells))]
    x, y = (np.array([place[axis] for place in places]) for axis in (0, 1))
    table = cells.assign(x=LEFT + x * wide, y=TOP + y * high, x2=LEFT + (x + 1) * wide - 2, y2=TOP + (y + 1) * high - 2)
    table = table.assign(mx=(table["x"] + table["x2"]) / 2, my=(table["y"] + table["y2"]) / 2)
    tables = {"cells": table, "heads": _heads(of, wide, high)}
    if look == PROFILES:
        tables["lines"] = _profiles(pd.DataFrame() if lines is None else lines, table, wide, high)
    size = (LEFT + len(of.across) * wide, TOP + len(of.down) * high)
    return Prepared(_grid(colours, look, size, round(least, 2)), tables)


def _heads(of: Grid, wide: int, high: int) -> pd.DataFrame:
    """The values and titles beside the grid: word, x, y, align."""
    rows: list[tuple[str, float, float, str]] = [
        (_short(word), LEFT + (i + 0.5) * wide, TOP - 8, "center") for i, word in enumerate(of.across)
    ]
    rows += [(_short(word), LEFT - 8, TOP + (i + 0.5) * high + 4, "right") for i, word in enumerate(of.down)]
    rows.append((f"{of.titles[0]} →", LEFT, 12, "left"))
    if of.titles[1]:
        rows.append((f"{_short(of.titles[1])} ↓", LEFT - 8, TOP - 8, "right"))
    return pd.DataFrame(rows, columns=["word", "x", "y", "align"])


def _short(word: str) -> str:
    return word if len(word) <= LETTERS else f"{word[: LETTERS - 1]}…"


def _profiles(lines: pd.DataFrame, table: pd.DataFrame, wide: int, high: int) -> pd.DataFrame:
    """Profiles in pixels: key, curve, x, y."""
    if lines.empty:
        return pd.DataFrame({"key": pd.Series(dtype=str), "curve": pd.Series(dtype=str), "x": [], "y": []})
    at = table.iloc[lines["index"].to_numpy()]
    inner = (wide - 2 - 2 * EDGE, high - 2 - 2 * EDGE)
    height = lines["value"].clip(0, HIGHEST).to_numpy() / HIGHEST
    return pd.DataFrame(
        {
            "key": at["key"].to_numpy(),
            "curve": lines["curve"].to_numpy(),
            "x": at["x"].to_numpy() + EDGE + lines["part"].to_numpy() * inner[0],
            "y": at["y"].to_numpy() + EDGE + (1 - height) * inner[1],
        }
    )


@built
def _grid(colours: Theme, look: str, size: tuple[int, int], least: float) -> alt.TopLevelMixin:
    def at(field: str) -> alt.X:
        return alt.X(field, scale=None, axis=None)

    def down(field: str) -> alt.Y:
        return alt.Y(field, scale=None, axis=None)

    cells = alt.Chart(alt.NamedData("cells"))
    box = {"x": at("x:Q"), "y": down("y:Q"), "x2": "x2:Q", "y2": "y2:Q"}
    shade = alt.Scale(type="linear", domain=[least + (1 - least) * i / 4 for i in range(5)], range=list(colours.amount), clamp=True)
    fill = alt.Color("value:Q", scale=shade, legend=alt.Legend(title="share right", format=".0%", orient="bottom"))
    ground = cells.mark_rect(stroke=colours.grid, fill=colours.paper).encode(**box)
    layers: list[alt.Chart] = [ground]
    if look == NUMBERS:
        layers.append(cells.transform_filter("isValid(datum.value)").mark_rect(stroke=colours.grid).encode(**box, color=fill))
        strong = f"isValid(datum.value) && datum.value > {least + 0.55 * (1 - least):.4g}"
        ink = alt.condition(strong, alt.value(colours.paper), alt.value(colours.text))
        words = cells.mark_text(fontSize=13, dy=-6).encode(x=at("mx:Q"), y=down("my:Q"), text="text:N", color=ink)
        small = cells.mark_text(fontSize=10, dy=10).encode(x=at("mx:Q"), y=down("my:Q"), text="below:N", color=ink)
        layers += [words, small]
    elif look == PROFILES:
        drawn = alt.Chart(alt.NamedData("lines")).mark_line(strokeWidth=1.5, interpolate="linear")
        colour = alt.Color("curve:N", scale=alt.Scale(domain=list(CURVES), range=colours.line_colours(3)), legend=_key())
        dash = alt.StrokeDash("curve:N", scale=alt.Scale(domain=list(CURVES), range=DASHES[:3]), legend=None)
        layers.append(drawn.encode(x=at("x:Q"), y=down("y:Q"), detail="key:N", color=colour, strokeDash=dash))
    else:
        shown = cells.transform_filter("isValid(datum.url)")
        shown = shown.mark_image(width=PICTURE, height=PICTURE, smooth=False, tooltip=None, align="center", baseline="middle")
        layers.append(shown.encode(x=at("mx:Q"), y=down("my:Q"), url="url:N"))
    if look != NUMBERS:
        corner = cells.mark_text(fontSize=10, align="right", baseline="bottom", dx=-3, dy=-2, color=colours.text)
        layers.append(corner.encode(x=at("x2:Q"), y=down("y2:Q"), text="corner:N"))
    for align in ("left", "center", "right"):
        heads = alt.Chart(alt.NamedData("heads")).transform_filter(f"datum.align === '{align}'")
        layers.append(heads.mark_text(fontSize=11, align=align, color=colours.muted).encode(x=at("x:Q"), y=down("y:Q"), text="word:N"))
    frame = cells.transform_filter("datum.chosen").mark_rect(filled=False, stroke=colours.mark, strokeWidth=2)
    layers.append(frame.encode(**box))
    pick = alt.selection_point(name="picked", fields=["key", "now"], on="click", empty=False, toggle=False)
    press = alt.Chart(alt.NamedData("cells"), name="press").mark_rect(opacity=0, cursor="pointer")
    layers.append(press.encode(**box, tooltip=[alt.Tooltip("said:N", title="training")]).add_params(pick))
    frame_of_all = alt.ViewBackground(stroke=None)
    return alt.layer(*layers).properties(width=size[0], height=size[1], autosize=FIXED, view=frame_of_all)


def _key() -> alt.Legend:
    return alt.Legend(title=None, orient="bottom", symbolType="stroke", symbolStrokeWidth=2, symbolOpacity=1, labelLimit=240)


def parallel(
    rows: pd.DataFrame, columns: Mapping[str, Sequence[float] | Sequence[str]], colours: Theme, shares: Collection[str] = ()
) -> Prepared:
    """One line a training through all of its choices and results.

    Args:
        rows: key, value (share right or NaN), said, chosen, now; one row a training.
        columns: title -> its value in each training: numbers, from least to most, or words, evenly spread; NaN and "" are left out.
        shares: titles of those that are shares.
    """
    parts: list[pd.DataFrame] = []
    ticks: list[tuple[str, float, str]] = []
    for title, given in columns.items():
        words = any(isinstance(one, str) for one in given)
        if words:
            names = list(dict.fromkeys(one for one in given if one))
            heights = np.array([names.index(one) / max(len(names) - 1, 1) if one else np.nan for one in given])
            ticks += [(title, i / max(len(names) - 1, 1), str(name)) for i, name in enumerate(names)]
        else:
            values = np.asarray(given, dtype=float)
            known = values[np.isfinite(values)]
            low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
            heights = (values - low) / (high - low) if high > low else np.where(np.isfinite(values), 0.5, np.nan)
            ends = [(0.0, low), (1.0, high)] if high > low else [(0.5, low)]
            said = numbers.percent if title in shares else numbers.number
            ticks += [(title, place, said(value)) for place, value in ends]
        parts.append(rows.assign(column=title, height=heights))
    table = pd.concat(parts, ignore_index=True)
    least = round(float(np.floor(np.nanmin([*rows["value"], 1.0]) * 10) / 10), 1)
    spec = _parallel(colours, tuple(columns), min(least, 0.9))
    return Prepared(spec, {"lines": table[table["height"].notna()], "ticks": pd.DataFrame(ticks, columns=["column", "height", "word"])})


@built
def _parallel(colours: Theme, titles: tuple[str, ...], least: float) -> alt.TopLevelMixin:
    x = alt.X("column:N", sort=None, scale=alt.Scale(type="point", domain=list(titles), padding=0.4), title=None)
    x = x.axis(orient="top", labelAngle=0, domain=False, ticks=False, grid=True, labelLimit=140, labelPadding=16)
    y = alt.Y("height:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    shade = alt.Scale(domain=[least, 1], range=list(colours.amount[1:]), clamp=True)
    base = alt.Chart(alt.NamedData("lines"))
    colour = alt.Color("value:Q", scale=shade, legend=alt.Legend(title="share right", format=".0%", orient="bottom"))
    tips = [alt.Tooltip("said:N", title="training")]
    line = base.mark_line(strokeWidth=2, opacity=0.85).encode(x=x, y=y, detail="key:N", color=colour, tooltip=tips)
    chosen = base.transform_filter("datum.chosen").mark_line(strokeWidth=3.5, color=colours.mark).encode(x=x, y=y, detail="key:N")
    dots = alt.Chart(alt.NamedData("lines"), name="dots").mark_circle(size=70, opacity=0.9, cursor="pointer")
    pick = alt.selection_point(name="picked", fields=["key", "now"], on="click", empty=False, toggle=False)
    words = alt.Chart(alt.NamedData("ticks")).mark_text(align="right", dx=-8, fontSize=11, color=colours.muted)
    return cast(
        alt.LayerChart,
        alt.layer(
            line,
            chosen,
            words.encode(x=x, y=y, text="word:N"),
            dots.encode(x=x, y=y, color=colour, tooltip=tips).add_params(pick),
        ).properties(height=HEIGHT, autosize=WIDE),
    )


def scatter(rows: pd.DataFrame, title: str, colours: Theme, *, logarithmic: bool = False, words: bool = False) -> Prepared:
    """A choice against the share right, one point a training.

    Args:
        rows: key, choice (a number or a word), value, who ("mine" or "others"), said, chosen, now.
        title: of the choice.
    """
    return Prepared(_scatter(colours, title, logarithmic, words), {"points": rows})


@built
def _scatter(colours: Theme, title: str, logarithmic: bool, words: bool) -> alt.TopLevelMixin:
    scale = alt.Scale(type="log", nice=False, padding=12) if logarithmic else alt.Scale(zero=False, padding=12)
    x = alt.X("choice:N", sort=None, title=title).axis(labelAngle=0) if words else alt.X("choice:Q", title=title, scale=scale)
    y = alt.Y("value:Q", title="share right", axis=alt.Axis(format=".0%"), scale=alt.Scale(zero=False, padding=8))
    who = ["mine", "others"]
    colour = alt.Color(
        "who:N", scale=alt.Scale(domain=who, range=colours.line_colours(2)[::-1]), legend=alt.Legend(title=None, orient="top")
    )
    shape = alt.Shape("who:N", scale=alt.Scale(domain=who, range=["diamond", "circle"]), legend=None)
    pick = alt.selection_point(name="picked", fields=["key", "now"], on="click", empty=False, toggle=False)
    points = alt.Chart(alt.NamedData("points"), name="points").mark_point(filled=True, size=90, opacity=0.75, cursor="pointer")
    points = points.encode(x=x, y=y, color=colour, shape=shape, tooltip=[alt.Tooltip("said:N", title="training")])
    ring = alt.Chart(alt.NamedData("points")).transform_filter("datum.chosen").mark_point(size=220, color=colours.mark, strokeWidth=2)
    return cast(alt.LayerChart, alt.layer(ring.encode(x=x, y=y), points.add_params(pick)).properties(height=HEIGHT, autosize=WIDE))
