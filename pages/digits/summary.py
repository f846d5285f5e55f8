"""The model summary and what stands in each weight."""

import pandas as pd
import streamlit as st

from core.analysis.weight_summary import layer_table, spread, weight_table
from core.charts.histogram import histogram
from core.ui import page
from core.ui.shown import Shown
from pages.digits import words


def summary(net: Shown) -> None:
    """The third section."""
    st.subheader("Layers", anchor=False)
    model = net.run.spec.model
    layers = layer_table(model)
    with st.container(key="digits-summary"):
        whole = {name: st.column_config.NumberColumn(format="localized") for name in ("values", "parameters")}
        st.dataframe(layers, hide_index=True, width="content", height="content", column_config=whole)
    st.caption(words.SUMMARY.format(k=model.kernel_size))
    st.subheader(f"Weights, {net.words}", anchor=False)
    weights = weight_table(net.weights)
    style = {name: st.column_config.NumberColumn(format="%.4f") for name in ("min", "max", "mean")}
    style["parameters"] = st.column_config.NumberColumn(format="localized")
    with st.container(key="digits-weights"):
        st.dataframe(weights, hide_index=True, width="content", height="content", column_config=style)
    with st.container(horizontal=True, key="digits-histograms"):
        for name, values in net.weights.items():
            page.chart(
                histogram(spread(values), page.theme(), title=name, width=230, height=110), alt_text=f"How the values of {name} are spread"
            )
    st.caption(words.HISTOGRAMS)
    left, right = st.columns([1, 5])
    left.download_button("Layers (CSV)", _csv(layers), "digit-layers.csv", "text/csv", on_click="ignore", icon=":material/download:")
    right.download_button("Weights (CSV)", _csv(weights), "digit-weights.csv", "text/csv", on_click="ignore", icon=":material/download:")


def _csv(frame: pd.DataFrame) -> str:
    return frame.to_csv(index=False)
