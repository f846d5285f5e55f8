"""What the browser does for every page: charts on canvas answer to a finger as they do to a mouse."""

import streamlit as st

from core.ui.browser_part import browser_part

_component = browser_part("kernel_explorer_screen", __file__)
KEY = "screen"


def mount() -> None:
    """Once a page, by its header; it takes no room."""
    with st.container(key=f"{KEY}-box"):
        _component(key=KEY)
