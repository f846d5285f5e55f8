"""A layer between its neighbours: the layer before at its left and the layer after below, transposed so that units meet.

The rows of the left matrix are the rows of the middle one (the same units), the columns of the lower one its columns, so one
order serves both, and a click in any of them sorts what they share. Layer 1 is too large for cells: it comes as strips, an
image for each of its units, which move with their unit.
"""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts import raster
from core.charts.matrix import BARE, PICKED, TABLE, Block, cell_size, cells, frame, labels, ordered, parameters, pick_parameter, place
from core.charts.theme import Theme

STRIP = 392  # pixels along a strip of 784 weights, pooled two by two
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


def _images(name: str, count: int, size: int, *, upright: bool) -> alt.Chart:
    """The strips of layer 1 in the order of their units."""
    base = alt.Chart().transform_filter(f"datum.m == '{name}'")
    dim = alt.condition(f"{PICKED} && !({' || '.join(LIT)})", alt.value(0.3), alt.value(1.0))
    if upright:
        mark = base.mark_image(width=size, height=STRIP, align="center", baseline="top", aspect=False, smooth=False, tooltip=None)
        return mark.encode(x=alt.X(**place("rx", count)), y=alt.value(0), url="url:N", opacity=dim).properties(
            width=size * count, height=STRIP, name=name
        )
    mark = base.mark_image(width=STRIP, height=size, align="left", baseline="middle", aspect=False, smooth=False, tooltip=None)
    return mark.encode(y=alt.Y(**place("ry", count)), x=alt.value(0), url="url:N", opacity=dim).properties(
        width=STRIP, height=size * count, name=name
    )


def neighbours(sizes: tuple[int, ...], layer: int, limits: dict[int, float], states: int, colours: Theme) -> alt.VConcatChart:
    """The chart of a layer and its neighbours; `sizes` are the units from input to output, `limits` the colour limits by layer."""
    rows, columns = sizes[layer - 1], sizes[layer]
    before = sizes[layer - 2] if layer > 1 else 0
    after = sizes[layer + 1] if layer + 1 < len(sizes) else 0
    across = cell_size(columns, 330, 9, 30)
    down = cell_size(rows, 420, 9, 28) if layer > 1 else 0
    pick = pick_parameter()

    def body(
        name: str, at: int, height: int, width: int, size: tuple[int, int], titles: tuple[str, str]
    ) -> alt.LayerChart | alt.FacetChart:
        block = Block(name, np.zeros((1, height, width), np.float32), "", "")
        return cells(
            block,
            limits[at],
            colours,
            width=size[0] * width,
            height=size[1] * height,
            titles=titles,
            name=name,
            legend=False,
            lit=LIT,
            pick=pick,
        )

    unit_names = [str(i) for i in range(max(rows, columns) if layer > 1 else columns)]
    left: Any = None
    left_width = 0
    if layer == 2:
        left, left_width = _images("prev", rows, down, upright=False), STRIP
    elif layer > 2:
        wide = cell_size(before, 330, 7, 22)
        left, left_width = body("prev", layer - 1, rows, before, (wide, down), ("unit", "its input")), wide * before
    middle = (
        _images("cur", columns, across, upright=True)
        if layer == 1
        else body("cur", layer, rows, columns, (across, down), ("input", "output"))
    )

    def gap(name: str, width: int) -> alt.Chart:
        return alt.Chart().mark_point(opacity=0).properties(width=max(width, 1), height=1, name=name, view=BARE)

    def caption(text: str, width: int, name: str) -> alt.Chart:
        return (
            alt.Chart(alt.NamedData("one"))
            .mark_text(align="left", color=colours.muted, fontSize=12, baseline="bottom", aria=False)
            .encode(x=alt.value(0), y=alt.value(12), text=alt.value(text))
            .properties(width=max(width, 1), height=14, name=name, view=BARE)
        )

    cur_block = "cur"
    top_row = [caption(f"Layer {layer - 1}, turned", left_width, "title-prev")] if left is not None else []
    grid_rows = [
        alt.hconcat(
            *top_row, gap("gap-0", 30), caption(f"Layer {layer}: inputs down, outputs across", across * columns, "title-cur"), spacing=6
        )
    ]
    if layer > 1:
        side = labels("A", rows, unit_names, colours, size=down, block=cur_block, across=False)
        line = [*([left] if left is not None else []), side, middle]
    else:
        line = [gap("gap-side", 30), middle]
    grid_rows.append(alt.hconcat(*line, spacing=6).resolve_scale(color="independent", x="independent", y="independent"))
    if after:
        lead = [gap("gap-1", left_width)] if left is not None else []
        names = labels("B", columns, unit_names, colours, size=across, block="next", across=True)
        grid_rows.append(alt.hconcat(*lead, gap("gap-2", 30), names, spacing=6))
        tall = cell_size(after, 240, 9, 22)
        lead = [gap("gap-3", left_width)] if left is not None else []
        side = labels("N", after, [str(i) for i in range(after)], colours, size=tall, block="next", across=False)
        lower = body("next", layer + 1, after, columns, (across, tall), ("its output", "unit"))
        grid_rows.append(alt.hconcat(*lead, side, lower, spacing=6).resolve_scale(color="independent", x="independent", y="independent"))
        lead = [gap("gap-4", left_width)] if left is not None else []
        grid_rows.append(
            alt.hconcat(*lead, gap("gap-5", 30), caption(f"Layer {layer + 1}, turned", across * columns, "title-next"), spacing=6)
        )
    chart = alt.vconcat(*grid_rows, spacing=4, data=alt.NamedData(TABLE)).resolve_scale(
        color="independent", x="independent", y="independent"
    )
    return ordered(chart).add_params(*parameters(states))
