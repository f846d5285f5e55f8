"""The digits that stand in where MNIST is not there: UCI handwritten digits inside scikit-learn, in MNIST's form."""

from functools import lru_cache

import numpy as np
from PIL import Image

SOURCE = "UCI handwritten digits (scikit-learn)"
SPLITS = {"train": slice(0, 1_200), "validation": slice(1_200, 1_397), "test": slice(1_397, 1_797)}  # in the file's own order
SIDE = 28  # pixels of the picture
BOX = 20  # pixels that the digit is scaled to, as MNIST's makers did


def load(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 28, 28) and labels (N,), uint8, ink 255: the first 1,200 train, 197 validate, the last 400 test."""
    images, labels = _all()
    return images[SPLITS[split]], labels[SPLITS[split]]


@lru_cache(maxsize=1)
def _all() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits  # slow to import, and only needed without MNIST

    data = load_digits()  # images (1797, 8, 8), values 0 to 16
    images = np.stack([centred(small / 16) for small in data.images])  # (1797, 28, 28)
    images.setflags(write=False)
    return images, data.target.astype(np.uint8)


def centred(small: np.ndarray) -> np.ndarray:
    """A digit of any size, ink 0-1, scaled to 20x20 and laid with its centre of mass nearest the middle: (28, 28) uint8."""
    box = np.asarray(Image.fromarray(np.float32(small)).resize((BOX, BOX), Image.Resampling.BICUBIC))  # (20, 20)
    ink = np.clip(box, 0, 1)
    rows, columns = np.indices(ink.shape)
    middle = (SIDE - 1) / 2
    mass = max(float(ink.sum()), 1e-9)
    top = int(np.clip(round(middle - float((rows * ink).sum()) / mass), 0, SIDE - BOX))
    left = int(np.clip(round(middle - float((columns * ink).sum()) / mass), 0, SIDE - BOX))
    out = np.zeros((SIDE, SIDE), np.uint8)
    out[top : top + BOX, left : left + BOX] = np.rint(ink * 255)
    return out
