"""Counting what a network recognises. Confusion counts are (..., classes, classes): rows actual, columns predicted."""

from typing import Any

import numpy as np


def confusion(actual: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """How many images of each actual class (row) were taken for each class (column), (classes, classes) int32."""
    counts = np.bincount(actual.astype(np.int64) * classes + predicted, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int32)


def accuracy(counts: np.ndarray) -> Any:
    """Share of images on the diagonal, (...); NaN where there are no images."""
    return _share(np.trace(counts, axis1=-2, axis2=-1), counts.sum((-2, -1)))[()]


def recall(counts: np.ndarray) -> np.ndarray:
    """Of the images of a class, the share called it, (..., classes); NaN where there is none."""
    return _share(np.diagonal(counts, axis1=-2, axis2=-1), counts.sum(-1))


def precision(counts: np.ndarray) -> np.ndarray:
    """Of the images called a class, the share that are it, (..., classes); NaN where none was."""
    return _share(np.diagonal(counts, axis1=-2, axis2=-1), counts.sum(-2))


def _share(part: Any, whole: Any) -> np.ndarray:
    """part / whole, NaN where the whole is 0."""
    return np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=np.asarray(whole) > 0)
