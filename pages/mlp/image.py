"""Which image goes through the MLP: a test digit, or one drawn here."""

import streamlit as st

from core.runs.run import Run
from core.ui.drawn_digit import drawn_digit
from pages.mlp import details as mlp_details
from pages.mlp.through import through_panel
from pages.mlp.view import View

SOURCES = {"test": "A test digit", "draw": "Draw one"}


@st.fragment
@mlp_details.linked("image")
def image_panel(run: Run, view: View) -> None:
    """Choose the image and follow it through the network."""
    source = st.segmented_control(
        "Image",
        list(SOURCES),
        format_func=lambda s: SOURCES[s],
        key="mlp-image-source",
        required=True,
        persist_state="session",
    )
    if source != "draw":
        through_panel(run, view)
        return
    with drawn_digit("mlp-pad") as image:
        if image is not None:
            through_panel(run, view, image)
