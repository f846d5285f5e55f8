"""How many people a process lets in at once, and what the others see meanwhile."""

import threading

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.serving.limits import LIMITS

POLL_SECONDS = 10.0  # between two looks for room
_lock = threading.Lock()
_inside: set[str] = set()  # sessions that were let in


def welcome() -> bool:
    """Whether this session may see the app. Who was let in stays in, also after the connection was lost for a while."""
    most = LIMITS["people"].most()
    if most is None:
        return True
    with _lock:
        if not st.session_state.get("_inside"):
            _inside.intersection_update([session for session in _inside if _open(session)])
            if len(_inside) >= most:
                return False
        _inside.add(_me())
    st.session_state["_inside"] = True
    return True


def wait() -> None:
    """Say that there is no room, and look for it from time to time; the address stays as it is."""
    st.title("This server is full", anchor=False)
    st.markdown(LIMITS["people"].words())
    st.fragment(_look, run_every=POLL_SECONDS)()


def _look() -> None:
    if welcome():
        st.rerun()


def _me() -> str:
    """The session of this run."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


def _open(session: str) -> bool:
    """Whether somebody's browser is connected to it."""
    return runtime.exists() and runtime.get_instance().is_active_session(session)
