"""A page without any of our code, three widgets and four static charts: what Streamlit itself takes for a run."""

import streamlit as st

CHART = {
    "mark": "bar",
    "width": 300,
    "height": 200,
    "data": {"values": [{"x": i, "y": (i * 7) % 11} for i in range(20)]},
    "encoding": {"x": {"field": "x", "type": "ordinal"}, "y": {"field": "y", "type": "quantitative"}},
}

st.title("Floor")
st.segmented_control("Section", ["One", "Two", "Three"], key="floor-section")
st.selectbox("Model", ["A", "B", "C"], key="floor-model")
st.select_slider("Epoch", list(map(str, range(51))), key="floor-epoch")
for i, column in enumerate(st.columns(4)):
    column.vega_lite_chart(CHART, key=f"floor-{i}", theme=None)
