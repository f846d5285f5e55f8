"""The state shown, moved by the player and by clicks in charts over the states."""

import streamlit as st

from core.charts.prepared import Prepared
from core.ui import page, shown
from core.ui.player import player
from core.ui.shown import Shown
from pages.cnn.choices import put

TARGETS = ("cnn-kernels", "cnn-structure", "cnn-loss")  # containers of what the player moves


def state_player(of: Shown) -> None:
    """The player that drives every picture with a mark at the state shown."""

    def rested() -> None:
        put("state", int(st.session_state["cnn-player"]["frame"]))

    player("cnn-player", shown.labels(of.run), of.state, TARGETS, name="epoch", on_rest=rested)


def state_chart(chart: Prepared, key: str, alt_text: str) -> None:
    """Curves over the states (see core.charts.curves.over_epochs); a click goes to a state."""

    def picked() -> None:
        found = (st.session_state[key].get("selection") or {}).get("picked")
        if found:
            put("state", int(found[0]["state"]))

    page.chart(chart, alt_text=alt_text, key=key, select=picked, width="stretch")
