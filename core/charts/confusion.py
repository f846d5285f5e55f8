"""Confusion matrices of any classes that follow an epoch signal in the browser: one wide table, a column a stored state."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from core.charts import numbers
from core.charts.lines import key, told_apart
from core.charts.prepared import Prepared, built
from core.charts.theme import Theme

RECALL, PRECISION = "recall", "precision"
LEAST, ROW, MOST = 190, 470 / 11, 700  # pixels of height: at least, a row, at the most
NUMBERED = 25  # classes up to which each cell carries its number
SHARE_WORDS = "the stronger the colour, the larger the share of its row (square-root scale, so that single errors show)"
DIFFERENCE_WORDS = "orange: more images here in the first model, blue: more in the second, as a share of the row (square-root scale)"
DIFFERENCE_LIMIT = 0.5  # square root of a share: beyond a quarter of the row the colour stays the same


def height(classes: int) -> int:
    """Pixels of a matrix with its margin."""
    return round(min(MOST, max(LEAST, ROW * (classes + 1))))


def table(cells: np.ndarray, totals: np.ndarray, recall: np.ndarray, precision: np.ndarray, names: Sequence[str]) -> pd.DataFrame:
    """One row a cell or margin, one column `s0`, `s1`, ... a state.

    Args:
        cells: (states, classes, classes) counts, or differences of counts.
        totals: (classes,) images of each actual class, the same in every state.
        recall, precision: (states, classes) shares or differences of shares; NaN where there is none.
        names: of the classes.
    """
    states, classes, _ = cells.shape
    blocks = [
        ("cell", np.repeat(names, classes), np.tile(names, classes), np.repeat(totals, classes), cells.reshape(states, -1)),
        (RECALL, np.asarray(names), np.full(classes, RECALL), np.ones(classes), recall),
        (PRECISION, np.full(classes, PRECISION), np.asarray(names), np.ones(classes), precision),
    ]
    frames = []
    for kind, row, column, total, values in blocks:
        head = pd.DataFrame({"kind": kind, "row": row, "column": column, "total": total})
        body = pd.DataFrame(np.asarray(values, dtype=float).T, columns=[f"s{i}" for i in range(states)])
        frames.append(pd.concat([head, body], axis=1))
    return pd.concat(frames, ignore_index=True)


def _axes(names: Sequence[str], margins: bool = True) -> tuple[alt.X, alt.Y]:
    columns, rows = ([*names, RECALL], [*names, PRECISION]) if margins else (list(names), list(names))
    words, many = max(map(len, names)) > 2, len(names) > NUMBERED
    x = alt.X("column:N", scale=alt.Scale(domain=columns, paddingInner=0, paddingOuter=0), title="predicted").axis(
        orient="top", labelAngle=-50 if words else 0, ticks=False, domain=False, labelOverlap=many
    )
    y = alt.Y("row:N", scale=alt.Scale(domain=rows, paddingInner=0, paddingOuter=0), title="actual").axis(
        ticks=False, domain=False, labelOverlap=many
    )
    return x, y


def _click() -> alt.Parameter:
    """A click; with the clicks before it, so that one more on the same cell is heard after another was chosen elsewhere."""
    return alt.selection_point(name="cell", fields=["row", "column", "before"], toggle=False, empty=False)


def _written() -> list[alt.Parameter]:
    """What the player writes: the picked cell as row|column, and how many clicks there were."""
    return [alt.param(name=name, value="", bind=alt.binding(input="text")) for name in ("picked", "clicks")]


def _outline(base: alt.Chart, theme: Theme) -> alt.Chart:
    """The frame of the picked cell."""
    chosen = base.transform_filter("datum.row + '|' + datum.column === picked")
    return chosen.mark_rect(filled=False, stroke=theme.mark, strokeWidth=2.5, tooltip=None)


def matrix(frame: pd.DataFrame, names: Sequence[str], theme: Theme, *, shares: bool = False, difference: bool = False) -> Prepared:
    """The matrix of `table` with recall at the right and precision below; a click picks a cell as `cell`.

    It opens at the last state; a player moves it where there are several.

    Args:
        shares: write row percentages in the cells instead of counts.
        difference: the table holds one model's values less another's.
    """
    states = sum(name.startswith("s") and name[1:].isdecimal() for name in frame.columns)
    return Prepared(_matrix(theme, tuple(names), states, shares, difference), {"confusion": frame})


@built
def _matrix(theme: Theme, names: tuple[str, ...], states: int, shares: bool, difference: bool) -> alt.TopLevelMixin:
    x, y = _axes(names)
    base = (
        alt.Chart(alt.NamedData("confusion"))
        .transform_calculate(before="clicks")
        .transform_calculate(v="datum['s' + epoch]")
        .transform_calculate(share="datum.total > 0 ? datum.v / datum.total : 0")
        .transform_calculate(shade="(datum.share < 0 ? -1 : 1) * sqrt(abs(datum.share))")
    )
    sign = "+" if difference else ""
    number = f"format(datum.v, '{sign},')"
    percent = f"format(datum.share, '{sign}.1%')"
    none = "datum.v === 0 ? '·' : "
    body = base.transform_filter("datum.kind === 'cell'").transform_calculate(
        text=none + (percent if shares else number),
        words=f"{number} + ' (' + {percent} + ' of the row)'",
    )
    top, stops = (DIFFERENCE_LIMIT, theme.signed) if difference else (1.0, theme.amount)
    domain = list(np.linspace(-top if difference else 0, top, 5))
    scale = alt.Scale(type="linear", domain=domain, range=list(stops), clamp=True, interpolate="rgb")
    rects = (
        body.mark_rect(stroke=theme.grid, strokeWidth=0.5, cursor="pointer")
        .encode(
            x=x,
            y=y,
            color=alt.Color("shade:Q", scale=scale, legend=None),
            tooltip=[
                alt.Tooltip("row:N", title="actual"),
                alt.Tooltip("column:N", title="predicted"),
                alt.Tooltip("words:N", title="images"),
            ],
        )
        .add_params(_click())
    )
    layers = [rects]
    if len(names) <= NUMBERED:
        strong = "abs(datum.shade) > " + ("0.3" if difference else "0.62")
        ink = alt.condition(strong, alt.value(theme.paper), alt.value(theme.text))
        layers.append(body.mark_text(fontSize=11, tooltip=None).encode(x=x, y=y, text="text:N", color=ink))
    layers.append(_outline(body, theme).encode(x=x, y=y))
    if len(names) <= NUMBERED:
        margin = (
            base.transform_filter("datum.kind !== 'cell'")
            .transform_calculate(text=f"isValid(datum.v) ? format(datum.v, '{sign}.1%') : '–'")
            .mark_text(fontSize=11, color=theme.muted)
            .encode(x=x, y=y, text="text:N", tooltip=[alt.Tooltip("kind:N", title="margin"), alt.Tooltip("v:Q", format=f"{sign}.2%")])
        )
        layers.append(margin)
    epoch = alt.param(name="epoch", value=states - 1, bind=alt.binding_range(min=0, max=max(states - 1, 1), step=1))
    return alt.layer(*layers).add_params(epoch, *_written()).properties(height=height(len(names)), width="container")


def pictures(frame: pd.DataFrame, names: Sequence[str], side: int, theme: Theme) -> Prepared:
    """Each cell's most confident image; empty cells stay empty. A click picks a cell as `cell`.

    Args:
        frame: columns row, column, url (None where a cell is empty), confidence (share).
        side: of the images in pixels; shown at a whole multiple of it where there is room.
    """
    return Prepared(_pictures(theme, tuple(names), side), {"confusion": frame})


@built
def _pictures(theme: Theme, names: tuple[str, ...], side: int) -> alt.TopLevelMixin:
    x, y = _axes(names, margins=False)
    room = "min(bandwidth('x'), bandwidth('y'))"
    size = alt.ExprRef(f"{room} < {side} ? {room} - 2 : floor({room} / {side}) * {side}")
    base = alt.Chart(alt.NamedData("confusion")).transform_calculate(before="clicks")
    grid = (
        base.mark_rect(stroke=theme.grid, strokeWidth=0.5, cursor="pointer", fill=theme.paper)
        .encode(
            x=x,
            y=y,
            tooltip=[
                alt.Tooltip("row:N", title="actual"),
                alt.Tooltip("column:N", title="predicted"),
                alt.Tooltip("confidence:Q", title="confidence", format=numbers.PERCENT),
            ],
        )
        .add_params(_click())
    )
    shown = (
        base.transform_filter("isValid(datum.url)")
        .mark_image(width=size, height=size, smooth=False, tooltip=None, align="center", baseline="middle", cursor="pointer")
        .encode(x=alt.X("column:N"), y=alt.Y("row:N"), url="url:N")
    )
    chart = alt.layer(grid, shown, _outline(base, theme).encode(x=x, y=y)).add_params(*_written())
    return chart.properties(height=height(len(names)), width="container")


def story(lines: Sequence[tuple[str, np.ndarray, np.ndarray]], now: float, theme: Theme) -> Prepared:
    """How many images fell into one cell at each stored state, in one model or in two.

    Args:
        lines: for each model its name, epochs (states,) and images (states,).
        now: the epoch on the screen.
    """
    frames = [pd.DataFrame({"model": name, "epoch": epochs, "images": counts}) for name, epochs, counts in lines]
    tables = {"story": pd.concat(frames, ignore_index=True), "now": pd.DataFrame({"epoch": [now]})}
    return Prepared(_story(theme, tuple(name for name, _, _ in lines)), tables)


@built
def _story(theme: Theme, names: tuple[str, ...]) -> alt.TopLevelMixin:
    x = alt.X("epoch:Q", title="epoch (square-root scale)", scale=alt.Scale(type="sqrt"), axis=alt.Axis(tickCount=6, grid=False))
    y = alt.Y("images:Q", title="images", axis=alt.Axis(tickCount=4, tickMinStep=1, format=numbers.COUNT))
    apart = told_apart("model", names, theme, key(orient="top", limit=320))
    base = alt.Chart(alt.NamedData("story"))
    line = base.mark_line(interpolate="step-after").encode(x=x, y=y, **apart)
    tips = ["model:N", alt.Tooltip("epoch:Q", format=numbers.THREE), alt.Tooltip("images:Q", format=numbers.COUNT)]
    dots = base.mark_circle(size=22).encode(x=x, y=y, color=apart["color"], tooltip=tips)
    rule = alt.Chart(alt.NamedData("now")).mark_rule(color=theme.mark).encode(x=x)
    return alt.layer(line, dots, rule).properties(height=130 if len(names) == 1 else 185, width="container")
