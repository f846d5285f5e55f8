"""The parts of a matrix that the browser sorts: cells, names, norm strips, biases and lines of words.

The numbers that a network brings, limits and largest norms, are parameters of the chart: parts know shapes alone.
"""

from collections.abc import Sequence
from typing import Any, Literal

import altair as alt

from core.charts import numbers
from core.charts.client_order import PICKED, place
from core.charts.theme import Theme, signed_scale

LABEL = 30  # pixels for row and column labels
TITLE = 16  # pixels for a line that says what lies along an axis
GAP = 4  # pixels between the parts
STRIP = 96  # pixels for a norm strip
LETTER = 7  # pixels of a letter in a line of words, about
READ = 9  # pixels that a cell needs for a name or a number beside it
BARE = alt.ViewBackground(stroke=None)


def cells(
    block: str,
    shape: tuple[int, int],
    limit: str,
    colours: Theme,
    *,
    width: int,
    height: int,
    titles: tuple[str, str],
    name: str,
    legend: bool = True,
    called: tuple[Sequence[str], Sequence[str]] = ((), ()),
    lit: tuple[str, ...] = (),
    own_limits: bool = False,
    marked: str = "",
) -> alt.LayerChart | alt.FacetChart:
    """The cells (rows, columns) of one block, coloured on a fixed scale, with the picked one outlined.

    Args:
        limit: the parameter that holds the end of the scale, the largest |weight|.
        titles: what a row and a column are, for the tooltip and screen readers.
        called: names of the rows and of the columns, where they have some.
        lit: Vega expressions; a cell fades when something is picked and none of them holds for it.
        marked: a Vega expression; cells for which it holds have a dashed frame.
        own_limits: stretch the colours of each state to its own largest |weight|, of the parameter `peaks`, instead of `limit`.
    """
    rows, columns = shape
    base = alt.Chart().transform_filter(alt.datum.m == block)
    if own_limits:
        base = base.transform_calculate(size="abs(datum.w)").transform_joinaggregate(peak="max(size)")
        base = base.transform_calculate(shade="datum.peak > 0 ? datum.w / datum.peak : 0")
    end = "1" if own_limits else limit
    gradient = alt.Legend(
        title="weight",
        orient="bottom",
        direction="horizontal",
        gradientThickness=10,
        values=alt.ExprRef(f"[-{end}, -{end} / 2, 0, {end} / 2, {end}]"),
        labelExpr=f"format(datum.value * peaks[epoch], '{numbers.THREE}')" if own_limits else alt.Undefined,
        format=alt.Undefined if own_limits else numbers.THREE,
        offset=4,
    )
    encoding: dict[str, Any] = {
        "x": alt.X(**place("rx", columns)),
        "y": alt.Y(**place("ry", rows)),
        "color": alt.Color("shade:Q" if own_limits else "w:Q", scale=signed_scale(end, colours), legend=gradient if legend else None),
        "tooltip": [
            alt.Tooltip("row:N", title=titles[0]),
            alt.Tooltip("column:N", title=titles[1]),
            alt.Tooltip("w:Q", title="weight", format=numbers.SIX),
        ],
        "description": alt.Description("label:N"),
    }
    if lit:
        encoding["opacity"] = alt.condition(f"{PICKED} && !({' || '.join(lit)})", alt.value(0.3), alt.value(1.0))
    rects = (
        base.transform_calculate(
            py="datum.y",
            px="datum.x",
            row=numbers.called("datum.y", called[0]),
            column=numbers.called("datum.x", called[1]),
        )
        .transform_calculate(label=f"'{titles[0]} ' + datum.row + ', {titles[1]} ' + datum.column + ', weight ' + format(datum.w, '.4g')")
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
    text: str,
    colours: Theme,
    *,
    width: int,
    height: int = TITLE,
    align: Literal["left", "center", "right"] = "left",
    upright: bool = False,
) -> alt.Chart:
    """A line of words beside a matrix; `upright` reads from below."""
    at = {"left": 0, "center": width / 2, "right": width}[align]
    turned = {"x": alt.value(width / 2), "y": alt.value(height / 2)}
    return (
        once()
        .mark_text(
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


def once() -> alt.Chart:
    """A chart on one row, for headings and gaps; generated, since Prepared puts tables of its own in place of inline ones."""
    return alt.Chart(alt.sequence(0, 1))


def gap(width: int, name: str) -> alt.Chart:
    """Room of so many pixels across."""
    return once().mark_point(opacity=0).properties(width=max(width, 1), height=1, name=name, view=BARE)


def labels(axis: str, count: int, texts: Sequence[str], colours: Theme, *, size: int, block: str, across: bool) -> alt.Chart:
    """The names of the units along one axis, in the order shown; their numbers where `texts` is empty.

    Where a cell of `size` pixels is too small for a name, every second, third, ... place carries one.
    """
    first = "fy" if across else "fx"
    rank = "rx" if across else "ry"
    picked = "pick.px" if across else "pick.py"
    unit = "x" if across else "y"
    words = numbers.called(f"datum.{unit}", texts)
    needed = LETTER * len(str(count)) if across and not texts else READ
    every = max(1, -(-needed // size))
    name = words if every == 1 else f"(datum.{rank} - 1) % {every} == 0 ? {words} : ''"  # a filter by rank makes marks anew at each sort
    base = alt.Chart().transform_filter(f"datum.m == '{block}' && datum.{first} == 1").transform_calculate(name=name)
    strong = f"{PICKED} && pick.m[0] == '{block}' && {picked}[0] == datum.{unit}"
    mark = base.mark_text(
        fontSize=min(11, max(8, size * every - 2)),
        align="center" if across else "right",
        baseline="bottom" if across else "middle",
        limit=max(size * every, READ) if across else LABEL - 2,
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
    block: str, count: int, top: str, colours: Theme, *, size: int, across: bool, unit_name: str, name: str, called: Sequence[str] = ()
) -> alt.LayerChart | alt.FacetChart:
    """L2 norms as bars with values, in the order shown: of each row at the right, or of each column below (`across`).

    Args:
        count: rows or columns.
        top: the parameter that holds the largest norm.
        called: names of the rows or columns, where they have some.
    """
    rank, norm, first, unit = ("rx", "nx", "fy", "x") if across else ("ry", "ny", "fx", "y")
    base = (
        alt.Chart()
        .transform_filter(f"datum.m == '{block}' && datum.{first} == 1")
        .transform_calculate(
            py="-1" if across else "datum.y",
            px="datum.x" if across else "-1",
            called=numbers.called(f"datum.{unit}", called),
        )
        .transform_calculate(label=f"'{unit_name} ' + datum.called + ', L2 norm ' + format(datum.{norm}, '.4g')")
    )
    room = STRIP - 26 if across else STRIP - 36
    along: dict[str, Any] = {
        "field": norm,
        "type": "quantitative",
        "scale": alt.Scale(domain=[0, alt.ExprRef(top)], range=[0, room], clamp=True),
        "axis": None,
    }
    tip = [alt.Tooltip("called:N", title=unit_name), alt.Tooltip(f"{norm}:Q", title="L2 norm", format=numbers.SIX)]
    thick = max(1, size - 2)
    bars = base.mark_bar(
        cursor="pointer",
        color=colours.solid,
        height=alt.Undefined if across else thick,
        width=thick if across else alt.Undefined,
    ).encode(tooltip=tip, description=alt.Description("label:N"))
    words = base.mark_text(color=colours.text, fontSize=min(10, max(8, size - 3)), aria=False).encode(
        text=alt.Text(f"{norm}:Q", format=numbers.THREE)
    )
    if across:
        layers = [bars.encode(x=alt.X(**place(rank, count)), y=alt.Y(**along), y2=alt.value(0)).properties(name=name)]
        if size >= 26:
            layers.append(words.encode(x=alt.X(**place(rank, count)), y=alt.Y(**along)))
            layers[1].mark.dy = 8
        return alt.layer(*layers).properties(width=size * count, height=STRIP - 12)
    layers = [bars.encode(y=alt.Y(**place(rank, count)), x=alt.X(**along), x2=alt.value(0)).properties(name=name)]
    if size >= READ:
        layers.append(words.encode(y=alt.Y(**place(rank, count)), x=alt.X(**along)))
        layers[1].mark.align, layers[1].mark.dx = "left", 3
    return alt.layer(*layers).properties(width=STRIP, height=size * count)


def bias_strip(columns: int, limit: str, colours: Theme, *, size: int, called: Sequence[str] = ()) -> alt.Chart:
    """The bias of each output, in the order of the columns, on a scale of its own that the parameter `limit` ends."""
    return (
        alt.Chart()
        .transform_filter(alt.datum.m == "bias")
        .transform_calculate(column=numbers.called("datum.x", called))
        .transform_calculate(label="'bias of output ' + datum.column + ', ' + format(datum.w, '.4g')")
        .mark_rect()
        .encode(
            x=alt.X(**place("rx", columns)),
            color=alt.Color("w:Q", scale=signed_scale(limit, colours), legend=None),
            tooltip=[alt.Tooltip("column:N", title="output"), alt.Tooltip("w:Q", title="bias", format=numbers.SIX)],
            description=alt.Description("label:N"),
        )
        .properties(width=size * columns, height=14, name="bias")
    )


def fitting(words: str, room: int) -> str:
    """Words about an axis as far as so many pixels hold them: all, what stands before the colon, or nothing."""
    short = words.split(":")[0]
    return words if LETTER * len(words) <= room else short if LETTER * len(short) <= room else ""
