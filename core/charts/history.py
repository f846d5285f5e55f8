"""Accuracy and loss over the epochs, with a mark at the epoch that a click moves."""

import altair as alt
import pandas as pd

from core.charts.epoch import epoch_axis, layered, mark
from core.charts.theme import Theme

DASHES = ([1, 0], [6, 3], [2, 2])


def accuracy_curves(
    curves: pd.DataFrame, band: pd.DataFrame, states: pd.DataFrame, colours: Theme, opening: int, height: int = 220
) -> alt.LayerChart:
    """Shares of images recognised, and the range over the seeds.

    Args:
        curves: state, epoch, images (which), share.
        band: epoch, low, high; empty without other seeds.
        states: state, epoch, now (clicks so far) and what the tooltip says.
    """
    last = float(states["epoch"].max())
    names = list(dict.fromkeys(curves["images"]))
    scale = alt.Scale(domain=[_floor(curves), 1], nice=False)
    y = alt.Y("share:Q", title="share of images right", scale=scale, axis=alt.Axis(format=".0%", tickCount=5))
    lines = _lines(curves, colours, names).encode(x=epoch_axis(last), y=y)
    layers: list[alt.Chart] = [lines, mark(states, colours.mark), _clicks(states)]
    if len(band):
        area = alt.Chart(band).mark_area(clip=True, opacity=0.2, color=colours.lines[len(names) - 1])
        layers.insert(0, area.encode(x=epoch_axis(last), y=alt.Y("low:Q", title="share of images right", scale=scale), y2="high:Q"))
    return layered(layers, len(states), opening, height)


def _floor(curves: pd.DataFrame) -> float:
    """The lowest share after the start, rounded down to 5 %: the start itself would flatten everything else."""
    trained = curves.loc[curves["epoch"] >= 1, "share"]
    return max(0.0, int(float(trained.min()) * 20) / 20) if len(trained) else 0.0


def loss_curves(curves: pd.DataFrame, states: pd.DataFrame, colours: Theme, opening: int, height: int = 220) -> alt.LayerChart:
    """The loss on a logarithmic scale.

    Args:
        curves: state, epoch, images (which), loss.
        states: as for `accuracy_curves`.
    """
    names = list(dict.fromkeys(curves["images"]))
    scale = alt.Scale(type="log", nice=False)
    lines = _lines(curves, colours, names).encode(
        x=epoch_axis(float(states["epoch"].max())),
        y=alt.Y("loss:Q", title="loss (logarithmic)", scale=scale, axis=alt.Axis(tickCount=4, grid=False)),
    )
    return layered([lines, mark(states, colours.mark), _clicks(states)], len(states), opening, height)


def _lines(curves: pd.DataFrame, colours: Theme, names: list[str]) -> alt.Chart:
    """One line for each set of images, told apart by colour and dash."""
    line_colours = alt.Scale(domain=names, range=list(colours.lines[: len(names)]))
    dashes = alt.Scale(domain=names, range=list(DASHES[: len(names)]))
    return (
        alt.Chart(curves)
        .mark_line(clip=True, strokeWidth=2)
        .encode(
            color=alt.Color("images:N", title=None, scale=line_colours, legend=alt.Legend(orient="bottom")),
            strokeDash=alt.StrokeDash("images:N", title=None, scale=dashes),
        )
    )


def _clicks(states: pd.DataFrame) -> alt.Chart:
    """An unseen strip for each state: a click picks it, a pointer over it reads its numbers.

    The pick carries the clicks so far, so that a second one on the same strip counts too.
    """
    gap = float(states["epoch"].diff().min()) / 2 if len(states) > 1 else 0.5
    strips = states.assign(left=states["epoch"] - gap, right=states["epoch"] + gap)
    said = [column for column in states.columns if column not in ("state", "epoch", "now")]
    return (
        alt.Chart(strips, name="strips")
        .mark_rect(opacity=0, clip=True)
        .encode(
            x="left:Q",
            x2="right:Q",
            tooltip=[alt.Tooltip("epoch:Q"), *(alt.Tooltip(f"{name}:Q", format=".4g") for name in said)],
        )
        .add_params(alt.selection_point(name="picked", fields=["state", "now"], on="click", empty=False, toggle=False))
    )
