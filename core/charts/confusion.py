"""Confusion matrices that follow an epoch signal in the browser: one wide table, a column a stored state."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from core.charts.theme import Theme

RECALL, PRECISION = "recall", "precision"
HEIGHT = 470  # pixels
SHARE_WORDS = "the stronger the colour, the larger the share of its row (square-root scale, so that single errors show)"
DIFFERENCE_WORDS = "orange: more images here in the first model, blue: more in the second, as a share of the row (square-root scale)"
DIFFERENCE_LIMIT = 0.5  # square root of a share: beyond a quarter of the row the colour stays the same


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


def _epoch(states: int) -> alt.Parameter:
    """The state shown; the player writes it."""
    return alt.param(name="epoch", value=states - 1, bind=alt.binding_range(min=0, max=states - 1, step=1))


def _picked() -> alt.Parameter:
    """The picked cell as row|column; the player writes it."""
    return alt.param(name="picked", value="", bind=alt.binding(input="text"))


def _axes(names: Sequence[str], margins: bool = True) -> tuple[alt.X, alt.Y]:
    columns, rows = ([*names, RECALL], [*names, PRECISION]) if margins else (list(names), list(names))
    words = max(map(len, names)) > 2
    x = alt.X("column:N", scale=alt.Scale(domain=columns, paddingInner=0, paddingOuter=0), title="predicted").axis(
        orient="top", labelAngle=-50 if words else 0, ticks=False, domain=False, labelOverlap=False
    )
    y = alt.Y("row:N", scale=alt.Scale(domain=rows, paddingInner=0, paddingOuter=0), title="actual").axis(
        ticks=False, domain=False, labelOverlap=False
    )
    return x, y


def matrix(frame: pd.DataFrame, names: Sequence[str], theme: Theme, *, shares: bool = False, difference: bool = False) -> alt.TopLevelMixin:
    """The matrix of `table` with recall at the right and precision below; a click picks a cell as `cell`.

    Args:
        shares: write row percentages in the cells instead of counts.
        difference: the table holds one model's values less another's.
    """
    states = sum(name.startswith("s") and name[1:].isdecimal() for name in frame.columns)
    x, y = _axes(names)
    base = (
        alt.Chart(frame)
        .transform_calculate(v="datum['s' + epoch]")
        .transform_calculate(share="datum.v / datum.total")
        .transform_calculate(shade="(datum.share < 0 ? -1 : 1) * sqrt(abs(datum.share))")
    )
    sign = "+" if difference else ""
    number = f"format(datum.v, '{sign},')"
    percent = f"format(100 * datum.share, '{sign}.1f')"
    none = "datum.v === 0 ? '·' : "
    body = base.transform_filter("datum.kind === 'cell'").transform_calculate(
        text=none + (percent if shares else number),
        words=f"{number} + ' (' + {percent} + ' % of the row)'",
    )
    top, stops = (DIFFERENCE_LIMIT, theme.signed) if difference else (1.0, theme.amount)
    domain = list(np.linspace(-top if difference else 0, top, 5))
    click = alt.selection_point(name="cell", fields=["row", "column"], toggle=False, empty=False)
    rects = (
        body.mark_rect(stroke=theme.grid, strokeWidth=0.5, cursor="pointer")
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "shade:Q", scale=alt.Scale(type="linear", domain=domain, range=list(stops), clamp=True, interpolate="rgb"), legend=None
            ),
            tooltip=[
                alt.Tooltip("row:N", title="actual"),
                alt.Tooltip("column:N", title="predicted"),
                alt.Tooltip("words:N", title="images"),
            ],
        )
        .add_params(click)
    )
    strong = "abs(datum.shade) > " + ("0.3" if difference else "0.62")
    texts = body.mark_text(fontSize=11, tooltip=None).encode(
        x=x, y=y, text="text:N", color=alt.condition(strong, alt.value(theme.paper), alt.value(theme.text))
    )
    outline = (
        body.transform_filter("datum.row + '|' + datum.column === picked")
        .mark_rect(filled=False, stroke=theme.mark, strokeWidth=2.5)
        .encode(x=x, y=y)
    )
    margin = (
        base.transform_filter("datum.kind !== 'cell'")
        .transform_calculate(text=f"isValid(datum.v) ? format(100 * datum.v, '{sign}.1f') : '–'")
        .mark_text(fontSize=11, color=theme.muted)
        .encode(x=x, y=y, text="text:N", tooltip=[alt.Tooltip("kind:N", title="margin"), alt.Tooltip("v:Q", format=f"{sign}.2%")])
    )
    return alt.layer(rects, texts, outline, margin).add_params(_epoch(states), _picked()).properties(height=HEIGHT, width="container")


def pictures(frame: pd.DataFrame, names: Sequence[str], side: int, theme: Theme) -> alt.TopLevelMixin:
    """Each cell's most confident image; empty cells stay empty. A click picks a cell as `cell`.

    Args:
        frame: columns row, column, url (None where a cell is empty), confidence (share).
        side: of the images in pixels; shown at a whole multiple of it where there is room.
    """
    x, y = _axes(names, margins=False)
    click = alt.selection_point(name="cell", fields=["row", "column"], toggle=False, empty=False)
    room = "min(bandwidth('x'), bandwidth('y'))"
    size = alt.ExprRef(f"{room} < {side} ? {room} - 2 : floor({room} / {side}) * {side}")
    base = alt.Chart(frame)
    grid = (
        base.mark_rect(stroke=theme.grid, strokeWidth=0.5, cursor="pointer", fill=theme.paper)
        .encode(
            x=x,
            y=y,
            tooltip=[
                alt.Tooltip("row:N", title="actual"),
                alt.Tooltip("column:N", title="predicted"),
                alt.Tooltip("confidence:Q", title="confidence", format=".1%"),
            ],
        )
        .add_params(click)
    )
    shown = (
        base.transform_filter("isValid(datum.url)")
        .mark_image(width=size, height=size, smooth=False, tooltip=None, align="center", baseline="middle", cursor="pointer")
        .encode(x=alt.X("column:N"), y=alt.Y("row:N"), url="url:N")
    )
    outline = (
        base.transform_filter("datum.row + '|' + datum.column === picked")
        .mark_rect(filled=False, stroke=theme.mark, strokeWidth=2.5)
        .encode(x=x, y=y)
    )
    return alt.layer(grid, shown, outline).add_params(_picked()).properties(height=HEIGHT, width="container")


def story(lines: Sequence[tuple[str, np.ndarray, np.ndarray]], now: float, theme: Theme) -> alt.TopLevelMixin:
    """How many images fell into one cell at each stored state, in one model or in two.

    Args:
        lines: for each model its name, epochs (states,) and images (states,).
        now: the epoch on the screen.
    """
    frames = [pd.DataFrame({"model": name, "epoch": epochs, "images": counts}) for name, epochs, counts in lines]
    frame = pd.concat(frames, ignore_index=True)
    names = [name for name, _, _ in lines]
    x = alt.X("epoch:Q", title="epoch (square-root scale)", scale=alt.Scale(type="sqrt"), axis=alt.Axis(tickCount=6, grid=False))
    y = alt.Y("images:Q", title="images", axis=alt.Axis(tickCount=4))
    legend = alt.Legend(orient="top", title=None, labelLimit=320, columns=1) if len(lines) > 1 else None
    colour = alt.Color("model:N", scale=alt.Scale(domain=names, range=list(theme.lines[: len(names)])), legend=legend)
    base = alt.Chart(frame)
    line = base.mark_line(interpolate="step-after").encode(
        x=x, y=y, color=colour, strokeDash=alt.StrokeDash("model:N", scale=alt.Scale(domain=names), legend=legend)
    )
    dots = base.mark_circle(size=22).encode(
        x=x, y=y, color=colour, tooltip=["model:N", alt.Tooltip("epoch:Q", format=".3~f"), alt.Tooltip("images:Q", format=",")]
    )
    rule = alt.Chart(pd.DataFrame({"epoch": [now]})).mark_rule(color=theme.mark).encode(x=x)
    return alt.layer(line, dots, rule).properties(height=130 if legend is None else 185, width="container")
