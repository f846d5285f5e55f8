"""Which image goes through the network: a test image, or one drawn here."""

import streamlit as st

from core.frame import choices, page
from core.ui.drawn_digit import drawn_digit
from pages.mlp import choices as mlp
from pages.mlp import words
from pages.mlp.layer import Layer, image_shape
from pages.mlp.through import through_panel

DRAWN = (28, 28)  # shape of what the pad gives


@choices.fragment
def image_panel(layer: Layer) -> None:
    """Choose the image and follow it through the network."""
    if mlp.moved(layer):
        st.rerun()
    shape = image_shape(layer.spec)
    if shape is None:
        page.empty(*words.NO_IMAGES)
        return
    source: str | None = "test"
    if shape == DRAWN:
        source = st.segmented_control(
            "Image",
            list(words.SOURCES),
            format_func=words.SOURCES.__getitem__,
            key=mlp.key("source"),
            required=True,
            persist_state="session",
        )
    if source != "draw":
        through_panel(layer)
        return
    with drawn_digit("mlp-pad") as image:
        if image is not None:
            through_panel(layer, image)
