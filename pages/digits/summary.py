"""The model summary and what stands in each weight."""

import pandas as pd
import streamlit as st

from core.analysis.weight_summary import layer_table, spread, weight_table
from core.charts.histogram import histogram
from core.ui import page
from pages.digits import net as digit_net
from pages.digits.net import Net


def summary(net: Net) -> None:
    """The third section."""
    st.subheader("Layers", anchor=False)
    layers = layer_table(net.run.spec.model)
    with st.container(key="digits-summary"):
        whole = {name: st.column_config.NumberColumn(format="localized") for name in ("values", "parameters")}
        st.dataframe(layers, hide_index=True, width="content", height="content", column_config=whole)
    st.caption(
        "Output: maps x height x width. A convolution of 5x5 has one kernel for each pair of output and input map, and a bias for each "
        "output map; pooling has no parameters."
    )
    st.subheader(f"Weights, {digit_net.state_name(net.run, net.state)}", anchor=False)
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
    st.caption("Each histogram has its own axes. Move the state slider: the kernels spread out while they learn.")
    left, right = st.columns([1, 5])
    left.download_button("Layers (CSV)", _csv(layers), "digit-layers.csv", "text/csv", on_click="ignore", icon=":material/download:")
    right.download_button("Weights (CSV)", _csv(weights), "digit-weights.csv", "text/csv", on_click="ignore", icon=":material/download:")


def _csv(frame: pd.DataFrame) -> str:
    return frame.to_csv(index=False)
