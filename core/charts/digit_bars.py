"""Ten classes as bars: what the network says of an example, and how well it does on each digit."""

import altair as alt
import numpy as np
import pandas as pd

from core.charts.theme import Theme


def recalls(before: np.ndarray, after: np.ndarray, colours: Theme, *, width: int = 300) -> alt.TopLevelMixin:
    """Share of each digit read right, (10,) with every filter on and (10,) with one off: a line from the one to the other."""
    frame = pd.DataFrame({"digit": [str(d) for d in range(len(before))], "all filters": before, "one off": after})
    frame["points lost"] = 100 * (frame["all filters"] - frame["one off"])
    frame = frame.dropna()
    y = alt.Y("digit:N", title="digit", sort=None)
    low = min(0.5, float(np.floor(frame[["all filters", "one off"]].min().min() * 10) / 10)) if len(frame) else 0.0
    scale = alt.Scale(domain=[low, 1.0], clamp=True)
    said = [alt.Tooltip("digit:N"), *(alt.Tooltip(f"{name}:Q", format=".2%") for name in ("all filters", "one off"))]
    base = alt.Chart(frame).encode(y=y, tooltip=said)
    line = base.mark_rule(strokeWidth=2, color=colours.wrong).encode(
        x=alt.X("all filters:Q", title="share read right", scale=scale, axis=alt.Axis(format="%")), x2="one off:Q"
    )
    on = base.mark_point(size=60, filled=True, color=colours.right, shape="circle").encode(x=alt.X("all filters:Q", scale=scale))
    off = base.mark_point(size=70, filled=True, color=colours.wrong, shape="diamond").encode(x=alt.X("one off:Q", scale=scale))
    return alt.layer(line, on, off, width=width, height=240)


def ten(shares: np.ndarray, title: str, url: str, colours: Theme) -> alt.VConcatChart:
    """Ten bars (10,) for one image, under its title and its picture."""
    frame = pd.DataFrame({"digit": [str(d) for d in range(len(shares))], "probability": np.asarray(shares, float)})
    frame["top"] = frame["probability"] == frame["probability"].max()
    picture = (
        alt.Chart(pd.DataFrame({"url": [url]}), width=168, height=84, view=alt.ViewConfig(stroke=None))
        .mark_image(width=84, height=84, smooth=False, tooltip=None)
        .encode(url="url:N", x=alt.value(84), y=alt.value(42))
    )
    bars = (
        alt.Chart(frame, width=168, height=90)
        .mark_bar()
        .encode(
            x=alt.X("digit:N", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("probability:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", values=[0, 0.5, 1])),
            color=alt.condition("datum.top", alt.value(colours.right), alt.value(colours.muted)),
            tooltip=[alt.Tooltip("digit:N"), alt.Tooltip("probability:Q", format=".6f")],
        )
    )
    return alt.vconcat(picture, bars, spacing=4, title=title)
