"""Unrolled and rolled: vectors shown as a column of numbers and as an image, moved by a slider in the browser."""

import base64
from collections.abc import Sequence

import numpy as np

from core.ui.browser_part import browser_part

_component = browser_part("kernel_explorer_rolled_vector", __file__)


def rolled_vector(key: str, panels: Sequence[tuple[str, np.ndarray]], label: str, *, start: int = 45) -> None:
    """Show vectors side by side under one slider.

    Args:
        panels: title and colours (height, width, 3) uint8 of each; all of one size.
        label: what a screen reader says.
        start: where the slider opens, 0 (column) to 100 (image).
    """
    height, width, _ = panels[0][1].shape
    _component(
        key=key,
        data={
            "height": height,
            "width": width,
            "start": start,
            "label": label,
            "panels": [{"title": t, "colours": base64.b64encode(c.astype(np.uint8).tobytes()).decode()} for t, c in panels],
        },
    )
