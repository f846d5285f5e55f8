"""A window that moves over an image: patch, kernel, products and their sum, in the browser, from the numbers sent once."""

import base64
from typing import Any

import numpy as np

from core.charts.theme import DARK, LIGHT, Theme
from core.frame.browser_part import browser_part
from core.serving import seen

_component = browser_part("kernel_explorer_convolution_window", __file__, fetches=True)
STAGES = ("sum", "after ReLU", "after pooling")


def convolution_window(
    key: str,
    image: np.ndarray,
    kernel: np.ndarray,
    feature_map: np.ndarray,
    theme: Theme,
    *,
    bias: float = 0.0,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    stage: str = STAGES[0],
    place: tuple[int, int] = (0, 0),
    name: str = "",
    light: bool = False,
    own: bool = False,
) -> None:
    """Show the explorer. Hover, click, arrow keys and play move the window; nothing is sent back.

    Args:
        image: (height, width) in [0, 1].
        kernel: (k, l).
        feature_map: (rows, columns), sum of products plus bias, before the ReLU.
        stage: what the result shows, one of STAGES; pooling is the largest of 2 x 2 after the ReLU.
        place: row and column of the result where the window opens.
        name: of image and kernel; the window goes to `place` when it changes.
        light: 1 is light in the image, as in a photograph, and not ink.
        own: whether the image is this person's, which is of no use to others.
    """
    palettes = {part: getattr(theme, f"{part}_palette") for part in ("ink", "signed", "amount")}
    if light:
        palettes["ink"] = DARK.ink_palette  # from dark to light in either mode
    told = {
        "image": _matrix(image),
        "kernel": _matrix(kernel),
        "map": _matrix(feature_map),
        "palettes": {part: base64.b64encode(colours.tobytes()).decode() for part, colours in palettes.items()},
    }
    _component(
        key=key,
        data={
            "told": told if own else seen.told(told),
            "bias": float(bias),
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
            "stage": STAGES.index(stage),
            "place": list(place),
            "name": name,
            "limits": {"kernel": float(np.abs(kernel).max()) or 1.0, "map": float(np.abs(feature_map).max()) or 1.0},
            "colours": {
                "mark": theme.mark,
                "text": theme.text,
                "pad": theme.grid,
                "window": theme.lines[1],
                "onBright": LIGHT.text,
                "onDark": DARK.text,
            },
        },
    )


def _matrix(values: np.ndarray) -> dict[str, Any]:
    """A matrix as its shape and its little-endian float32 numbers."""
    numbers = np.ascontiguousarray(values, dtype="<f4")
    return {"rows": numbers.shape[0], "columns": numbers.shape[1], "numbers": base64.b64encode(numbers.tobytes()).decode()}
