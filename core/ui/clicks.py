"""Clicks in charts: what was picked, told apart from the same pick before."""

import streamlit as st


def count(chart: str) -> int:
    """How many clicks the chart with this key has had.

    Put it into the chart's data as `now` and among the selection's fields: a second click on the same mark then is a new
    selection, and not the silence that an unchanged one would be.
    """
    return st.session_state.get(f"_{chart}-clicks", 0)


def taken(chart: str, selection: str = "picked", counter: str = "") -> dict | None:
    """What was just clicked, for a chart's callback, as its fields; None if nothing is picked.

    Args:
        counter: what `count` knows it by, where several charts count together.
    """
    picked = (st.session_state[chart].get("selection") or {}).get(selection)
    if not picked:
        return None
    st.session_state[f"_{counter or chart}-clicks"] = count(counter or chart) + 1
    return dict(picked[0])


def take(chart: str, field: str, selection: str = "picked") -> int | None:
    """The value of a field of what was just clicked, for a chart's callback; None if nothing is picked."""
    picked = taken(chart, selection)
    return None if picked is None else int(picked[field])
