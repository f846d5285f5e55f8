"""The state shown, moved by the player and by clicks in charts over the states."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.charts import numbers
from core.charts.curves import over_epochs
from core.charts.epoch import opening
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.frame import page
from core.serving.shared import shared
from core.ui import clicks, shown
from core.ui.player import player
from core.ui.shown import Shown
from pages.cnn.choices import put

TARGETS = ("cnn-kernels", "cnn-structure", "cnn-loss")  # containers of what the player moves


def state_player(of: Shown, sentences: Mapping[str, Sequence[str]]) -> None:
    """The player that drives every picture with a mark at the state shown, and the sentences of `player`."""

    def rested() -> None:
        put("state", int(st.session_state["cnn-player"]["frame"]))

    player("cnn-player", shown.labels(of.run), of.state, TARGETS, name="epoch", sentences=sentences, on_rest=rested)


Curves = tuple[pd.DataFrame, pd.DataFrame, str, dict[str, Any]]  # curves, states, title and options of core.charts.curves.over_epochs


def state_curves(of: Shown, key: str, build: Callable[[], Curves], alt_text: str, kernel: int = 0) -> None:
    """Curves over the states with a mark at the one shown; a click goes to a state.

    Args:
        build: makes them of the run, where nobody has looked at them yet.
        kernel: of which they speak, if of one.
    """

    def picked() -> None:
        state = clicks.take(key, "state")
        if state is not None:
            put("state", state)

    chart, ends = _chart(build, of.key, of.run.states, key, kernel, clicks.count(key), page.theme().dark)
    said = f"{alt_text}; at the end {ends}"
    page.chart(chart.opened(opening(of.state, of.run.states)), alt_text=said, key=key, select=picked, width="stretch", steady=True)


@shared()
def _chart(_build: Callable[[], Curves], run: str, states: int, key: str, kernel: int, now: int, dark: bool) -> tuple[Prepared, str]:
    """The chart, and where its curves end."""
    curves, rows, title, options = _build()
    ends = ", ".join(f"{name} {numbers.number(one['value'].iloc[-1])}" for name, one in curves.groupby("curve", sort=False))
    return over_epochs(curves, rows.assign(now=now), title, theme(dark), 0, **options), ends
