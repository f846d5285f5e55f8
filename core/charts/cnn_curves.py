"""Curves over a pulse CNN's states, with a mark at the state shown that a click moves, and curves along a pulse parameter."""

from typing import cast

import altair as alt
import pandas as pd

from core.charts.epoch import layered, mark
from core.charts.size import WIDE
from core.charts.theme import Theme, amount_scale

_KEY = alt.Legend(orient="bottom", symbolType="stroke", symbolSize=300, symbolStrokeWidth=2, symbolOpacity=1, offset=6)
DASHES = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [4, 4], [1, 3])


def state_curves(
    curves: pd.DataFrame,
    states: pd.DataFrame,
    title: str,
    colours: Theme,
    opening: int,
    *,
    domain: tuple[float, float] | None = None,
    percent: bool = False,
    others: pd.DataFrame | None = None,
    reference: tuple[float, str] | None = None,
    height: int = 240,
) -> alt.LayerChart:
    """Lines over the epochs on a square-root scale, so that the states inside the first epoch have room.

    Args:
        curves: state, epoch, curve (its name), value.
        states: state, epoch and what the tooltip says of it; one row a state.
        title: of the upright axis.
        others: seed, epoch, value of other seeds, drawn thin behind.
        reference: a value to compare with, dashed, and its name.
    """
    names = list(dict.fromkeys(curves["curve"]))
    y = alt.Y("value:Q", title=title, scale=_scale(domain), axis=alt.Axis(format=".0%" if percent else "~g", tickCount=5, grid=True))
    several = len(names) > 1
    lines = (
        alt.Chart(curves)
        .mark_line(clip=True, strokeWidth=2, point={"size": 14, "opacity": 0.6} if len(states) < 40 else False)
        .encode(
            x=_epochs(states),
            y=y,
            color=alt.Color(
                "curve:N",
                title=None,
                scale=alt.Scale(domain=names, range=list(colours.lines[: len(names)])),
                legend=alt.Legend(
                    orient="bottom",
                    columns=1,
                    labelLimit=300,
                    symbolType="stroke",
                    symbolSize=300,
                    symbolStrokeWidth=2,
                    symbolOpacity=1,
                    offset=6,
                )
                if several
                else None,
            ),
            strokeDash=alt.StrokeDash("curve:N", title=None, scale=alt.Scale(domain=names, range=list(DASHES[: len(names)])), legend=None),
        )
    )
    layers: list[alt.Chart] = [lines, mark(states, colours.mark), _clicks(states)]
    if others is not None and len(others):
        thin = alt.Chart(others).mark_line(clip=True, strokeWidth=1, opacity=0.35, color=colours.muted)
        layers.insert(0, thin.encode(x=_epochs(states), y=y, detail="seed:N"))
    if reference is not None:
        layers[:0] = _reference(*reference, states, colours)
    return layered(layers, len(states), opening, height)


def _reference(value: float, name: str, states: pd.DataFrame, colours: Theme) -> list[alt.Chart]:
    """A dashed line at a value, with its name at the right end."""
    at = alt.Chart(pd.DataFrame({"value": [value], "name": [name], "epoch": [float(states["epoch"].max())]}))
    line = at.mark_rule(color=colours.muted, strokeDash=[4, 3]).encode(y="value:Q")
    word = at.mark_text(align="right", dx=-6, dy=8, color=colours.muted, fontSize=11).encode(x="epoch:Q", y="value:Q", text="name:N")
    return [line, word]


def _epochs(states: pd.DataFrame) -> alt.X:
    last = float(states["epoch"].max()) or 1.0
    return alt.X(
        "epoch:Q",
        title="epoch (square-root scale)",
        scale=alt.Scale(type="sqrt", domain=[0, last], nice=False),
        axis=alt.Axis(grid=False, tickCount=8, labelOverlap="greedy", labelSeparation=5),
    )


def _scale(domain: tuple[float, float] | None) -> alt.Scale:
    return alt.Scale(zero=True) if domain is None else alt.Scale(domain=list(domain))


def _clicks(states: pd.DataFrame) -> alt.Chart:
    """An unseen strip for each state: a click picks it, a pointer over it reads its numbers."""
    epochs = states["epoch"].to_numpy()
    middles = (epochs[1:] + epochs[:-1]) / 2
    strips = states.assign(left=[0.0, *middles], right=[*middles, epochs[-1]])
    said = [column for column in states.columns if column not in ("state", "epoch")]
    return (
        alt.Chart(strips)
        .mark_rect(opacity=0, clip=True)
        .encode(
            x="left:Q",
            x2="right:Q",
            tooltip=[alt.Tooltip("epoch:Q", format=".3~g"), *(alt.Tooltip(f"{name}:Q", format=".4~g") for name in said)],
        )
        .add_params(alt.selection_point(name="picked", fields=["state"], on="click", empty=False, toggle=False))
    )


def fate_curves(curves: pd.DataFrame, died: float | None, last: float, colours: Theme, height: int = 130) -> alt.LayerChart:
    """Share of test images right and act of one run, small, with the moment it died.

    Args:
        curves: epoch, curve, value.
        died: epoch from which act is 0, or None.
        last: epoch at which the axis ends.
    """
    names = list(dict.fromkeys(curves["curve"]))
    lines = (
        alt.Chart(curves)
        .mark_line(strokeWidth=1.8)
        .encode(
            x=alt.X("epoch:Q", title="epoch", scale=alt.Scale(domain=[0, last], nice=False), axis=alt.Axis(grid=False, tickCount=4)),
            y=alt.Y("value:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="~g", values=[0, 0.5, 1])),
            color=alt.Color(
                "curve:N",
                title=None,
                scale=alt.Scale(domain=names, range=list(colours.lines[: len(names)])),
                legend=alt.Legend(
                    orient="bottom", labelLimit=240, symbolType="stroke", symbolSize=300, symbolStrokeWidth=2, symbolOpacity=1, offset=6
                ),
            ),
            strokeDash=alt.StrokeDash("curve:N", title=None, scale=alt.Scale(domain=names, range=list(DASHES[: len(names)])), legend=None),
            tooltip=["curve:N", alt.Tooltip("epoch:Q", format=".3~g"), alt.Tooltip("value:Q", format=".3f")],
        )
    )
    layers: list[alt.Chart] = [lines]
    if died is not None:
        moment = alt.Chart(pd.DataFrame({"epoch": [died], "word": ["dead from here"]}))
        layers.append(moment.mark_rule(color=colours.wrong, strokeDash=[4, 3], strokeWidth=1.5).encode(x="epoch:Q"))
        late = died > 0.6 * last  # the word stands where there is room for it
        layers.append(
            moment.mark_text(align="right" if late else "left", dx=-4 if late else 4, color=colours.wrong, fontSize=11).encode(
                x="epoch:Q", y=alt.value(-7), text="word:N"
            )
        )
    return cast(alt.LayerChart, alt.layer(*layers).properties(height=height, autosize=WIDE))


def parameter_curves(
    curves: pd.DataFrame,
    series: str,
    value: str,
    here: float,
    titles: tuple[str, str],
    colours: Theme,
    *,
    domain: tuple[float, float] | None,
    trained: tuple[float, float] | None = None,
) -> alt.LayerChart:
    """Curves along a pulse parameter with a mark at the value shown.

    Args:
        curves: value (of the parameter), one column `series`, one column `value`.
        here: the parameter's value on the screen.
        titles: of the level and the upright axis.
        trained: the range to shade.
    """
    names = [str(name) for name in dict.fromkeys(curves[series])]
    palette = [colours.lines[i % len(colours.lines)] for i in range(len(names))]
    lines = (
        alt.Chart(curves)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("value:Q", title=titles[0], scale=alt.Scale(zero=False, nice=False), axis=alt.Axis(grid=False, tickCount=8)),
            y=alt.Y(f"{value}:Q", title=titles[1], scale=_scale(domain), axis=alt.Axis(tickCount=5)),
            color=alt.Color(f"{series}:N", title=series, scale=alt.Scale(domain=names, range=palette), legend=_KEY),
            strokeDash=alt.StrokeDash(
                f"{series}:N", title=series, scale=alt.Scale(domain=names, range=[DASHES[i % len(DASHES)] for i in range(len(names))])
            ),
            tooltip=[alt.Tooltip("value:Q", title=titles[0], format=".3~g"), f"{series}:N", alt.Tooltip(f"{value}:Q", format=".4~g")],
        )
    )
    rule = alt.Chart(pd.DataFrame({"value": [here]})).mark_rule(color=colours.mark).encode(x="value:Q")
    layers = [lines, rule]
    if trained is not None:
        band = alt.Chart(pd.DataFrame({"value": [trained[0]], "end": [trained[1]]}))
        layers.insert(0, band.mark_rect(color=colours.grid, opacity=0.5).encode(x="value:Q", x2="end:Q"))
    return cast(alt.LayerChart, alt.layer(*layers).properties(height=200, autosize=WIDE))


def outputs(frame: pd.DataFrame, colours: Theme, low: float) -> alt.TopLevelMixin:
    """The network's outputs for one image as bars; `frame` holds class and output, `low` is the axis's lower end."""
    base = alt.Chart(frame).encode(y=alt.Y("class:N", sort=None, title=None))
    bars = base.mark_bar(color=colours.lines[0]).encode(
        x=alt.X("output:Q", title="output", scale=alt.Scale(domain=[low, 1])), tooltip=["class:N", alt.Tooltip("output:Q", format=".4f")]
    )
    words = base.mark_text(align="left", dx=4, color=colours.text).encode(x="output:Q", text=alt.Text("output:Q", format=".3f"))
    return alt.layer(bars, words).properties(height=32 * len(frame) + 20)


def confusion(frame: pd.DataFrame, names: list[str], colours: Theme) -> alt.TopLevelMixin:
    """Counts of the test images; `frame` holds actual, predicted, images, share (of the row). A click picks a cell."""
    base = alt.Chart(frame).encode(
        x=alt.X("predicted:N", sort=names, title="predicted", axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("actual:N", sort=names, title="actual"),
    )
    cells = (
        base.mark_rect(stroke=colours.grid)
        .encode(
            color=alt.Color("share:Q", title=None, legend=None, scale=amount_scale(1, colours)),
            tooltip=["actual:N", "predicted:N", "images:Q", alt.Tooltip("share:Q", title="share of the row", format=".1%")],
        )
        .add_params(alt.selection_point(name="cell", fields=["actual", "predicted"], on="click", empty=False, toggle=False))
    )
    light, dark = ("#ffffff", "#111111") if not colours.dark else ("#111111", "#f5f5f5")
    words = base.mark_text(fontSize=14).encode(
        text=alt.Text("images:Q", format=","), color=alt.condition("datum.share > 0.5", alt.value(light), alt.value(dark))
    )
    return alt.layer(cells, words).properties(height=60 * len(names) + 40)
