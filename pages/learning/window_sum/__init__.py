"""A kernel's gradient added up window by window, in the browser: error × what the window sees, largest errors first."""

import base64
from typing import Any

import numpy as np

from core.charts.theme import Theme
from core.frame.browser_part import browser_part
from core.serving import seen

_component = browser_part("kernel_explorer_window_sum", __file__, fetches=True)


def window_sum(key: str, image: np.ndarray, error: np.ndarray, gradient: np.ndarray, theme: Theme, *, name: str) -> None:
    """Show the sum; buttons, the slider and arrow keys go from window to window, and nothing is sent back.

    Args:
        image: (height, width) in [0, 1].
        error: (rows, columns), the loss by the sum of each window.
        gradient: (k, k), what all windows add up to.
        name: of image and kernel; the sum starts anew when it changes.
    """

    def packed(numbers: np.ndarray, kind: str = "<f4") -> str:
        return base64.b64encode(np.ascontiguousarray(numbers, dtype=kind).tobytes()).decode()

    def matrix(numbers: np.ndarray) -> dict[str, Any]:
        return {"rows": numbers.shape[0], "columns": numbers.shape[1], "numbers": packed(numbers)}

    told = {
        "image": matrix(image),
        "error": matrix(error),
        "gradient": matrix(gradient),
        "ink": packed(theme.ink_palette, "u1"),
        "signed": packed(theme.signed_palette, "u1"),
    }
    _component(key=key, data={"told": seen.told(told), "name": name, "colours": {"window": theme.lines[1], "mark": theme.mark}})
