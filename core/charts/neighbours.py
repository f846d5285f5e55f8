"""A layer between its neighbours: the layer before at its left and the layer after below, transposed so that units meet.

The rows of the left matrix are the rows of the middle one (the same units), the columns of the lower one its columns, so one
order serves both, and a click in any of them sorts what they share. Where a unit has too many weights for cells they come as a
strip, an image for each unit, which moves with its unit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts import numbers, raster
from core.charts.client_order import PICKED, TABLE, Block, frame, ordered, parameters, picked_in, place, with_parameters
from core.charts.epoch import VALUES, Frames, frames
from core.charts.matrix_parts import LABEL, cells, fitting, framed, gap, heading, labels
from core.charts.prepared import Prepared, built
from core.charts.size import cell_size
from core.charts.theme import Theme

STRIP = 392  # pixels along a strip, at the most: 784 weights pooled two by two
ON_PATH = "datum.path == 1"
PLACE = "datum.m + ' ' + datum.y + ' ' + datum.x"
ROOM = 560  # pixels across that the cells of both matrices share
AXES = "({cur: 'A|B', prev: 'A|P', next: 'N|B'})"  # axes of the block that was clicked
LIT = (
    f"(datum.ay == split({AXES}[pick.m[0]], '|')[0] && datum.y == pick.py[0])",
    f"(datum.ax == split({AXES}[pick.m[0]], '|')[1] && datum.x == pick.px[0])",
)
Kernel = Callable[[int, int], np.ndarray]  # layer (1 = the first), state -> (inputs, outputs)
Units = tuple[int, ...] | None  # None: strips


@dataclass(frozen=True)
class Shown:
    """What is drawn around a layer: the units of each axis, in ascending order."""

    layer: int
    inputs: Units  # rows of the middle; None: its columns stand as strips
    outputs: tuple[int, ...]  # columns of the middle
    before: Units = None  # inputs of the layer before; None: its units lie as strips
    after: Units = None  # outputs of the layer after; None: strips that hang down
    has_before: bool = False
    has_after: bool = False

    @property
    def shape(self) -> "Shape":
        """Its counts alone, which is all that the chart depends on."""
        inputs, outputs, before, after = (len(units or ()) for units in (self.inputs, self.outputs, self.before, self.after))
        return Shape(self.layer, inputs, outputs, before, after, self.has_before, self.has_after)

    @property
    def at_rest(self) -> bool:
        """Whether something is drawn for the state at rest alone."""
        return self.inputs is None or (self.has_before and self.before is None) or (self.has_after and self.after is None)


@dataclass(frozen=True)
class Shape:
    """How many units each axis has; 0 where they come as strips."""

    layer: int
    inputs: int
    outputs: int
    before: int
    after: int
    has_before: bool
    has_after: bool


def kept(shown: Shown, states: int) -> Frames:
    """Which states the browser holds."""
    shape = shown.shape
    return frames(states, shape.inputs * shape.outputs + shape.before * shape.inputs + shape.after * shape.outputs + 1, VALUES)


def table(kernel: Kernel, shown: Shown, states: Sequence[int], at: int, limits: Mapping[int, float], colours: Theme) -> pd.DataFrame:
    """Everything that the chart reads.

    Args:
        states: that the browser holds.
        at: the state at rest, which the strips show.
        limits: of the colours, by layer.
    """
    n, last = shown.layer, max(states) + 1

    def block(name: str, layer: int, down: Units, across: Units, turned: bool, **of: Any) -> Block | None:
        if down is None or across is None:
            return None
        values = np.zeros((last, len(down), len(across)), np.float32)
        for state in states:
            whole = kernel(layer, state)
            values[state] = (whole.T if turned else whole)[np.ix_(down, across)]
        return Block(name, values, **of, y_units=down, x_units=across)

    blocks = [block("cur", n, shown.inputs, shown.outputs, False, y_axis="A", x_axis="B")]
    if shown.has_before:
        blocks.append(block("prev", n - 1, shown.inputs, shown.before, True, y_axis="A", x_axis="P", owns_y=False))
    if shown.has_after:
        owns = shown.inputs is None  # nothing else then tells the columns' norms
        blocks.append(block("next", n + 1, shown.after, shown.outputs, True, y_axis="N", x_axis="B", owns_x=owns))
    there = [one for one in blocks if one is not None]
    parts = [frame(there, kept=states)] if there else []
    if shown.inputs is None:
        parts.append(_strips("cur", kernel(n, at)[:, shown.outputs], shown.outputs, limits[n], colours, upright=True))
    if shown.has_before and shown.before is None:
        assert shown.inputs is not None  # there is nothing before a layer whose inputs are not shown
        parts.append(_strips("prev", kernel(n - 1, at)[:, shown.inputs], shown.inputs, limits[n - 1], colours, upright=False))
    if shown.has_after and shown.after is None:
        parts.append(_strips("next", kernel(n + 1, at)[shown.outputs, :].T, shown.outputs, limits[n + 1], colours, upright=True))
    if len(parts) == 1 and there:
        return parts[0]
    whole = pd.concat(parts, ignore_index=True)
    return whole.fillna({c: 0.0 for c in whole.columns if c.startswith("s") and c[1:].isdecimal()} | {"url": ""})


def _strips(name: str, kernel: np.ndarray, units: Sequence[int], limit: float, colours: Theme, *, upright: bool) -> pd.DataFrame:
    """A row a unit with its weights (weights, units) as a strip, lying or upright."""
    lines = [raster.signed_levels(pooled(kernel[:, i]), limit) for i in range(len(units))]
    urls = [raster.png_url(line[:, None] if upright else line[None, :], colours.signed_palette) for line in lines]
    axes = ("rows", "B") if upright else ("A", "columns")
    y, x = (0, list(units)) if upright else (list(units), 0)
    place_of = {"m": name, "y": y, "x": x, "fy": int(upright), "fx": int(not upright), "ay": axes[0], "ax": axes[1], "oy": 0, "ox": 0}
    return pd.DataFrame(place_of | {"url": urls})


def pooled(weights: np.ndarray) -> np.ndarray:
    """A strip (n,) in at most STRIP weights: of neighbours the one with the largest size, sign kept."""
    size = -(-len(weights) // STRIP)
    padded = np.concatenate([weights, np.zeros(-len(weights) % size, weights.dtype)]).reshape(-1, size)
    return np.take_along_axis(padded, np.abs(padded).argmax(axis=1)[:, None], axis=1)[:, 0]


def path_table(shown: Shown, path: Mapping[int, tuple[int, int]]) -> pd.DataFrame:
    """A row for each cell or unit's strip that the path goes through: its `place`, as PLACE tells it, and path 1.

    Args:
        path: layer -> (input, output) that the path connects there.
    """
    places = []
    for at, (source, unit) in path.items():
        name = {shown.layer - 1: "prev", shown.layer: "cur", shown.layer + 1: "next"}.get(at)
        y, x = (source, unit) if name == "cur" else (unit, source)  # neighbours are turned
        if name == "cur" and shown.inputs is None:
            y = 0
        if name == "next" and shown.after is None:
            y = 0
        if name == "prev" and shown.before is None:
            x = 0
        if name is not None:
            places.append(f"{name} {y} {x}")
    return pd.DataFrame({"place": pd.Series(places, dtype=object), "path": np.ones(len(places), np.int8)})


def _images(name: str, count: int, size: int, colours: Theme, *, upright: bool, strip: int = STRIP) -> alt.LayerChart | alt.FacetChart:
    """Strips in the order of their units, `strip` pixels long; over each an unseen cell that a click picks: its other index is -1."""
    base = alt.Chart().transform_filter(f"datum.m == '{name}'")
    dim = alt.condition(f"{PICKED} && !({' || '.join(LIT)})", alt.value(0.3), alt.value(1.0))
    frames_on = framed(base, ON_PATH, colours)
    places = {"py": "-1", "px": "datum.x"} if upright else {"py": "datum.y", "px": "-1"}
    places["called"] = numbers.called("datum.x" if upright else "datum.y")
    clicked = base.transform_calculate(**places).mark_rect(opacity=0, cursor="pointer").properties(name=name)
    if upright:
        x = alt.X(**place("rx", count))
        mark = base.mark_image(width=size, height=strip, align="center", baseline="top", aspect=False, smooth=False, tooltip=None)
        images = mark.encode(x=x, y=alt.value(0), url="url:N", opacity=dim)
        over = clicked.encode(x=x, y=alt.value(0), y2=alt.value(strip), tooltip=alt.Tooltip("called:N", title="unit"))
        frames_on = frames_on.encode(x=x, y=alt.value(0), y2=alt.value(strip))
        return alt.layer(images, frames_on, over).properties(width=size * count, height=strip)
    y = alt.Y(**place("ry", count))
    mark = base.mark_image(width=strip, height=size, align="left", baseline="middle", aspect=False, smooth=False, tooltip=None)
    images = mark.encode(y=y, x=alt.value(0), url="url:N", opacity=dim)
    over = clicked.encode(y=y, x=alt.value(0), x2=alt.value(strip), tooltip=alt.Tooltip("called:N", title="unit"))
    frames_on = frames_on.encode(y=y, x=alt.value(0), x2=alt.value(strip))
    return alt.layer(images, frames_on, over).properties(width=strip, height=size * count)


def neighbours(
    cells_table: pd.DataFrame,
    path: pd.DataFrame,
    shown: Shown,
    states: int,
    limits: Mapping[int, float],
    colours: Theme,
    *,
    room: int = ROOM,
    names: Sequence[str] = (),
) -> Prepared:
    """The chart of a layer and its neighbours.

    Args:
        cells_table: of `table`.
        path: of `path_table`.
        limits: of the colours, by layer.
        room: pixels that cells may fill across.
        names: of the outputs of the last layer shown, where they have some.
    """
    n = shown.layer
    ends = {name: limits.get(at, 1.0) or 1.0 for name, at in (("curLimit", n), ("prevLimit", n - 1), ("nextLimit", n + 1))}
    spec = _neighbours(colours, shown.shape, states, kept(shown, states).step, room, tuple(names))
    return Prepared(spec, {TABLE: cells_table, "path": path}, ends)


@built
def _neighbours(colours: Theme, shape: Shape, states: int, step: int, room: int, names: tuple[str, ...]) -> alt.TopLevelMixin:
    layer, columns, rows = shape.layer, shape.outputs, shape.inputs
    strip = STRIP if room >= ROOM else 160  # pixels along the strips at the left
    beside = 0
    if shape.has_before:
        beside = room * shape.before // (shape.before + columns) if shape.before else strip
        if shape.before > 2 * columns:  # a wide one leaves half to the middle
            beside = room // 2
    across = cell_size(columns, max(room - beside, room // 3), 4, 28)
    across_left = cell_size(shape.before, beside, 3, 28) if shape.before else 0
    down = cell_size(rows, 420, 9, 28) if rows else 0
    clickable: list[str] = []

    def body(
        name: str,
        high: int,
        wide: int,
        size: tuple[int, int],
        titles: tuple[str, str],
        called: tuple[Sequence[str], Sequence[str]] = ((), ()),
    ) -> alt.LayerChart | alt.FacetChart:
        clickable.append(name)
        return cells(
            name,
            (high, wide),
            f"{name}Limit",
            colours,
            width=size[0] * wide,
            height=size[1] * high,
            titles=titles,
            called=called,
            name=name,
            legend=False,
            lit=LIT,
            marked=ON_PATH,
        )

    left: Any = None
    left_width = 0
    strips = {"prev": shape.has_before and not shape.before, "cur": not rows, "next": shape.has_after and not shape.after}
    clickable += [name for name, there in strips.items() if there]
    if shape.has_before and shape.before:
        left, left_width = body("prev", rows, shape.before, (across_left, down), ("unit", "its input")), across_left * shape.before
    elif shape.has_before:
        left, left_width = _images("prev", rows, down, colours, upright=False, strip=strip), strip

    def line(name: str, *parts: Any, lead: Any = None) -> alt.HConcatChart:
        """Parts at the right of the left matrix's place, where there is one."""
        first = [] if left is None else [lead if lead is not None else gap(left_width, f"lead-{name}")]
        return alt.hconcat(*first, *parts, spacing=6).resolve_scale(color="independent", x="independent", y="independent")

    def title(words: str, width: int) -> alt.Chart:
        return heading(fitting(words, width), colours, width=width)

    wide = across * columns
    lines = [
        line(
            "titles",
            gap(LABEL, "side-titles"),
            title(f"layer {layer}: inputs down, outputs across", wide),
            lead=title(f"layer {layer - 1}, turned", left_width),
        )
    ]
    before = _named("prev", shape.before, across_left, colours, "P") if shape.before else None
    outputs = () if shape.has_after else names
    here = _named("cur", columns, across, colours, "B", outputs)
    lines.append(line("names", gap(LABEL, "side-names"), here, lead=before))
    if rows:
        side = labels("A", rows, (), colours, size=down, block="cur", across=False)
        lines.append(line("middle", side, body("cur", rows, columns, (across, down), ("input", "output"), ((), outputs)), lead=left))
    else:
        lines.append(line("middle", gap(LABEL, "side"), _images("cur", columns, across, colours, upright=True)))
    if shape.has_after:
        if shape.after:
            tall = cell_size(shape.after, 240, 9, 22)
            side = labels("N", shape.after, names, colours, size=tall, block="next", across=False)
            lines.append(line("below", side, body("next", shape.after, columns, (across, tall), ("its output", "unit"), (names, ()))))
        else:
            lines.append(line("below", gap(LABEL, "side-below"), _images("next", columns, across, colours, upright=True, strip=240)))
        lines.append(line("last", gap(LABEL, "side-last"), title(f"layer {layer + 1}, turned", wide)))
    grid = alt.vconcat(*lines, spacing=4, data=alt.NamedData(TABLE), padding={"left": 0, "top": 2, "right": 0, "bottom": 6})
    chart = ordered(grid.resolve_scale(color="independent", x="independent", y="independent"), step)
    found = alt.LookupData(data=alt.NamedData("path"), key="place", fields=["path"])
    chart.transform = [
        *chart.transform,
        *alt.Chart().transform_calculate(place=PLACE).transform_lookup(lookup="place", from_=found).transform,
    ]
    scales = [alt.param(name=name, value=1.0) for name in ("curLimit", "prevLimit", "nextLimit")]
    return picked_in(with_parameters(chart, [*parameters(states), *scales]), clickable)


def _named(block: str, count: int, size: int, colours: Theme, axis: str, names: tuple[str, ...] = ()) -> alt.Chart:
    """The names of a matrix's columns."""
    return labels(axis, count, names, colours, size=size, block=block, across=True)
