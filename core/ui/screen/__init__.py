"""What the browser does and says for every page: charts answer to a finger, and the server knows a narrow screen."""

import streamlit as st

from core.ui.browser_part import browser_part

_component = browser_part("kernel_explorer_screen", __file__)
KEY = "screen"
_NARROW = "_screen-narrow"


def mount() -> None:
    """Once a page, by its header; it takes no room."""
    with st.container(key=f"{KEY}-box"):
        _component(key=KEY, data={"narrow": narrow()}, on_told_change=_told)


def narrow() -> bool:
    """Whether columns stack here, as on a telephone, so that a picture has some 360 pixels.

    Until the browser has told, which it does once where this guess is wrong, what it calls itself must do.
    """
    if _NARROW not in st.session_state:
        st.session_state[_NARROW] = "Mobi" in (st.context.headers.get("User-Agent") or "")
    return st.session_state[_NARROW]


def _told() -> None:
    told = st.session_state[KEY].get("told")
    if told is not None:
        st.session_state[_NARROW] = told == "narrow"
