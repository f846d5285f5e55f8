"""The average image of each class."""

import numpy as np


def class_means(images: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """Averages of images (N, ...) by their labels (N,), (classes, ...) in the images' own unit; NaN for a class without images."""
    out = np.full((classes, *images.shape[1:]), np.nan)
    for c in np.unique(labels):
        out[c] = images[labels == c].mean(axis=0)
    return out
