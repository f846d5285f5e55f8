"""Templates over the stored states: the states are in the browser, so a step of the player draws it there."""

import json
from collections.abc import Sequence

import numpy as np

from core.charts.theme import Theme
from core.frame.browser_part import browser_part

_component = browser_part(
    "kernel_explorer_template_film", __file__, fetches=True, isolate_styles=False
)  # so that the player finds its signal


def pack(
    kernels: np.ndarray,
    held: Sequence[int],
    shape: Sequence[int],
    names: Sequence[str],
    limit: float,
    theme: Theme,
    *,
    source: str,
    states: int,
    state: int,
    scale: float,
    ends: tuple[float, float],
    means: np.ndarray | None,
    hint: str,
    words: str,
    lead: int | None = None,
) -> bytes:
    """The message for the browser: head, float16 weights, palette and class averages.

    Args:
        kernels: (held states, pixels, units) as stored.
        held: which states these are, rising from 0; between them the one before is shown.
        shape: of one image, (height, width) or (height, width, 3).
        limit: of the signed colours, -limit to limit.
        source: names the run; the state is set anew when it changes.
        states: how many the player has.
        state: the state to open on.
        scale: CSS pixels of a weight.
        ends: the lowest and the highest weight of all states.
        means: (units, height, width, 3) uint8 colours to show beside, or None.
        hint: what stands where the hovered weight will.
        words: the colours in words.
        lead: pixels left free for the row names of `vote_bars` below; the templates then stand in one row above its columns.
    """
    parts = {
        "weights": np.ascontiguousarray(kernels, dtype="<f2").tobytes(),
        "palette": theme.signed_palette.tobytes(),
        "means": b"" if means is None else np.ascontiguousarray(means, dtype=np.uint8).tobytes(),
    }
    places, start = {}, 0
    for name, part in parts.items():
        places[name] = [start, len(part)]
        start += len(part)
    head = {
        "parts": places,
        "held": list(held),
        "states": states,
        "height": shape[0],
        "width": shape[1],
        "channels": shape[2] if len(shape) == 3 else 1,
        "scale": scale,
        "names": list(names),
        "limit": limit,
        "low": ends[0],
        "high": ends[1],
        "source": source,
        "state": state,
        "hint": hint,
        "words": words,
        "lead": lead,
    }
    text = json.dumps(head).encode()
    return len(text).to_bytes(4, "little") + text + b"".join(parts.values())


def template_film(key: str, address: str) -> None:
    """Show the templates of `pack` at an address; the player that has this container's key among its targets drives them."""
    _component(key=key, data={"address": address})
