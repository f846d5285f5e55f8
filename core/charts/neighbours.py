"""A layer between its neighbours: the layer before at its left and the layer after below, transposed so that units meet.

The rows of the left matrix are the rows of the middle one (the same units), the columns of the lower one its columns, so one
order serves both, and a click in any of them sorts what they share. Layer 1 is too large for cells: it comes as strips, an
image for each of its units, which move with their unit.
"""

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts import raster
from core.charts.client_order import PICKED, TABLE, Block, frame, ordered, parameters, picked_in, place
from core.charts.matrix import BARE, LABEL, cell_size, cells, first_cell, framed, heading, labels
from core.charts.theme import Theme

STRIP = 392  # pixels along a strip of 784 weights, pooled two by two
ON_PATH = "datum.path == 1"
ROOM = 560  # pixels across that the cells of both matrices share
AXES = "({cur: 'A|B', prev: 'A|P', next: 'N|B'})"  # axes of the block that was clicked
LIT = (
    f"(datum.ay == split({AXES}[pick.m[0]], '|')[0] && datum.y == pick.py[0])",
    f"(datum.ax == split({AXES}[pick.m[0]], '|')[1] && datum.x == pick.px[0])",
)


def blocks(kernels: dict[int, np.ndarray], layer: int) -> list[Block]:
    """The blocks drawn as cells around a layer; kernels are (states, inputs, outputs) by layer, 1 the first."""
    out = []
    if layer > 1:
        out.append(Block("cur", kernels[layer], "A", "B"))
    if layer > 2:
        out.append(Block("prev", kernels[layer - 1].transpose(0, 2, 1), "A", "P", owns_y=False))
    if layer + 1 in kernels:
        out.append(Block("next", kernels[layer + 1].transpose(0, 2, 1), "N", "B", owns_x=layer == 1))
    return out


def pooled(weights: np.ndarray) -> np.ndarray:
    """Neighbouring pairs of a strip (784,) as the one with the larger size, sign kept, (392,)."""
    pairs = weights.reshape(-1, 2)
    return np.take_along_axis(pairs, np.abs(pairs).argmax(axis=1)[:, None], axis=1)[:, 0]


def strips(kernel: np.ndarray, limit: float, colours: Theme, *, upright: bool) -> pd.DataFrame:
    """A row a unit of layer 1 with its weights as a strip: lying left of layer 2, or standing above it.

    Args:
        kernel: (784, units) at the state shown.
    """
    units = kernel.shape[1]
    lines = [raster.signed_levels(pooled(kernel[:, unit]), limit) for unit in range(units)]
    urls = [raster.png_url(line[:, None] if upright else line[None, :], colours.signed_palette) for line in lines]
    index = np.arange(units)
    if upright:
        return pd.DataFrame({"m": "cur", "y": 0, "x": index, "ay": "rows", "ax": "B", "oy": 0, "ox": 0, "url": urls})
    return pd.DataFrame({"m": "prev", "y": index, "x": 0, "ay": "A", "ax": "pixels", "oy": 0, "ox": 0, "url": urls})


def table(kernels: dict[int, np.ndarray], layer: int, state: int, limit: float, colours: Theme) -> pd.DataFrame:
    """Everything that the chart of a layer reads; only the strips of layer 1 depend on the state."""
    cell_rows = frame(blocks(kernels, layer))
    if layer > 2:
        return cell_rows
    extra = strips(kernels[1][state], limit, colours, upright=layer == 1)
    return pd.concat([cell_rows, extra], ignore_index=True).fillna({c: 0.0 for c in cell_rows.columns if c.startswith("s")} | {"url": ""})


def with_path(cells: pd.DataFrame, layer: int, path: Mapping[int, tuple[int, int]]) -> pd.DataFrame:
    """The table with a column `path`, 1 where the path goes through a cell.

    Args:
        layer: the one in the middle.
        path: layer -> (input, output) that the path connects there.
    """
    on = np.zeros(len(cells), dtype=bool)
    for at, (source, unit) in path.items():
        name = {layer - 1: "prev", layer: "cur", layer + 1: "next"}.get(at)
        y, x = (source, unit) if name == "cur" else (unit, source)  # neighbours are turned
        if at == 1:  # its units are strips
            y, x = (0, unit) if name == "cur" else (unit, 0)
        on |= ((cells.m == name) & (cells.y == y) & (cells.x == x)).to_numpy()
    return cells.assign(path=on.astype(np.int8))


def _images(name: str, count: int, size: int, colours: Theme, *, upright: bool, strip: int = STRIP) -> alt.LayerChart | alt.FacetChart:
    """The strips of layer 1 in the order of their units, `strip` pixels long."""
    base = alt.Chart().transform_filter(f"datum.m == '{name}'")
    dim = alt.condition(f"{PICKED} && !({' || '.join(LIT)})", alt.value(0.3), alt.value(1.0))
    frames = framed(base, ON_PATH, colours)
    if upright:
        x = alt.X(**place("rx", count))
        mark = base.mark_image(width=size, height=strip, align="center", baseline="top", aspect=False, smooth=False, tooltip=None)
        images = mark.encode(x=x, y=alt.value(0), url="url:N", opacity=dim)
        frames = frames.encode(x=x, y=alt.value(0), y2=alt.value(strip))
        return alt.layer(images, frames).properties(width=size * count, height=strip, name=name)
    y = alt.Y(**place("ry", count))
    mark = base.mark_image(width=strip, height=size, align="left", baseline="middle", aspect=False, smooth=False, tooltip=None)
    images = mark.encode(y=y, x=alt.value(0), url="url:N", opacity=dim)
    frames = frames.encode(y=y, x=alt.value(0), x2=alt.value(strip))
    return alt.layer(images, frames).properties(width=strip, height=size * count, name=name)


def _named(start: str, block: str, count: int, size: int, colours: Theme, axis: str) -> alt.Chart:
    """The names of a matrix's columns, where they can be read."""
    if size < 9:
        return alt.Chart().mark_point(opacity=0).properties(width=size * count, height=1, name=f"{start}-{block}", view=BARE)
    return labels(axis, count, [str(i) for i in range(count)], colours, size=size, block=block, across=True)


def neighbours(
    sizes: tuple[int, ...], layer: int, limits: dict[int, float], states: int, colours: Theme, *, room: int = ROOM
) -> alt.VConcatChart:
    """The chart of a layer and its neighbours.

    Args:
        sizes: units from input to output.
        limits: of the colours, by layer.
        room: pixels that cells may fill across.
    """
    rows, columns = sizes[layer - 1], sizes[layer]
    before = sizes[layer - 2] if layer > 1 else 0
    after = sizes[layer + 1] if layer + 1 < len(sizes) else 0
    strip = min(STRIP, 2 * room // 3) if layer == 2 else STRIP
    beside = {1: 0, 2: strip}.get(layer, room * before // (before + columns))  # pixels of the left matrix
    if before > 2 * columns and layer > 2:  # a wide one leaves half to the middle
        beside = room // 2
    across, across_left = cell_size(columns, room - beside, 4, 28), cell_size(max(before, 1), beside, 3, 28)
    down = cell_size(rows, 420, 9, 28) if layer > 1 else 0
    clickable: list[str] = []

    def body(
        name: str, at: int, height: int, width: int, size: tuple[int, int], titles: tuple[str, str]
    ) -> alt.LayerChart | alt.FacetChart:
        clickable.append(name)
        return cells(
            Block(name, np.zeros((1, height, width), np.float32), "", ""),
            limits[at],
            colours,
            width=size[0] * width,
            height=size[1] * height,
            titles=titles,
            name=name,
            legend=False,
            lit=LIT,
            marked=ON_PATH,
        )

    def gap(name: str, width: int) -> alt.Chart:
        return alt.Chart().mark_point(opacity=0).properties(width=max(width, 1), height=1, name=name, view=BARE)

    left: Any = None
    left_width = 0
    if layer == 2:
        left, left_width = _images("prev", rows, down, colours, upright=False, strip=strip), strip
    elif layer > 2:
        left, left_width = body("prev", layer - 1, rows, before, (across_left, down), ("unit", "its input")), across_left * before

    def line(name: str, *parts: Any, lead: Any = None) -> alt.HConcatChart:
        """Parts at the right of the left matrix's place, where there is one."""
        first = [] if left is None else [lead if lead is not None else gap(f"lead-{name}", left_width)]
        return alt.hconcat(*first, *parts, spacing=6).resolve_scale(color="independent", x="independent", y="independent")

    one = first_cell("cur")
    turned = heading(one, f"layer {layer - 1}, turned", colours, width=left_width)
    way = ": inputs down, outputs across" if across * columns > 200 else ""  # the caption below says it too
    above = heading(one, f"layer {layer}{way}", colours, width=across * columns)
    lines = [line("titles", gap("side-titles", LABEL), above, lead=turned)]
    names_before = _named("names", "prev", before, across_left, colours, "P") if layer > 2 else None
    lines.append(line("names", gap("side-names", LABEL), _named("names", "cur", columns, across, colours, "B"), lead=names_before))
    if layer > 1:
        side = labels("A", rows, [str(i) for i in range(rows)], colours, size=down, block="cur", across=False)
        lines.append(line("middle", side, body("cur", layer, rows, columns, (across, down), ("input", "output")), lead=left))
    else:
        lines.append(line("middle", gap("side", LABEL), _images("cur", columns, across, colours, upright=True)))
    if after:
        tall = cell_size(after, 240, 9, 22)
        side = labels("N", after, [str(i) for i in range(after)], colours, size=tall, block="next", across=False)
        lines.append(line("below", side, body("next", layer + 1, after, columns, (across, tall), ("its output", "unit"))))
        below = heading(one, f"layer {layer + 1}, turned", colours, width=across * columns)
        lines.append(line("last", gap("side-last", LABEL), below))
    grid = alt.vconcat(*lines, spacing=4, data=alt.NamedData(TABLE), padding={"left": 0, "top": 2, "right": 0, "bottom": 6})
    chart = ordered(grid.resolve_scale(color="independent", x="independent", y="independent")).add_params(*parameters(states))
    return picked_in(chart, clickable)
