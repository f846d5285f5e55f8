"""One map of the digit CNN large enough to read its values, and the small matrices of a ledger."""

import altair as alt
import numpy as np
import pandas as pd

from core.charts.theme import Theme, amount_scale, signed_scale


def tidy(values: np.ndarray, **columns: object) -> pd.DataFrame:
    """A matrix (height, width) as row, column, value, with constant columns beside them."""
    rows, cols = np.indices(values.shape)
    return pd.DataFrame({"row": rows.ravel(), "column": cols.ravel(), "value": np.asarray(values, float).ravel(), **columns})


def large_map(
    values: np.ndarray, colours: Theme, *, signed: bool, limit: float, pick: tuple[int, int], side: int = 300
) -> alt.TopLevelMixin:
    """A map (height, width) as squares that a click picks; the picked one is framed. Values are printed where they fit."""
    frame = tidy(values)
    frame["picked"] = (frame["row"] == pick[0]) & (frame["column"] == pick[1])
    scale = signed_scale(limit, colours) if signed else amount_scale(limit, colours)
    x = alt.X("column:O", title="column", axis=alt.Axis(labelAngle=0, labelOverlap=True))
    y = alt.Y("row:O", title="row", axis=alt.Axis(labelOverlap=True))
    said = [alt.Tooltip("row:O"), alt.Tooltip("column:O"), alt.Tooltip("value:Q", format=".6f")]
    point = alt.selection_point(name="cell", fields=["row", "column"], on="click", empty=False, toggle=False)
    base = alt.Chart(frame).encode(x=x, y=y, tooltip=said)
    cells = (
        base.mark_rect()
        .encode(color=alt.Color("value:Q", scale=scale, legend=alt.Legend(title="value", orient="bottom", direction="horizontal")))
        .add_params(point)
    )
    frame_of = base.transform_filter("datum.picked").mark_rect(fill=None, stroke=colours.mark, strokeWidth=2.5)
    layers = [cells, frame_of]
    if max(values.shape) <= 8:
        strong = f"abs(datum.value) > {0.55 * limit}"
        ink = alt.condition(strong, alt.value(colours.paper), alt.value(colours.text))
        layers.append(base.mark_text(fontSize=11).encode(text=alt.Text("value:Q", format=".2f"), color=ink))
    height = round(side * values.shape[0] / values.shape[1])
    return alt.layer(*layers, width=side, height=height)


def term(values: np.ndarray, name: str, colours: Theme, *, signed: bool, limit: float, side: int = 180) -> alt.TopLevelMixin:
    """One small matrix (k, k) of a ledger with its numbers, under its name."""
    scale = signed_scale(limit, colours) if signed else amount_scale(limit, colours)
    said = [alt.Tooltip("row:O"), alt.Tooltip("column:O"), alt.Tooltip("value:Q", format=".6f")]
    base = alt.Chart(tidy(values), title=name).encode(x=alt.X("column:O", axis=None), y=alt.Y("row:O", axis=None), tooltip=said)
    ink = alt.condition(f"abs(datum.value) > {0.55 * (limit or 1)}", alt.value(colours.paper), alt.value(colours.text))
    cells = base.mark_rect().encode(color=alt.Color("value:Q", scale=scale, legend=None))
    words = base.mark_text(fontSize=10).encode(text=alt.Text("value:Q", format=".2f"), color=ink)
    return alt.layer(cells, words, width=side, height=side)


def bars(values: np.ndarray, labels: list[str], colours: Theme, *, title: str, width: int = 320) -> alt.TopLevelMixin:
    """Signed contributions as bars from zero with their numbers, (n,)."""
    frame = pd.DataFrame({"part": labels, "value": np.asarray(values, float)})
    reach = float(np.abs(values).max() or 1) * 1.35
    base = alt.Chart(frame).encode(
        y=alt.Y("part:N", sort=None, title=None),
        x=alt.X("value:Q", title=title, scale=alt.Scale(domain=[-reach, reach])),
        tooltip=["part:N", alt.Tooltip("value:Q", format=".6f")],
    )
    bar = base.mark_bar(height={"band": 0.65}, stroke=colours.muted, strokeWidth=0.5).encode(
        color=alt.Color("value:Q", scale=signed_scale(reach, colours), legend=None)
    )
    right = (
        base.transform_filter("datum.value >= 0")
        .mark_text(align="left", dx=4, color=colours.text)
        .encode(text=alt.Text("value:Q", format=".3f"))
    )
    left = (
        base.transform_filter("datum.value < 0")
        .mark_text(align="right", dx=-4, color=colours.text)
        .encode(text=alt.Text("value:Q", format=".3f"))
    )
    return alt.layer(bar, right, left, width=width, height=max(60, 18 * len(frame)))


def histogram(values: np.ndarray, name: str, colours: Theme, *, bins: int = 40) -> alt.Chart:
    """How one weight's values are spread, under its name; its axes are its own."""
    counts, edges = np.histogram(values.ravel(), bins=min(bins, max(4, values.size // 2)))
    frame = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "weights": counts})
    said = [alt.Tooltip("from:Q", format=".4f"), alt.Tooltip("to:Q", format=".4f"), alt.Tooltip("weights:Q")]
    return (
        alt.Chart(frame, title=name, width=230, height=110)
        .mark_bar(color=colours.lines[0])
        .encode(
            x=alt.X("from:Q", bin="binned", title=None, axis=alt.Axis(tickCount=4)),
            x2="to:Q",
            y=alt.Y("weights:Q", title="count"),
            tooltip=said,
        )
    )
