"""How a chart takes its place: its stated height is that of the plot, axes and legend come on top."""

import altair as alt

WIDE = alt.AutoSizeParams(type="fit-x", contains="padding")  # as wide as its column
FIXED = alt.AutoSizeParams(type="pad")  # as wide as it says
