"""The UCI handwritten digits inside scikit-learn: 1,797 digits of 8x8 pixels, there without a network."""

from functools import lru_cache
from itertools import accumulate

import numpy as np

from core.data.catalog import get

MOST = 16  # ink of the darkest pixel, as scikit-learn has it


def load(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 8, 8) and labels (N,), uint8, ink 255: in the file's own order 1,200 train, 197 validate, 400 test."""
    splits = get("uci-digits").splits
    stop = dict(zip(splits, accumulate(splits.values()), strict=True))[split]
    part = slice(stop - splits[split], stop)
    images, labels = _all()
    return images[part].copy(), labels[part].copy()


@lru_cache(maxsize=1)
def _all() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits  # slow to import

    found = load_digits()  # images (1797, 8, 8), values 0 to 16
    images, labels = np.rint(found.images * (255 / MOST)).astype(np.uint8), found.target.astype(np.uint8)
    images.setflags(write=False)
    labels.setflags(write=False)
    return images, labels
