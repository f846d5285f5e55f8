"""Loss and accuracy over the epochs of a digit network, with the spread over seeds where it is known."""

import altair as alt
import pandas as pd

from core.charts.theme import Theme

SPLITS = ("training", "validation", "test")


def curve(history: pd.DataFrame, epochs: int, what: str, colours: Theme, *, width: int = 300) -> alt.Chart:
    """Loss or accuracy over the epochs.

    Args:
        history: epoch, split (of SPLITS), loss, accuracy (a share); a row a state and split.
        epochs: asked for, where the axis ends.
        what: "loss" or "accuracy".
    """
    x = alt.X("epoch:Q", title="epoch", scale=alt.Scale(domain=[0, max(epochs, 1)]))
    scale = alt.Scale(domain=list(SPLITS), range=list(colours.lines[:3]))
    color = alt.Color("split:N", scale=scale, legend=alt.Legend(title=None, orient="bottom"))
    dash = alt.StrokeDash("split:N", scale=alt.Scale(domain=list(SPLITS), range=[[1, 0], [6, 3], [2, 2]]), legend=None)
    said = [
        alt.Tooltip("epoch:Q", format=".3f"),
        alt.Tooltip("split:N"),
        alt.Tooltip("loss:Q", format=".4f"),
        alt.Tooltip("accuracy:Q", format=".2%"),
    ]
    base = (
        alt.Chart(history, width=width, height=220)
        .mark_line(point=alt.OverlayMarkDef(size=24))
        .encode(x=x, color=color, strokeDash=dash, tooltip=said)
    )
    if what == "loss":
        y = alt.Y("loss:Q", title="cross-entropy", scale=alt.Scale(domainMin=0))
    else:
        y = alt.Y("accuracy:Q", title="share right", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    return base.encode(y=y)
