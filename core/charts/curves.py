"""Curves over the epochs, with a mark at the epoch shown that a click moves: losses, shares, measures of any network."""

from collections.abc import Mapping
from typing import cast

import altair as alt
import numpy as np
import pandas as pd

from core.charts import numbers
from core.charts.epoch import epoch_axis, epoch_param, mark, opening, squeezed, strips
from core.charts.lines import key, told_apart
from core.charts.prepared import Prepared, built
from core.charts.size import WIDE
from core.charts.theme import Theme

FEW = 40  # states that are drawn as points too


def over_epochs(
    curves: pd.DataFrame,
    states: pd.DataFrame,
    title: str,
    colours: Theme,
    at: int | None = None,
    *,
    last: float | None = None,
    domain: tuple[float, float] | None = None,
    logarithmic: bool = False,
    percent: bool = False,
    others: pd.DataFrame | None = None,
    band: pd.DataFrame | None = None,
    level: tuple[float, str] | None = None,
    moment: tuple[float, str] | None = None,
    height: int = 220,
) -> Prepared:
    """Lines over the epochs, told apart by colour and dash.

    Args:
        curves: epoch, curve (its name), value.
        states: state, epoch, what the tooltip says of it, and perhaps now (clicks so far); one row a state.
        title: of the upright axis.
        at: the state that the player's mark opens at, and a click picks a state as "picked"; None: neither mark nor clicks.
        last: epoch at which the axis ends, where more are to come.
        domain: of the upright axis; None: from 0.
        others: seed, epoch, value of other seeds, drawn thin behind.
        band: epoch, low, high of a range behind the last curve.
        level: a value to compare with, dashed, and its name.
        moment: an epoch and what happened then.
        height: of the plot in pixels.
    """
    names = tuple(dict.fromkeys(curves["curve"]))
    states = states if "now" in states else states.assign(now=0)
    end = float(states["epoch"].max()) if last is None else float(last)
    tables = {"curves": curves, "strips": strips(states)}
    if at is not None:
        tables["states"] = states[["state", "epoch"]]
    for name, table in (("others", others), ("band", band)):
        if table is not None and len(table):
            tables[name] = table
    if level is not None:
        tables["level"] = pd.DataFrame({"value": [level[0]], "name": [level[1]], "epoch": [end]})
    if moment is not None:
        tables["moment"] = pd.DataFrame({"epoch": [moment[0]], "word": [moment[1]]})
    spec = _curves(
        colours,
        names=names,
        said=tuple(column for column in states.columns if column not in ("state", "epoch", "now")),
        title=title,
        last=end,
        squeezed=squeezed(states["epoch"].to_numpy(dtype=float)),
        domain=domain,
        logarithmic=logarithmic,
        percent=percent,
        states=None if at is None else len(states),
        points=at is None or len(states) < FEW,
        behind=tuple(sorted(set(tables) - {"curves", "states", "strips"})),
        late=moment is not None and moment[0] > 0.6 * end,
        height=height,
    )
    return Prepared(spec, tables, opening={} if at is None else opening(at, len(states)))


@built
def _curves(
    colours: Theme,
    *,
    names: tuple[str, ...],
    said: tuple[str, ...],
    title: str,
    last: float,
    squeezed: bool,
    domain: tuple[float, float] | None,
    logarithmic: bool,
    percent: bool,
    states: int | None,
    points: bool,
    behind: tuple[str, ...],
    late: bool,
    height: int,
) -> alt.TopLevelMixin:
    x = epoch_axis(last, squeezed)
    if logarithmic:
        scale = alt.Scale(type="log", nice=False)
    else:
        scale = alt.Scale(domainMin=0) if domain is None else alt.Scale(domain=list(domain), nice=False)
    axis = alt.Axis(format=".0%" if percent else "~g", tickCount=4 if logarithmic else 5, grid=not logarithmic)
    y = alt.Y("value:Q", title=title, scale=scale, axis=axis)
    named = {name: alt.Chart(alt.NamedData(name)) for name in ("curves", *behind)}
    layers: list[alt.Chart] = []
    if "band" in named:
        area = named["band"].mark_area(clip=True, opacity=0.2, color=colours.line_colours(len(names))[-1])
        layers.append(area.encode(x=x, y=alt.Y("low:Q", title=title, scale=scale, axis=axis), y2="high:Q"))
    if "others" in named:
        thin = named["others"].mark_line(clip=True, strokeWidth=1, opacity=0.35, color=colours.muted)
        layers.append(thin.encode(x=x, y=y, detail="seed:N"))
    if "level" in named:
        layers.append(named["level"].mark_rule(color=colours.muted, strokeDash=[4, 3]).encode(y="value:Q"))
        word = named["level"].mark_text(align="right", dx=-6, dy=8, color=colours.muted, fontSize=11)
        layers.append(word.encode(x="epoch:Q", y="value:Q", text="name:N"))
    line = named["curves"].mark_line(clip=True, strokeWidth=2, point=alt.OverlayMarkDef(size=14, opacity=0.6) if points else False)
    layers.append(line.encode(x=x, y=y, **told_apart("curve", names, colours, key())))
    if "moment" in named:
        layers.append(named["moment"].mark_rule(color=colours.wrong, strokeDash=[4, 3], strokeWidth=1.5).encode(x="epoch:Q"))
        side = -1 if late else 1  # the word stands where there is room for it
        word = named["moment"].mark_text(align="right" if late else "left", dx=4 * side, color=colours.wrong, fontSize=11)
        layers.append(word.encode(x="epoch:Q", y=alt.value(-7), text="word:N"))
    layers.append(_strips(said, clicks=states is not None))
    if states is not None:
        layers.insert(-1, mark(colours.mark))
    chart = alt.layer(*layers).properties(height=height, autosize=WIDE)
    return cast(alt.LayerChart, chart if states is None else chart.add_params(epoch_param(states)))


def _strips(said: tuple[str, ...], clicks: bool) -> alt.Chart:
    """An unseen strip for each state: a pointer over it reads its numbers, a click picks it.

    The pick carries the clicks so far, so that a second one on the same strip counts too.
    """
    tips = [alt.Tooltip("epoch:Q", format=numbers.THREE), *(alt.Tooltip(f"{name}:Q", format=",.4~r") for name in said)]
    strip = alt.Chart(alt.NamedData("strips"), name="strips").mark_rect(opacity=0, clip=True)
    strip = strip.encode(x="left:Q", x2="right:Q", tooltip=tips)
    if not clicks:
        return strip
    return strip.add_params(alt.selection_point(name="picked", fields=["state", "now"], on="click", empty=False, toggle=False))


def table(history: Mapping[str, np.ndarray], columns: Mapping[str, str]) -> pd.DataFrame:
    """The table `curves` of some columns of a history, name of the curve -> column; what the history lacks is left out."""
    epochs = np.asarray(history["epoch"])
    parts = [
        pd.DataFrame({"state": np.arange(len(epochs)), "epoch": epochs, "curve": name, "value": np.asarray(history[column])})
        for name, column in columns.items()
        if column in history
    ]
    return pd.concat(parts, ignore_index=True)


def floor(curves: pd.DataFrame) -> float:
    """Where an axis of shares may begin: the lowest share after the start, down to a multiple of 5%, since the start itself
    would flatten everything else."""
    trained = curves.loc[curves["epoch"] >= 1, "value"].dropna()
    return max(0.0, int(float(trained.min()) * 20) / 20) if len(trained) else 0.0
