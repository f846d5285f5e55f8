"""Strips of small pictures that answer to a click: one image a strip, a button over each picture.

Fifty maps as fifty chart marks cost more than they show; one image swaps in place and scales with the page, and the buttons
over it can be reached with the keyboard and read aloud.
"""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core.charts.strips import Strip
from core.frame.browser_part import browser_part
from core.serving import seen

_board = browser_part("kernel_explorer_board", __file__, fetches=True, roves=True, html='<div class="board"></div>')


def board(
    key: str,
    strips: Sequence[Strip],
    picked: str = "",
    on_pick: Callable[[], None] | None = None,
    *,
    columns: int = 0,
    least: int = 0,
    own: bool = False,
    opens: str = "",
) -> str:
    """Show strips and give the id of the picture that was clicked last, "" before the first click.

    Args:
        key: names the board; `picked_on(key)` reads the click in a callback.
        picked: id of the picture to frame.
        on_pick: called before the rerun that a click starts.
        columns: strips in a line where the window is wide, below each other where it is narrow; 0 for as many as fit.
        own: whether they show what this person drew or brought, which is of no use to others.
        opens: key of the container that tells of the picture clicked: it is brought to where it can be seen.
        least: pixels that a strip is wide at least; on a narrower screen it scrolls within its place.
    """
    told = [
        {
            "title": strip.title,
            "alt": strip.alt,
            "url": strip.url,
            "width": strip.width,
            "height": strip.height,
            "cells": [[c.id, c.label, c.left, c.top, c.width, c.height] for c in strip.cells],
        }
        for strip in strips
    ]
    _board(
        key=key,
        data={
            "key": key,
            "picked": picked,
            "columns": columns,
            "least": least,
            "opens": opens,
            "strips": told if own else seen.told(told),
        },
        on_picked_change=on_pick or (lambda: None),
    )
    return picked_on(key)


def frame(strips: Mapping[int, Strip]) -> dict[str, list[str]]:
    """What a film shows on a board in place of some of its strips, by their number, of the same size."""
    return {str(number): [strip.url, strip.title] for number, strip in strips.items()}


def picked_on(key: str) -> str:
    """The id of the picture clicked last on a board; "" if none was."""
    state = st.session_state.get(key)
    value = state.get("picked") if state else None
    return str(value.get("id", "")) if isinstance(value, dict) else ""
