"""A learner's own pulse: samples of a curve, from a formula or an instrument, drawn on the one-bit screen."""

import numpy as np
from numpy.typing import NDArray

from core.data.formula import parse

Floats = NDArray[np.float64]
Image = NDArray[np.uint8]

SAMPLES_A_COLUMN = 16  # of a formula, so that its steep flanks are seen
MARGIN = 0.1  # share of the height left free above and below a fitted curve


def from_formula(text: str, size: int) -> Floats:
    """(K,) heights of the formula at even steps over t in [0, 1); at the right edge the last one stands again, so that no wave wraps.

    Raises:
        core.data.formula.FormulaError: with the place and the cure.
    """
    count = size * SAMPLES_A_COLUMN
    values = parse(text).values(np.arange(count) / count)
    return np.append(values, values[-1])


def fit(heights: Floats) -> Floats:
    """The heights moved and scaled so that they fill the screen but a margin; a flat line goes to the middle."""
    low, high = float(heights.min()), float(heights.max())
    if high == low:
        return np.full_like(heights, 0.5)
    return MARGIN + (1 - 2 * MARGIN) * (heights - low) / (high - low)


def draw(heights: Floats, size: int, line: int) -> Image:
    """(size, size) image of the curve through evenly spaced heights (shares of the side, upwards); what leaves the screen is cut.

    Every column is inked over the span that the curve passes under the pen, as in core.data.pulses.
    """
    count = size * SAMPLES_A_COLUMN
    places = np.linspace(0, len(heights) - 1, count + 1) if len(heights) < count else np.arange(len(heights), dtype=np.float64)
    y = np.interp(places, np.arange(len(heights)), heights) * size - line / 2  # lower edge of the pen in pixels
    x = np.linspace(0, size, len(y))
    image = np.zeros((size, size), np.uint8)
    starts = np.searchsorted(x, np.arange(size) + 0.5 - line / 2, side="left")
    ends = np.searchsorted(x, np.arange(size) + 0.5 + line / 2, side="right")
    for column, (start, end) in enumerate(zip(starts, ends, strict=True)):
        part = y[start:end]
        low = int(np.clip(np.floor(part.min() + 0.5), 0, size))
        high = int(np.clip(np.floor(part.max() + 0.5) + line, 0, size))
        image[size - high : size - low, column] = 1
    return image
