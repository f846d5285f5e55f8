"""Several trainings on the same axes: a line each, a band where a training was repeated with other seeds, and those seeds one by one."""

import altair as alt
import pandas as pd

from core.charts import numbers
from core.charts.curves import floor
from core.charts.epoch import epoch_axis, squeezed
from core.charts.lines import key, told_apart
from core.charts.prepared import Prepared, built
from core.charts.size import WIDE
from core.charts.theme import Theme

HEIGHT = 320
MOST_FLOOR = 0.95  # share at which an axis may begin


def comparison(
    curves: pd.DataFrame,
    bands: pd.DataFrame,
    singles: pd.DataFrame,
    title: str,
    colours: Theme,
    *,
    percent: bool = False,
    logarithmic: bool = False,
) -> Prepared:
    """Curves over the epochs, each of one training or the mean over its seeds.

    Args:
        curves: curve (its name), epoch, value.
        bands: curve, epoch, low, high: from the lowest seed to the highest; may be empty.
        singles: curve, seed, epoch, value: each seed by itself, drawn thin; may be empty.
        title: of the upright axis.
    """
    tables = {"curves": curves, "bands": bands, "singles": singles}
    names = tuple(dict.fromkeys(curves["curve"]))
    spec = _comparison(
        colours,
        names=names,
        title=title,
        last=float(curves["epoch"].max()),
        squeezed=squeezed(curves["epoch"].to_numpy(dtype=float)),
        least=min(MOST_FLOOR, *(floor(table) for table in (curves, singles) if len(table))) if percent else 0.0,
        percent=percent,
        logarithmic=logarithmic,
        parts=tuple(name for name, table in tables.items() if len(table)),
    )
    return Prepared(spec, {name: table for name, table in tables.items() if len(table)})


@built
def _comparison(
    colours: Theme,
    *,
    names: tuple[str, ...],
    title: str,
    last: float,
    squeezed: bool,
    least: float,
    percent: bool,
    logarithmic: bool,
    parts: tuple[str, ...],
) -> alt.TopLevelMixin:
    x = epoch_axis(last, squeezed)
    share = alt.Scale(domain=[least, 1], nice=False)
    scale = share if percent else alt.Scale(type="log", nice=False) if logarithmic else alt.Scale(zero=True)
    axis = alt.Axis(format=".0%" if percent else "~g", tickCount=5, grid=not logarithmic)
    apart = told_apart("curve", names, colours, key(limit=700))
    form = numbers.FINE_PERCENT if percent else numbers.THREE
    layers: list[alt.Chart] = []
    if "bands" in parts:
        area = alt.Chart(alt.NamedData("bands")).mark_area(clip=True, opacity=0.18)
        low = alt.Y("low:Q", title=title, scale=scale, axis=axis)
        layers.append(area.encode(x=x, y=low, y2="high:Q", color=apart["color"]))
    y = alt.Y("value:Q", title=title, scale=scale, axis=axis)
    if "singles" in parts:
        thin = alt.Chart(alt.NamedData("singles")).mark_line(clip=True, strokeWidth=1, opacity=0.6)
        tips = [alt.Tooltip("curve:N", title="run"), alt.Tooltip("seed:N"), alt.Tooltip("value:Q", format=form)]
        layers.append(thin.encode(x=x, y=y, detail="seed:N", color=apart["color"], tooltip=tips))
    line = alt.Chart(alt.NamedData("curves")).mark_line(clip=True, strokeWidth=2.5)
    tips = [alt.Tooltip("curve:N", title="run"), alt.Tooltip("epoch:Q", format=numbers.THREE), alt.Tooltip("value:Q", format=form)]
    layers.append(line.encode(x=x, y=y, tooltip=tips, **apart))
    return alt.layer(*layers).properties(height=HEIGHT, autosize=WIDE)
