"""The digits that stand in where MNIST is not there: the UCI handwritten digits in MNIST's form."""

from functools import lru_cache

import numpy as np

from core.data import uci_digits
from core.data.catalog import get
from core.data.drawing import resized_digits

SOURCE = get("uci-digits").title


@lru_cache(maxsize=3)
def load(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 28, 28) and labels (N,), uint8, ink 255, read-only: 1,200 "train", 197 "validation", 400 "test"."""
    images, labels = uci_digits.load(split)
    large = resized_digits(images)
    large.setflags(write=False)
    labels.setflags(write=False)
    return large, labels
