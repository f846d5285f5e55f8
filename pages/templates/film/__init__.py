"""Templates over the stored states: every state is in the browser, so a step of the player draws it there."""

import json
from collections.abc import Sequence

import numpy as np

from core.charts.theme import Theme
from core.ui.browser_part import browser_part

_component = browser_part("kernel_explorer_template_film", __file__, isolate_styles=False)  # so that the player finds its signal


def pack(
    kernels: np.ndarray,
    shape: Sequence[int],
    names: Sequence[str],
    limit: float,
    theme: Theme,
    *,
    source: str,
    state: int,
    means: np.ndarray | None,
    hint: str,
    words: str,
    lead: int | None = None,
) -> bytes:
    """The message for the browser: head, float16 weights, palette and class averages.

    Args:
        kernels: (states, pixels, units) as stored.
        shape: of one image, (height, width) or (height, width, 3).
        limit: of the signed colours, -limit to limit.
        source: names the run; the state is set anew when it changes.
        state: the state to open on.
        means: (units, height, width, 3) uint8 colours to show beside, or None.
        hint: what stands where the hovered weight will.
        words: the colours in words.
        lead: pixels left free for the row names of `vote_bars` below; the templates then stand in one row above its columns.
    """
    weights = np.ascontiguousarray(kernels, dtype="<f2")
    parts = {
        "weights": weights.tobytes(),
        "palette": theme.signed_palette.tobytes(),
        "means": b"" if means is None else np.ascontiguousarray(means, dtype=np.uint8).tobytes(),
    }
    places, start = {}, 0
    for name, part in parts.items():
        places[name] = [start, len(part)]
        start += len(part)
    head = {
        "parts": places,
        "states": len(weights),
        "height": shape[0],
        "width": shape[1],
        "channels": shape[2] if len(shape) == 3 else 1,
        "scale": 4 if shape[1] <= 28 else 3,  # whole multiples of a pixel
        "names": list(names),
        "limit": limit,
        "low": float(weights.min()),
        "high": float(weights.max()),
        "source": source,
        "state": state,
        "hint": hint,
        "words": words,
        "lead": lead,
    }
    text = json.dumps(head).encode()
    return len(text).to_bytes(4, "little") + text + b"".join(parts.values())


def template_film(key: str, message: bytes) -> None:
    """Show the templates of `pack`; the player that has this container's key among its targets drives them."""
    _component(key=key, data=message)
