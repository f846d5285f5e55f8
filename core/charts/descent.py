"""Charts of a walk downhill: losses over steps, sizes by layer, agreement of batches, walks over a surface, pulls on a weight."""

from typing import Any, cast

import altair as alt
import numpy as np
import pandas as pd

from core.charts import numbers, raster
from core.charts.lines import key, told_apart
from core.charts.prepared import Prepared, built
from core.charts.size import WIDE
from core.charts.theme import Theme

PLAIN = "datum.value < 0.001 ? format(datum.value, '.0e') : format(datum.value, '~r')"  # of a logarithmic axis


def lines(
    curves: pd.DataFrame, titles: tuple[str, str], colours: Theme, *, logarithmic: bool = False, whole: bool = False, height: int = 200
) -> Prepared:
    """Lines told apart by colour and dash.

    Args:
        curves: x, curve (its name), y; what cannot stand on a logarithmic axis is left out.
        titles: of the level and the upright axis.
        whole: whether x is a whole number, such as a layer; each then is a point.
    """
    names = tuple(dict.fromkeys(curves["curve"].astype(str)))
    there = curves[np.isfinite(curves["y"]) & (curves["y"] > 0)] if logarithmic else curves[np.isfinite(curves["y"])]
    return Prepared(_lines(colours, names, titles, logarithmic, whole, height), {"curves": there})


@built
def _lines(
    colours: Theme, names: tuple[str, ...], titles: tuple[str, str], logarithmic: bool, whole: bool, height: int
) -> alt.TopLevelMixin:
    axis = alt.Axis(grid=False, tickMinStep=1, format="d") if whole else alt.Axis(grid=False, tickCount=8)
    scale = alt.Scale(type="log", nice=False) if logarithmic else alt.Scale(zero=True)
    labels = alt.Axis(tickCount=5, labelExpr=PLAIN) if logarithmic else alt.Axis(tickCount=5, format=numbers.THREE)
    return (
        alt.Chart(alt.NamedData("curves"))
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=30) if whole else False)
        .encode(
            x=alt.X("x:Q", title=titles[0], scale=alt.Scale(zero=False, nice=False, padding=6), axis=axis),
            y=alt.Y("y:Q", title=titles[1], scale=scale, axis=labels),
            **told_apart("curve", names, colours, key(columns=3)),
            tooltip=[
                alt.Tooltip("x:Q", title=titles[0], format=numbers.THREE),
                "curve:N",
                alt.Tooltip("y:Q", title=titles[1], format=",.4~r"),
            ],
        )
        .properties(height=height, autosize=WIDE)
    )


def agreement(batches: pd.DataFrame, colours: Theme) -> Prepared:
    """How well batches of several sizes agree with all images, a dot a batch.

    Args:
        batches: size (in words), cosine, order.
    """
    sizes = tuple(dict.fromkeys(batches["size"]))
    return Prepared(_agreement(colours, sizes), {"batches": batches})


@built
def _agreement(colours: Theme, sizes: tuple[str, ...]) -> alt.TopLevelMixin:
    base = alt.Chart(alt.NamedData("batches"))
    y = alt.Y("size:N", title=None, sort=None, scale=alt.Scale(domain=list(sizes)), axis=alt.Axis(ticks=False, domain=False))
    x = alt.X(
        "cosine:Q",
        title="agreement: 1 same direction, 0 none",
        scale=alt.Scale(domainMax=1),
        axis=alt.Axis(tickCount=6),
    )
    dots = base.mark_point(size=60, filled=True, opacity=0.45, color=colours.lines[0]).encode(
        x=x, y=y, tooltip=["size:N", alt.Tooltip("cosine:Q", format=numbers.THREE)]
    )
    middle = base.mark_tick(color=colours.mark, thickness=2, size=24).encode(x=alt.X("median(cosine):Q"), y=y)
    return alt.layer(dots, middle).properties(height=44 * len(sizes), autosize=WIDE)


BANDS = 14  # of a surface's colours


def walks(
    surface: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    paths: pd.DataFrame,
    titles: tuple[str, str],
    colours: Theme,
    *,
    now: tuple[float, float],
) -> Prepared:
    """A surface as bands from low (paper) to high, with walks over it.

    Args:
        surface: loss with the first weight at `first` (across) and the second at `second` (up), (second, first).
        paths: walk (its name), step, x, y, loss; what lies outside is cut.
        titles: of the level and the upright axis.
        now: where the two weights stand in the network.
    """
    names = tuple(dict.fromkeys(paths["walk"]))
    box = pd.DataFrame({"x": [first[0]], "x2": [first[-1]], "y": [second[0]], "y2": [second[-1]], "url": [bands(surface, colours)]})
    ends = paths.groupby("walk", sort=False).tail(1)
    tables = {"box": box, "paths": paths, "ends": ends, "start": paths.head(1), "now": pd.DataFrame({"x": [now[0]], "y": [now[1]]})}
    ends_of = {name: (float(axis[0]), float(axis[-1])) for name, axis in (("across", first), ("up", second))}
    return Prepared(_walks(colours, names, titles), tables, ends_of)


def bands(surface: np.ndarray, colours: Theme) -> str:
    """A surface (up, across) as a picture of bands, each of as many places as the next; row 0 stands at the bottom."""
    fine = _finer(_finer(surface, 0), 1)
    edges = np.quantile(fine, np.linspace(0, 1, BANDS + 1)[1:-1])
    levels = (np.searchsorted(edges, fine) * (200 / BANDS)).astype(np.uint8)  # short of the strongest: the walks stand on it
    return raster.png_url(levels[::-1], colours.amount_palette)


def _finer(values: np.ndarray, axis: int, times: int = 8) -> np.ndarray:
    """The same with straight lines between its values along an axis."""
    count = values.shape[axis]
    at = np.linspace(0, count - 1, (count - 1) * times + 1)
    low = np.minimum(at.astype(int), count - 2)
    share = np.expand_dims(at - low, 1 - axis)
    return np.take(values, low, axis) * (1 - share) + np.take(values, low + 1, axis) * share


@built
def _walks(colours: Theme, names: tuple[str, ...], titles: tuple[str, str]) -> alt.TopLevelMixin:
    across, up = (alt.param(name=name, value=[0, 1]) for name in ("across", "up"))  # where the axes end
    x = alt.X("x:Q", title=titles[0], scale=alt.Scale(domain=_ends(across), nice=False, zero=False))
    y = alt.Y("y:Q", title=titles[1], scale=alt.Scale(domain=_ends(up), nice=False, zero=False))
    ground = alt.Chart(alt.NamedData("box")).mark_image(aspect=False, smooth=False, align="left", baseline="top", tooltip=None)
    ground = ground.encode(x=x, x2="x2:Q", y=alt.Y("y2:Q", title=titles[1]), y2="y:Q", url="url:N")
    told = told_apart("walk", names, colours, key(columns=3))
    tips = ["walk:N", "step:Q", alt.Tooltip("x:Q", format=numbers.THREE), alt.Tooltip("y:Q", format=numbers.THREE)]
    tips.append(alt.Tooltip("loss:Q", format=numbers.THREE))
    line = alt.Chart(alt.NamedData("paths")).mark_line(clip=True, strokeWidth=2.5, point=alt.OverlayMarkDef(size=12))
    line = line.encode(x=x, y=y, order="step:Q", tooltip=tips, **told)
    end = alt.Chart(alt.NamedData("ends")).mark_point(clip=True, filled=True, size=130, opacity=1, shape="diamond")
    end = end.encode(x=x, y=y, color=told["color"])
    start = alt.Chart(alt.NamedData("start")).mark_point(clip=True, size=140, strokeWidth=2.5, color=colours.mark).encode(x=x, y=y)
    now = alt.Chart(alt.NamedData("now")).mark_point(clip=True, size=140, strokeWidth=2.5, color=colours.mark, shape="cross")
    layers = alt.layer(ground, line, end, start, now.encode(x=x, y=y))
    return cast(alt.LayerChart, layers).properties(height=420, autosize=WIDE).add_params(across, up)


def _ends(of: alt.Parameter) -> list[Any]:
    """A scale's domain that a parameter holds."""
    return [alt.ExprRef(f"{of.name}[0]"), alt.ExprRef(f"{of.name}[1]")]


def pulls(states: pd.DataFrame, title: str, colours: Theme, *, at: int) -> Prepared:
    """A weight over the stored states, evenly spaced, with an arrow at each the way its gradient would move it.

    Args:
        states: epoch, weight, tip (where the arrow ends), gradient; one row a state.
        title: of the upright axis.
        at: the state that is marked.
    """
    way = np.where(states["tip"] >= states["weight"], 0, 180)
    heads = states.assign(way=way)[states["tip"] != states["weight"]]
    tables = {"states": states, "heads": heads, "here": states.iloc[[at]]}
    return Prepared(_pulls(colours, title), tables)


@built
def _pulls(colours: Theme, title: str) -> alt.TopLevelMixin:
    axis = alt.Axis(grid=False, format=numbers.THREE, labelAngle=0, labelOverlap="greedy", labelSeparation=8, ticks=False)
    x = alt.X("epoch:O", title="stored state, by its epoch", axis=axis)
    y = alt.Y("weight:Q", title=title, scale=alt.Scale(zero=False))
    base = alt.Chart(alt.NamedData("states"))
    tips = [alt.Tooltip(f"{name}:Q", format=",.4~r") for name in ("epoch", "weight", "gradient")]
    line = base.mark_line(color=colours.text, strokeWidth=2, point=alt.OverlayMarkDef(size=34, color=colours.text)).encode(
        x=x, y=y, tooltip=tips
    )
    stems = base.mark_rule(color=colours.lines[1], strokeWidth=1.5).encode(x=x, y=y, y2="tip:Q")
    heads = alt.Chart(alt.NamedData("heads")).mark_point(shape="triangle-up", filled=True, size=40, opacity=1, color=colours.lines[1])
    heads = heads.encode(x=x, y="tip:Q", angle=alt.Angle("way:Q", scale=None))
    here = alt.Chart(alt.NamedData("here")).mark_point(size=180, strokeWidth=2, color=colours.mark).encode(x=x, y=y)
    return alt.layer(stems, heads, line, here).properties(height=280, autosize=WIDE)
