"""The usual way to show a matrix in Streamlit, the peer of look_mlp.py: Altair rects, every change by the server."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from core.runs import shipped, store


@st.cache_resource
def kernels(layer: int) -> np.ndarray:
    return store.load(shipped.RUNS["mlp-diagonal"].key).weights(f"dense{layer}.kernel")


st.set_page_config(layout="wide")
alt.data_transformers.disable_max_rows()
layer = int(st.query_params.get("layer", "5"))
epoch = st.slider("epoch", 0, 50, 50)
column = st.number_input("sort by column", -1, 48, -1)
kernel = kernels(layer)[epoch]
order = np.argsort(-kernel[:, column], kind="stable") if column >= 0 else np.arange(len(kernel))
y, x = np.divmod(np.arange(kernel.size), kernel.shape[1])
table = pd.DataFrame({"input": y, "output": x, "weight": kernel[order].ravel()})
limit = float(np.abs(kernels(layer)).max())
picture = (
    alt.Chart(table)
    .mark_rect()
    .encode(
        x="output:O",
        y=alt.Y("input:O", axis=None),
        color=alt.Color("weight:Q", scale=alt.Scale(scheme="blueorange", domain=[-limit, limit])),
        tooltip=["input", "output", "weight"],
    )
    .properties(width=490, height=784 if layer == 1 else 400)
)
with st.container(key="peer"):
    st.altair_chart(picture)
