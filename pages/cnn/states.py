"""The state shown, moved by the player and by clicks in charts over the states."""

from typing import Any

import pandas as pd
import streamlit as st

from core.charts.curves import over_epochs
from core.ui import clicks, page, shown
from core.ui.player import player
from core.ui.shown import Shown
from pages.cnn.choices import put

TARGETS = ("cnn-kernels", "cnn-structure", "cnn-loss")  # containers of what the player moves


def state_player(of: Shown) -> None:
    """The player that drives every picture with a mark at the state shown."""

    def rested() -> None:
        put("state", int(st.session_state["cnn-player"]["frame"]))

    player("cnn-player", shown.labels(of.run), of.state, TARGETS, name="epoch", on_rest=rested)


def state_curves(of: Shown, key: str, curves: pd.DataFrame, states: pd.DataFrame, title: str, alt_text: str, **options: Any) -> None:
    """Curves over the states with a mark at the one shown; a click goes to a state. See core.charts.curves.over_epochs."""

    def picked() -> None:
        state = clicks.take(key, "state")
        if state is not None:
            put("state", state)

    chart = over_epochs(curves, states.assign(now=clicks.count(key)), title, page.theme(), of.state, **options)
    page.chart(chart, alt_text=alt_text, key=key, select=picked, width="stretch", steady=True)
