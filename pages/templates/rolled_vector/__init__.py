"""Unrolled and rolled: vectors shown as a column of numbers and as an image, moved by a slider in the browser."""

import base64
from collections.abc import Sequence

import numpy as np

from core.frame.browser_part import browser_part
from core.serving import seen

_component = browser_part(
    "kernel_explorer_rolled_vector", __file__, fetches=True, isolate_styles=False
)  # so that the player finds its signal


def rolled_vector(
    key: str,
    panels: Sequence[tuple[str, np.ndarray]],
    sums: Sequence[str],
    label: str,
    *,
    held: Sequence[int],
    states: int,
    state: int,
    start: int = 45,
    own: bool = False,
) -> None:
    """Show vectors side by side under one slider; the player that has this container's key among its targets drives them.

    Args:
        panels: title and colours (held states, height, width, 3) uint8 of each, or (1, ...) for one that stays as it is.
        sums: what stands below, one a held state or one for all.
        label: what a screen reader says.
        held: which states these are, rising; between them the one before is shown.
        states: how many the player has.
        state: the one to open on.
        start: where the slider opens, 0 (column) to 100 (image).
        own: whether it shows what this person drew or brought, which is of no use to others.
    """
    told = [{"title": t, "frames": base64.b64encode(c.astype(np.uint8).tobytes()).decode()} for t, c in panels]
    height, width, _ = panels[0][1].shape[1:]
    _component(
        key=key,
        data={
            "height": height,
            "width": width,
            "start": start,
            "state": state,
            "states": states,
            "held": list(held),
            "label": label,
            "sums": list(sums),
            "panels": told if own else seen.told(told),
        },
    )
