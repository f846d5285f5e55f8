"""Convolution kernels over the stored states: every state is in the browser, so a step of the player draws it there."""

import json
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.charts.theme import Theme
from core.frame.browser_part import browser_part
from core.serving import seen

_component = browser_part(
    "kernel_explorer_kernel_film", __file__, fetches=True, roves=True, isolate_styles=False
)  # so that the player finds its signal

LARGEST = 2_000_000  # weights that are sent, two bytes each


@dataclass(frozen=True)
class Row:
    """The kernels of one convolution."""

    title: str
    stack: np.ndarray  # (states sent, kernels, k, k)
    limit: float  # of the signed colours, the same for every state
    scale: int  # CSS pixels a weight


def frames(states: int, state: int, weights: int) -> list[int]:
    """Which states are sent, so many weights each: all, or as many as the browser takes at ease, evenly spread, with the one shown."""
    most = max(2, LARGEST // weights)
    if states <= most:
        return list(range(states))
    return sorted({round(at) for at in np.linspace(0, states - 1, most)} | {state})


def kernel_film(
    key: str,
    rows: Sequence[Row],
    theme: Theme,
    *,
    states: Sequence[int],
    source: str,
    of: Hashable,
    state: int,
    picked: int,
    on_pick: Callable[[int], None],
    hint: str,
) -> None:
    """Show the kernels; the player that has this container's key among its targets drives them, a click picks one.

    Args:
        states: those that the rows hold; of the others the nearest is drawn.
        source: names the run; the state is set anew when it changes.
        of: all that the rows and their titles depend on.
        state: the state to open on.
        picked: number of the marked kernel of the first row, from 0.
        hint: what stands where the hovered weight will.
    """

    def report() -> None:
        chosen = st.session_state[key].get("picked")
        if chosen is not None:
            on_pick(int(chosen))

    film = seen.built(("kernel film", source, of), lambda: pack(rows, theme, states=states, source=source, hint=hint), "bin")
    _component(key=key, data={"film": film, "state": state, "picked": picked}, on_picked_change=report)


def pack(rows: Sequence[Row], theme: Theme, *, states: Sequence[int], source: str, hint: str) -> bytes:
    """What the browser fetches: length of the head (uint32), the head (JSON), the palette, then each row's float16 weights."""
    parts = [theme.signed_palette.tobytes(), *(np.ascontiguousarray(row.stack, dtype="<f2").tobytes() for row in rows)]
    head = {
        "sizes": [len(part) for part in parts],
        "rows": [
            {"title": row.title, "kernels": row.stack.shape[1], "side": row.stack.shape[2], "limit": row.limit, "scale": row.scale}
            for row in rows
        ],
        "states": list(states),
        "source": source,
        "hint": hint,
    }
    text = json.dumps(head).encode()
    return len(text).to_bytes(4, "little") + text + b"".join(parts)
