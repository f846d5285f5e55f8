"""Heat maps of small weight matrices that sort and step through the epochs in the browser (client_order.py)."""

from collections.abc import Sequence
from typing import Any, Literal

import altair as alt
import numpy as np

from core.charts.client_order import PICKED, TABLE, Block, ordered, parameters, picked_in, place
from core.charts.theme import Theme, signed_scale

LABEL = 30  # pixels for row and column labels
TITLE = 16  # pixels for a line that says what lies along an axis
GAP = 4  # pixels between the parts
STRIP = 96  # pixels for a norm strip
BARE = alt.ViewBackground(stroke=None)


def cell_size(units: int, room: int, least: int = 11, most: int = 40) -> int:
    """Pixels a cell gets when `units` of them share `room` pixels."""
    return max(least, min(most, room // units))


def cells(
    block: Block,
    limit: float,
    colours: Theme,
    *,
    width: int,
    height: int,
    titles: tuple[str, str],
    name: str,
    legend: bool = True,
    lit: tuple[str, ...] = (),
    own_limits: bool = False,
    marked: str = "",
) -> alt.LayerChart | alt.FacetChart:
    """The cells of one block, coloured on the fixed scale -limit to limit, with the picked one outlined.

    Args:
        titles: what a row and a column are, for the tooltip and screen readers.
        lit: Vega expressions; a cell fades when something is picked and none of them holds for it.
        marked: a Vega expression; cells for which it holds have a dashed frame.
        own_limits: stretch the colours of each state to its own largest |weight|, instead of `limit`.
    """
    rows, columns = block.values.shape[1:]
    base = alt.Chart().transform_filter(alt.datum.m == block.name)
    if own_limits:
        base = base.transform_calculate(size="abs(datum.w)").transform_joinaggregate(peak="max(size)")
        base = base.transform_calculate(shade=f"datum.peak > 0 ? {limit!r} * datum.w / datum.peak : 0")
    colour = "shade:Q" if own_limits else "w:Q"
    gradient = alt.Legend(
        title="weight", orient="bottom", direction="horizontal", gradientThickness=10, format=".3~g", tickCount=5, offset=4
    )
    encoding: dict[str, Any] = {
        "x": alt.X(**place("rx", columns)),
        "y": alt.Y(**place("ry", rows)),
        "color": alt.Color(colour, scale=signed_scale(limit, colours), legend=gradient if legend and not own_limits else None),
        "tooltip": [
            alt.Tooltip("y:Q", title=titles[0]),
            alt.Tooltip("x:Q", title=titles[1]),
            alt.Tooltip("w:Q", title="weight", format=".4g"),
        ],
        "description": alt.Description("label:N"),
    }
    if lit:
        encoding["opacity"] = alt.condition(f"{PICKED} && !({' || '.join(lit)})", alt.value(0.3), alt.value(1.0))
    rects = (
        base.transform_calculate(
            py="datum.y",
            px="datum.x",
            label=f"'{titles[0]} ' + datum.y + ', {titles[1]} ' + datum.x + ', weight ' + format(datum.w, '.4g')",
        )
        .mark_rect(cursor="pointer")
        .encode(**encoding)
        .properties(width=width, height=height, name=name)
    )
    outline = (
        base.transform_filter(f"{PICKED} && datum.m == pick.m[0] && datum.y == pick.py[0] && datum.x == pick.px[0]")
        .mark_rect(filled=False, stroke=colours.mark, strokeWidth=2, aria=False)
        .encode(x=alt.X(**place("rx", columns)), y=alt.Y(**place("ry", rows)))
    )
    layers = [rects, outline]
    if marked:
        layers.insert(1, framed(base, marked, colours).encode(x=alt.X(**place("rx", columns)), y=alt.Y(**place("ry", rows))))
    return alt.layer(*layers)


def framed(base: alt.Chart, marked: str, colours: Theme) -> alt.Chart:
    """Dashed frames for the rows of a chart's table for which the Vega expression holds."""
    frames = base.transform_filter(marked)
    return frames.mark_rect(filled=False, stroke=colours.mark, strokeWidth=2, strokeDash=[3, 2], aria=False, tooltip=None)


def heading(
    base: alt.Chart,
    text: str,
    colours: Theme,
    *,
    width: int,
    height: int = TITLE,
    align: Literal["left", "center", "right"] = "left",
    upright: bool = False,
) -> alt.Chart:
    """A line of words beside a matrix, on a chart whose data is one row; `upright` reads from below."""
    at = {"left": 0, "center": width / 2, "right": width}[align]
    turned = {"x": alt.value(width / 2), "y": alt.value(height / 2)}
    return (
        base.mark_text(
            align="center" if upright else align,
            baseline="middle",
            angle=270 if upright else 0,
            color=colours.muted,
            fontSize=12,
            aria=False,
        )
        .encode(**(turned if upright else {"x": alt.value(at), "y": alt.value(height / 2)}), text=alt.value(text))
        .properties(width=max(width, 1), height=height, view=BARE)
    )


def first_cell(block: str) -> alt.Chart:
    """One row of a matrix chart's table, for headings."""
    return alt.Chart().transform_filter(f"datum.m == '{block}' && datum.x == 0 && datum.y == 0")


def labels(axis: str, count: int, texts: Sequence[str], colours: Theme, *, size: int, block: str, across: bool) -> alt.Chart:
    """The names of the units along one axis, in the order shown."""
    other = "y" if across else "x"
    rank = "rx" if across else "ry"
    picked = "pick.px" if across else "pick.py"
    unit = "x" if across else "y"
    words = f"{list(texts)!r}[datum.{unit}]"
    base = alt.Chart().transform_filter(f"datum.m == '{block}' && datum.{other} == 0").transform_calculate(name=words)
    strong = f"{PICKED} && pick.m[0] == '{block}' && {picked}[0] == datum.{unit}"
    mark = base.mark_text(
        fontSize=min(11, max(8, size - 2)), align="center" if across else "right", baseline="bottom" if across else "middle"
    )
    channels: dict[str, Any] = {
        "text": alt.Text("name:N"),
        "color": alt.condition(strong, alt.value(colours.text), alt.value(colours.muted)),
    }
    if across:
        return mark.encode(x=alt.X(**place(rank, count)), y=alt.value(14), **channels).properties(
            width=size * count, height=16, name=f"labels-{axis}", view=BARE
        )
    return mark.encode(y=alt.Y(**place(rank, count)), x=alt.value(LABEL - 4), **channels).properties(
        width=LABEL, height=size * count, name=f"labels-{axis}", view=BARE
    )


def norm_strip(
    block: Block, top: float, colours: Theme, *, size: int, across: bool, unit_name: str, name: str
) -> alt.LayerChart | alt.FacetChart:
    """L2 norms as bars with values, in the order shown: of each row at the right, or of each column below (`across`)."""
    count = block.values.shape[2] if across else block.values.shape[1]
    rank, norm, other, unit = ("rx", "nx", "y", "x") if across else ("ry", "ny", "x", "y")
    base = (
        alt.Chart()
        .transform_filter(f"datum.m == '{block.name}' && datum.{other} == 0")
        .transform_calculate(
            py="-1" if across else "datum.y",
            px="datum.x" if across else "-1",
            label=f"'{unit_name} ' + datum.{unit} + ', L2 norm ' + format(datum.{norm}, '.4g')",
        )
    )
    along: dict[str, Any] = {"field": norm, "type": "quantitative", "scale": alt.Scale(domain=[0, top], clamp=True), "axis": None}
    tip = [alt.Tooltip(f"{unit}:Q", title=unit_name), alt.Tooltip(f"{norm}:Q", title="L2 norm", format=".4g")]
    bars = base.mark_bar(
        cursor="pointer",
        color=colours.amount[2],
        height=size - 2 if not across else alt.Undefined,
        width=size - 2 if across else alt.Undefined,
    ).encode(tooltip=tip, description=alt.Description("label:N"))
    words = base.mark_text(color=colours.text, fontSize=min(10, max(8, size - 3)), aria=False).encode(
        text=alt.Text(f"{norm}:Q", format=".3~g")
    )
    if across:
        along["scale"] = alt.Scale(domain=[0, top], range=[0, STRIP - 26], clamp=True)
        bars = bars.encode(x=alt.X(**place(rank, count)), y=alt.Y(**along), y2=alt.value(0))
        layers = [bars]
        if size >= 26:
            layers.append(words.encode(x=alt.X(**place(rank, count)), y=alt.Y(**along)).properties())
            layers[1].mark.dy = 8
        layered = alt.layer(bars.properties(name=name), *layers[1:])
        return layered.properties(width=size * count, height=STRIP - 12)
    along["scale"] = alt.Scale(domain=[0, top], range=[0, STRIP - 36], clamp=True)
    bars = bars.encode(y=alt.Y(**place(rank, count)), x=alt.X(**along), x2=alt.value(0))
    words = words.encode(y=alt.Y(**place(rank, count)), x=alt.X(**along))
    words.mark.align, words.mark.dx = "left", 3
    return alt.layer(bars.properties(name=name), words).properties(width=STRIP, height=size * count)


def bias_strip(columns: int, limit: float, colours: Theme, *, size: int) -> alt.Chart:
    """The bias of each output, in the order of the columns, on a scale of its own."""
    return (
        alt.Chart()
        .transform_filter(alt.datum.m == "bias")
        .transform_calculate(label="'bias of output ' + datum.x + ', ' + format(datum.w, '.4g')")
        .mark_rect()
        .encode(
            x=alt.X(**place("rx", columns)),
            color=alt.Color("w:Q", scale=signed_scale(limit, colours), legend=None),
            tooltip=[alt.Tooltip("x:Q", title="output"), alt.Tooltip("w:Q", title="bias", format=".4g")],
            description=alt.Description("label:N"),
        )
        .properties(width=size * columns, height=14, name="bias")
    )


def matrix(
    values: np.ndarray,
    biases: np.ndarray,
    colours: Theme,
    *,
    row_names: Sequence[str],
    column_names: Sequence[str],
    limit: float,
    titles: tuple[str, str] = ("inputs", "outputs"),
    own_limits: bool = False,
    room: tuple[int, int] = (460, 400),
) -> alt.VConcatChart:
    """A layer's kernel with labels, bias strip and the norm strips, for up to about 800 cells.

    Args:
        values: (states, rows, columns); rows are inputs, columns outputs.
        biases: (states, columns).
        limit: the largest |weight| that the colours span, the same for all states.
        titles: what the rows and the columns are, in words.
        room: pixels that the cells may fill, across and down; about 150 more are for names and norms.
    """
    block = Block("cur", values, "A", "B")
    states, rows, columns = values.shape
    across, down = cell_size(columns, room[0], most=46), cell_size(rows, room[1])
    square = values.astype(np.float64) ** 2
    row_top, column_top = float(np.sqrt(square.sum(2)).max()), float(np.sqrt(square.sum(1)).max())
    bias_limit = float(np.abs(biases).max()) or 1.0
    body = cells(
        block,
        limit,
        colours,
        width=across * columns,
        height=down * rows,
        titles=("input", "output"),
        name="matrix",
        own_limits=own_limits,
    )
    top = labels("B", columns, column_names, colours, size=across, block="cur", across=True)
    left = labels("A", rows, row_names, colours, size=down, block="cur", across=False)
    right = norm_strip(block, row_top, colours, size=down, across=False, unit_name="input", name="row-norms")
    below = norm_strip(block, column_top, colours, size=across, across=True, unit_name="output", name="column-norms")
    bias = bias_strip(columns, bias_limit, colours, size=across)
    one, lead = first_cell("cur"), TITLE + GAP + LABEL
    gap = alt.Chart().mark_point(opacity=0).properties(width=lead, height=1, view=BARE)
    down_title = heading(one, titles[0], colours, width=TITLE, height=down * rows, upright=True)
    across_title = heading(one, titles[1], colours, width=across * columns)
    grid = alt.vconcat(
        alt.hconcat(gap.properties(name="gap-1"), across_title, heading(one, "L2 norm", colours, width=STRIP), spacing=GAP),
        alt.hconcat(gap.properties(name="gap-2"), top, spacing=GAP),
        alt.hconcat(down_title, left, body, right, spacing=GAP).resolve_scale(color="independent", x="independent", y="independent"),
        alt.hconcat(heading(one, "bias", colours, width=lead, align="right"), bias, spacing=GAP),
        alt.hconcat(heading(one, "L2 norm", colours, width=lead, align="right"), below, spacing=GAP),
        spacing=GAP,
        data=alt.NamedData(TABLE),
        padding={"left": 0, "top": 2, "right": 0, "bottom": 6},
    )
    chart = ordered(grid.resolve_scale(color="independent", x="independent", y="independent"))
    return picked_in(chart.add_params(*parameters(states)), ("matrix", "row-norms", "column-norms"))
