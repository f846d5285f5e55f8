"""The model summary and what stands in each weight."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.weight_summary import layer_table, spread, weight_table
from core.charts import numbers
from core.charts.histogram import histogram
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.frame import page
from core.serving.shared import shared
from core.ui.shown import Shown
from pages.digits import words


def summary(net: Shown) -> None:
    """The third section."""
    st.subheader("Layers", anchor=False)
    model = net.run.spec.model
    layers, weights, histograms = _tables(net, net.key, net.state, page.theme().dark)
    with st.container(key="digits-summary"):
        whole = {name: st.column_config.NumberColumn(format="localized") for name in ("values", "parameters")}
        st.dataframe(layers, hide_index=True, width="content", height="content", column_config=whole)
    st.caption(words.SUMMARY.format(k=model.kernel_size) if model.kind == "digit_cnn" else words.SUMMARY_OF_STEPS)
    st.subheader(f"Weights, {net.words}", anchor=False)
    style = {name: st.column_config.NumberColumn(format="%.4f") for name in ("min", "max", "mean")}
    style["parameters"] = st.column_config.NumberColumn(format="localized")
    with st.container(key="digits-weights"):
        st.dataframe(weights, hide_index=True, width="content", height="content", column_config=style)
    with st.container(horizontal=True, key="digits-histograms"):
        for name, chart in histograms.items():
            page.chart(chart, alt_text=f"How the values of {name} are spread, {_span(net.weights[name])}", key=f"digits-spread-{name}")
    st.caption(words.HISTOGRAMS)
    left, right = st.columns([1, 5])
    for column, name, table in ((left, "Layers", layers), (right, "Weights", weights)):
        column.download_button(
            f"{name} (CSV)",
            lambda table=table: _csv(table),  # type: ignore[misc]
            f"digit-{name.lower()}.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
        )


@shared()
def _tables(_net: Shown, key: str, state: int, dark: bool) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Prepared]]:
    """The layers, the weights, and how the values of each weight are spread."""
    charts = {name: histogram(spread(values), theme(dark), title=name, width=230, height=110) for name, values in _net.weights.items()}
    return layer_table(_net.run.spec.model), weight_table(_net.weights), charts


def _span(values: np.ndarray) -> str:
    return numbers.span(float(values.min()), float(values.max()))


def _csv(frame: pd.DataFrame) -> str:
    return frame.to_csv(index=False)
