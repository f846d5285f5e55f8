"""What the browser does and says for every page: charts answer to a finger, the link is copied or shown as a QR code, the view is
printed, terms are explained, and the server knows a narrow screen and who this browser is.

One part for all of it, since each part costs the server 0.5 ms a run.
"""

import streamlit as st

from core import words
from core.frame import present, visitor
from core.frame.browser_part import browser_part

_component = browser_part("kernel_explorer_screen", __file__)
KEY = "screen"
_NARROW = "_screen-narrow"


def mount() -> None:
    """Once a page, by its header: of all this the button that copies the address is seen, in the bar at the top."""
    data = {"narrow": narrow(), "words": words.address(), "person": visitor.person(), "own": visitor.own()[: visitor.MOST_OWN]}
    calls = {"on_told_change": _told, "on_met_change": _met, "on_present_change": _present}
    _component(key=KEY, data=data, width="content", **calls)


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


def _present() -> None:
    if st.session_state[KEY].get("present"):
        present.begin()


def _met() -> None:
    met = st.session_state[KEY].get("met")
    if isinstance(met, dict):
        visitor.meet(met.get("person"), met.get("own"))
