"""What is lost when a unit is off: accuracy for each unit of a layer."""

import altair as alt
import pandas as pd

from core.charts import numbers
from core.charts.prepared import Prepared, built
from core.charts.size import WIDE
from core.charts.theme import Theme


def unit_bars(units: pd.DataFrame, colours: Theme) -> Prepared:
    """Percentage points of accuracy lost with each unit off alone, the most needed unit first; a click picks the unit.

    Args:
        units: unit (from 0), accuracy (share), lost (percentage points), chosen (bool), now (clicks so far).
    """
    ranked = units.sort_values(["accuracy", "unit"]).assign(place=range(len(units)))
    return Prepared(_bars(colours), {"units": ranked})


@built
def _bars(colours: Theme, height: int = 240) -> alt.TopLevelMixin:
    order = alt.EncodingSortField("place")
    return (
        alt.Chart(alt.NamedData("units"))
        .transform_calculate(called=numbers.called("datum.unit"))
        .mark_bar()
        .encode(
            x=alt.X("called:N", sort=order, title="unit that is off", axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False)),
            y=alt.Y("lost:Q", title="percentage points lost"),
            color=alt.condition("datum.chosen", alt.value(colours.mark), alt.value(colours.lines[0])),
            tooltip=[
                alt.Tooltip("called:N", title="unit"),
                alt.Tooltip("accuracy:Q", format=numbers.FINE_PERCENT),
                alt.Tooltip("lost:Q", format=numbers.THREE),
            ],
        )
        .add_params(alt.selection_point(name="picked", fields=["unit", "now"], on="click", empty=False, toggle=False))
        .properties(height=height, autosize=WIDE)
    )
