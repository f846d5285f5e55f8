"""Many hidden units a group at a time, of about equal sizes."""

import math

import streamlit as st

from core.frame import choices
from pages.templates.parts import PAGE

SHEET = 128  # templates in the gallery
GROUP = 16  # filters with their bars below


def groups(units: int, most: int) -> int:
    """How many groups of at most `most` it takes."""
    return math.ceil(units / most)


def group(units: int, most: int, which: int) -> range:
    """Places of group `which`, from 1 on, of so many units."""
    count = groups(units, most)
    return range(units * (which - 1) // count, units * which // count)


def choose_group(name: str, units: int, most: int, words: str = "Filters") -> range:
    """Places of the group chosen; where there are several, the list to choose from."""
    count = groups(units, most)
    if count > 1:

        def title(which: int) -> str:
            places = group(units, most, which)
            return f"{places.start + 1:,} to {places.stop:,} of {units:,}"

        st.selectbox(words, range(1, count + 1), format_func=title, key=choices.key(PAGE, name), persist_state="session", width=260)
    return group(units, most, min(choices.value(PAGE, name), count))
