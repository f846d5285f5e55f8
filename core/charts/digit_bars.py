"""Ten classes as bars: what the network says, and how well it does on each digit."""

from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts.theme import Theme, finish


def probability_frame(shares: np.ndarray) -> pd.DataFrame:
    """The ten probabilities (10,) as the rows that `probabilities` draws."""
    return pd.DataFrame(
        {
            "digit": [str(d) for d in range(len(shares))],
            "probability": np.asarray(shares, float),
            "share": [f"{100 * s:.1f} %" for s in shares],
            "top": np.arange(len(shares)) == int(np.argmax(shares)),
        }
    )


def probabilities(shares: np.ndarray, colours: Theme, *, width: int = 220, height: int = 220) -> alt.TopLevelMixin:
    """The ten probabilities (10,), the largest one strong, each with its number."""
    base = alt.Chart(probability_frame(shares)).encode(
        y=alt.Y("digit:N", title="digit", sort=None, axis=alt.Axis(labelFontSize=min(13, height // 16), ticks=False, domain=False)),
        x=alt.X("probability:Q", title="probability", scale=alt.Scale(domain=[0, 1.4]), axis=alt.Axis(format="%", values=[0, 0.5, 1])),
        tooltip=[alt.Tooltip("digit:N"), alt.Tooltip("probability:Q", format=".6f")],
    )
    bars = base.mark_bar(height={"band": 0.7}).encode(
        color=alt.condition("datum.top", alt.value(colours.right), alt.value(colours.muted)),
    )
    words = base.mark_text(align="left", dx=4, color=colours.text).encode(text="share:N")
    return alt.layer(bars, words, width=width, height=height)


@cache
def probability_spec(colours: Theme, width: int, height: int) -> dict[str, Any]:
    """The finished chart of `probabilities` without its rows, made once.

    Altair takes longer to write a chart down than the network to read a digit, so while the pen moves only rows are made anew.
    """
    spec = finish(probabilities(np.full(10, 0.1), colours, width=width, height=height), colours).to_dict()
    return {name: value for name, value in spec.items() if name not in ("data", "datasets")}


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
