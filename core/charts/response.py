"""Curves along a parameter of the input, with a mark at the value shown and the range that a network was trained with."""

import altair as alt
import pandas as pd

from core.charts import numbers
from core.charts.lines import key, told_apart
from core.charts.prepared import Prepared, built
from core.charts.size import WIDE
from core.charts.theme import Theme


def along(
    curves: pd.DataFrame,
    here: float,
    titles: tuple[str, str],
    colours: Theme,
    *,
    domain: tuple[float, float] | None = None,
    trained: tuple[float, float] | None = None,
) -> Prepared:
    """Lines over a parameter, told apart by colour and dash.

    Args:
        curves: value (of the parameter), curve (its name), answer.
        here: the parameter's value on the screen.
        titles: of the level and the upright axis.
        domain: of the upright axis; None: from 0.
        trained: the range to shade.
    """
    names = tuple(dict.fromkeys(curves["curve"].astype(str)))
    tables = {"curves": curves.assign(curve=curves["curve"].astype(str)), "here": pd.DataFrame({"value": [here]})}
    if trained is not None:
        tables["trained"] = pd.DataFrame({"value": [trained[0]], "end": [trained[1]]})
    return Prepared(_along(colours, names, titles, domain, trained is not None), tables)


@built
def _along(
    colours: Theme, names: tuple[str, ...], titles: tuple[str, str], domain: tuple[float, float] | None, shaded: bool
) -> alt.TopLevelMixin:
    scale = alt.Scale(zero=True) if domain is None else alt.Scale(domain=list(domain))
    lines = (
        alt.Chart(alt.NamedData("curves"))
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("value:Q", title=titles[0], scale=alt.Scale(zero=False, nice=False), axis=alt.Axis(grid=False, tickCount=8)),
            y=alt.Y("answer:Q", title=titles[1], scale=scale, axis=alt.Axis(tickCount=5)),
            **told_apart("curve", names, colours, key(columns=len(names))),
            tooltip=[
                alt.Tooltip("value:Q", title=titles[0], format=numbers.THREE),
                "curve:N",
                alt.Tooltip("answer:Q", title=titles[1], format=",.4~r"),
            ],
        )
    )
    rule = alt.Chart(alt.NamedData("here")).mark_rule(color=colours.mark).encode(x="value:Q")
    layers = [lines, rule]
    if shaded:
        layers.insert(0, alt.Chart(alt.NamedData("trained")).mark_rect(color=colours.grid, opacity=0.5).encode(x="value:Q", x2="end:Q"))
    return alt.layer(*layers).properties(height=200, autosize=WIDE)
