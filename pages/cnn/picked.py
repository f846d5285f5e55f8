"""The picked kernel: each weight, its numbers, and how much structure it has over the states."""

import numpy as np
import pandas as pd
import streamlit as st

from core.charts import cells, numbers
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.frame import page
from core.models.structure import LEAST_LOW, low_share, roughness
from core.serving.shared import shared
from core.ui.shown import Shown
from pages.cnn import data as cnn_data
from pages.cnn.choices import value
from pages.cnn.downloads import downloads
from pages.cnn.sentences import LOW, TV, low_words, noise, tv_words
from pages.cnn.states import Curves, state_curves
from pages.cnn.words import when

SIDE = 225  # CSS pixels of the kernel, at the most


def picked_kernel(shown: Shown) -> None:
    """The kernel at the state shown, and its two measures of structure over the epochs."""
    number = value("kernel")
    weights = cnn_data.planes(shown, "conv1")[shown.state, number - 1]
    picture, words, low, tv = st.columns([5, 6, 6, 6])
    with picture:
        st.markdown(f"**Kernel {number}** {when(shown)}")
        chart = _cells(shown, shown.key, shown.run.states, shown.state, number, page.theme().dark)
        page.chart(chart, alt_text=f"Weights of kernel {number}, {numbers.span(weights.min(), weights.max())}", key="cnn-picked")
    with words:
        st.markdown(_numbers(weights) + _act(shown, number))
        downloads(shown)
    measured = cnn_data.structure(shown, number - 1)
    noise_low, noise_tv = noise(len(weights))
    with low:
        if len(weights) < LEAST_LOW:
            st.markdown("**Broad strokes (low)**")
            st.caption(
                f"A kernel of {len(weights)} × {len(weights)} is too small for a broad stroke: from {LEAST_LOW} × {LEAST_LOW} on there is "
                "something to measure."
            )
        else:
            with st.container(key=LOW):
                st.markdown(low_words(float(low_share(weights)), len(weights)))
            _measure(shown, measured, "low", "share of energy", 1.0, noise_low)
            st.caption(
                "The share of its energy in broad stripes and patches, as against speckle. "
                "It rises as the kernel finds something to look for."
            )
    with tv:
        with st.container(key=TV):
            st.markdown(tv_words(float(roughness(weights)), len(weights)))
        _measure(shown, measured, "tv", "standard deviations", max(1.3, float(measured["tv"].max()) * 1.05), noise_tv)
        st.caption("How far neighbouring weights lie apart on average (total variation). It falls as the kernel gets smooth.")


@shared()
def _cells(_shown: Shown, key: str, states: int, state: int, number: int, dark: bool) -> Prepared:
    weights = cnn_data.planes(_shown, "conv1")[state, number - 1]
    limit, size = cnn_data.limit(_shown, "conv1"), max(1, SIDE // len(weights))
    return cells.cells(weights, limit, theme(dark), value="weight", size=size, axes=False)


def _numbers(weights: np.ndarray) -> str:
    row, column = divmod(int(abs(weights).argmax()), weights.shape[1])
    return (
        f"{weights.size:,} weights from {numbers.span(weights.min(), weights.max())}, mean {numbers.fixed(weights.mean(), 4)}. "
        f"The largest in size, {numbers.signed(weights[row, column])}, lies in row {row + 1}, column {column + 1}."
    )


def _act(shown: Shown, number: int) -> str:
    act = cnn_data.history(shown.run, f"act{number}")[shown.state]
    return f" Its map is above 0 in {numbers.percent(act)} of places." if act >= 0 else ""


def _measure(shown: Shown, measured: pd.DataFrame, name: str, title: str, most: float, noise: float) -> None:
    def build() -> Curves:
        curve = pd.DataFrame({"state": measured["state"], "epoch": measured["epoch"], "curve": name, "value": measured[name]})
        options = {"domain": (0.0, most), "height": 150, "level": (noise, "noise")}
        return curve, measured[["state", "epoch", "low", "tv"]], title, options

    state_curves(shown, f"cnn-structure-{name}", build, f"{name} of the picked kernel over the epochs", value("kernel"))
