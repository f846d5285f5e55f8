"""Pixels on the screen beside those that should be there."""

import io

import numpy as np
from PIL import Image
from playwright.sync_api import Locator


def agreeing(part: Locator, wanted: np.ndarray, cell: int) -> float:
    """The share of a picture's pixels that are as wanted.

    Args:
        part: what is on the screen; it may stand between two lines of the screen's pixels, so one line more or less is allowed.
        wanted: (height, columns, 3), one line of the screen's pixels each.
        cell: pixels of a column; compared left of its middle, where a line marks what is picked.
    """
    seen = np.asarray(Image.open(io.BytesIO(part.screenshot())).convert("RGB")).astype(int)
    seen = seen[:, cell // 5 : cell * wanted.shape[1] : cell]
    shares = []
    for shift in (-1, 0, 1):
        ours, theirs = wanted[max(0, -shift) :], seen[max(0, shift) :]
        lines = min(len(ours), len(theirs))
        shares.append(float(np.mean(np.abs(ours[:lines] - theirs[:lines]).max(axis=2) <= 3)))
    return max(shares)
