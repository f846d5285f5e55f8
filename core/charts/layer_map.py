"""The large first layer as a raster: all states in one sheet of pixels that slides behind a window, so that a step is one shift."""

import altair as alt
import numpy as np
import pandas as pd

from core.charts import raster
from core.charts.client_order import place
from core.charts.matrix import BARE, GAP, TITLE, heading
from core.charts.theme import Theme, signed_scale

CELL = 10  # pixels across of a weight in the map
HEIGHT = 784  # pixels down of the map, one a row
BARS = 90  # pixels of the row-norm strip


def sheet(levels: np.ndarray, rows: np.ndarray, columns: np.ndarray, colours: Theme) -> str:
    """All states beside each other as one PNG address, each in its own order.

    Args:
        levels: (states, rows, columns) uint8 signed levels.
        rows: (states, rows) original index at each place; columns: (states, columns) likewise.
    """
    states, height, width = levels.shape
    ordered = levels[np.arange(states)[:, None, None], rows[:, :, None], columns[:, None, :]]  # (states, rows, columns)
    return raster.png_url(ordered.transpose(1, 0, 2).reshape(height, states * width), colours.signed_palette, compress=1)


def bar_sheet(norms: np.ndarray, rows: np.ndarray, top: float, colours: Theme) -> str:
    """The row norms of all states as lying bars, beside each other as one PNG address; norms is (states, rows)."""
    lengths = np.take_along_axis(norms, rows, axis=1) * ((BARS - 2) / (top or 1.0))  # (states, rows)
    filled = np.arange(BARS) < lengths[:, :, None]  # (states, rows, BARS)
    levels = np.where(filled, 127, 0).astype(np.uint8)
    return raster.png_url(levels.transpose(1, 0, 2).reshape(norms.shape[1], -1), colours.amount_palette, compress=1)


def tables(
    url: str, bars_url: str, column_norms: np.ndarray, columns: np.ndarray, biases: np.ndarray, picked: int | None
) -> dict[str, pd.DataFrame]:
    """The tables that `layer_map` reads.

    Args:
        column_norms: (states, columns) in original order; columns: (states, columns) original index at each place.
        biases: (states, columns) in original order.
        picked: the column to mark.
    """
    states, count = columns.shape
    in_order = np.take_along_axis(column_norms, columns, axis=1)  # (states, columns)
    bias = np.take_along_axis(biases, columns, axis=1)  # (states, columns)
    bars = {"p": np.arange(1, count + 1), "picked": -1 if picked is None else picked}
    bars |= {f"n{s}": in_order[s] for s in range(states)} | {f"c{s}": columns[s] for s in range(states)}
    bars |= {f"b{s}": bias[s] for s in range(states)}
    return {
        "map": pd.DataFrame({"url": [url]}),
        "bars": pd.DataFrame({"url": [bars_url], "kind": ["rows"]}),
        "ground": pd.DataFrame({"from": [0], "to": [HEIGHT]}),
        "columns": pd.DataFrame(bars),
    }


def layer_map(states: int, count: int, top: float, bias_limit: float, colours: Theme, *, cell: int = CELL) -> alt.VConcatChart:
    """The map with a brush over its rows, the row-norm strip, the biases and the clickable column norms.

    Args:
        count: columns; top: the largest column norm of all states; bias_limit: the largest |bias|.
        cell: pixels across of a weight.
    """
    width, height = cell * count, HEIGHT
    state = alt.param(name="epoch", value=0, bind=alt.binding_range(min=0, max=states - 1, step=1))

    def strip(table: str, wide: int) -> alt.Chart:
        return (
            alt.Chart(alt.NamedData(table))
            .mark_image(
                width=wide * states, height=height, align="left", baseline="top", aspect=False, smooth=False, clip=True, tooltip=None
            )
            .encode(url="url:N", x=alt.value(alt.expr(f"-{wide} * epoch")), y=alt.value(0))
            .properties(width=wide, height=height, name=table)
        )

    scale = alt.Scale(domain=[0, height], reverse=True, nice=False, zero=False)
    ground = (
        alt.Chart(alt.NamedData("ground"))
        .mark_rect(opacity=0)
        .encode(y=alt.Y("from:Q", scale=scale, axis=None), y2="to:Q")
        .add_params(alt.selection_interval(name="window", encodings=["y"]))
        .properties(width=width, height=height, name="rows")
    )
    bars = (
        alt.Chart(alt.NamedData("columns"))
        .transform_calculate(norm="datum['n' + epoch]", px="datum['c' + epoch]")
        .mark_bar(cursor="pointer")
        .encode(
            x=alt.X(**place("p", count)),
            y=alt.Y("norm:Q", scale=alt.Scale(domain=[0, top], range=[0, 60], clamp=True), axis=None),
            y2=alt.value(0),
            color=alt.condition("datum.px == datum.picked", alt.value(colours.mark), alt.value(colours.amount[2])),
            tooltip=[alt.Tooltip("px:Q", title="output"), alt.Tooltip("norm:Q", title="L2 norm", format=".4g")],
        )
        .add_params(alt.selection_point(name="column", fields=["px"], toggle=False, empty=False, on="click", clear=False))
        .properties(width=width, height=60, name="column-norms")
    )
    bias = (
        alt.Chart(alt.NamedData("columns"))
        .transform_calculate(bias="datum['b' + epoch]", px="datum['c' + epoch]")
        .mark_rect()
        .encode(
            x=alt.X(**place("p", count)),
            color=alt.Color("bias:Q", scale=signed_scale(bias_limit, colours), legend=None),
            tooltip=[alt.Tooltip("px:Q", title="output"), alt.Tooltip("bias:Q", format=".4g")],
        )
        .properties(width=width, height=14, name="bias")
    )
    # Each click turns the selection over, so that every one is told.
    click = alt.selection_point(name="strip", fields=["kind"], toggle="true", empty=False, on="click", clear=False)
    row_norms = strip("bars", BARS).add_params(click)
    one, lead = alt.Chart(alt.NamedData("ground")), TITLE
    gap = one.mark_point(opacity=0).properties(width=lead, height=1, view=BARE)
    titles = alt.hconcat(
        gap,
        heading(one, f"outputs: {count} units of layer 1", colours, width=width),
        heading(one, "L2 norm", colours, width=BARS),
        spacing=GAP,
    )
    down_title = heading(one, f"inputs: {HEIGHT} pixels", colours, width=TITLE, height=height, upright=True)
    rows = alt.hconcat(down_title, alt.layer(ground, strip("map", width)), row_norms, spacing=GAP)
    below = [
        alt.hconcat(heading(one, words, colours, width=lead, height=part_height, upright=True), part, spacing=GAP)
        for words, part, part_height in (("", bias, 14), ("L2 norm", bars, 60))
    ]
    grid = alt.vconcat(titles, rows, *below, spacing=GAP, padding={"left": 0, "top": 2, "right": 0, "bottom": 6})
    return grid.resolve_scale(color="independent").add_params(state)


def detail_table(
    values: np.ndarray, rows: np.ndarray, columns: np.ndarray, picked: tuple[int | None, int | None]
) -> dict[str, pd.DataFrame]:
    """The table that `detail` reads: values (rows, columns) in the order shown, with their original indices."""
    y, x = np.divmod(np.arange(values.size), values.shape[1])
    table = pd.DataFrame({"ry": y + 1, "rx": x + 1, "py": rows[y], "px": columns[x], "w": values.ravel()})
    table["picked"] = (table.py == picked[0]) & (table.px == picked[1])
    return {"detail": table}


def detail(height: int, width: int, limit: float, colours: Theme, *, cell: int = CELL) -> alt.LayerChart | alt.FacetChart:
    """Some rows of the map, large enough to click: height x width cells of `cell` pixels across."""
    size = max(8, min(16, 420 // height))
    base = alt.Chart(alt.NamedData("detail"))
    cells = (
        base.transform_calculate(label="'input ' + datum.py + ', output ' + datum.px + ', weight ' + format(datum.w, '.4g')")
        .mark_rect(cursor="pointer")
        .encode(
            x=alt.X(**place("rx", width)),
            y=alt.Y(**place("ry", height)),
            color=alt.Color("w:Q", scale=signed_scale(limit, colours), legend=alt.Legend(title="weight", orient="bottom", format=".3~g")),
            tooltip=[
                alt.Tooltip("py:Q", title="input"),
                alt.Tooltip("px:Q", title="output"),
                alt.Tooltip("w:Q", title="weight", format=".4g"),
            ],
            description="label:N",
        )
        .add_params(alt.selection_point(name="pick", fields=["py", "px"], toggle=False, empty=False, on="click", clear=False))
        .properties(width=cell * width, height=size * height, name="detail")
    )
    outline = base.transform_filter("datum.picked").mark_rect(filled=False, stroke=colours.mark, strokeWidth=2, aria=False)
    return alt.layer(cells, outline.encode(x=alt.X(**place("rx", width)), y=alt.Y(**place("ry", height))))
