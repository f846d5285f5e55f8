"""Which test digits stand in an activation table, and in which order its filters."""

import numpy as np


def one_of_each(labels: np.ndarray, start: int = 0) -> np.ndarray:
    """The number of an image of each digit that is there, its `start`-th, in the order of the digits."""
    found = [np.flatnonzero(labels == digit) for digit in np.unique(labels)]
    return np.array([where[start % len(where)] for where in found], dtype=int)


def of_one(labels: np.ndarray, digit: int, count: int = 10, start: int = 0) -> np.ndarray:
    """Numbers of `count` images of one digit, from its `start`-th on, round the end."""
    where = np.flatnonzero(labels == digit)
    return where[(start + np.arange(min(count, len(where)))) % len(where)] if len(where) else where


def filter_order(values: np.ndarray, kernel: np.ndarray | None, by: str) -> np.ndarray:
    """The order of the filters: "number", "activation" (largest mean over images and places first) or "norm" (largest L2 norm first).

    Args:
        values: (images, filters, ...) activations.
        kernel: (filters, ...) weights; needed for "norm".
    """
    count = values.shape[1]
    if by == "activation":
        return np.argsort(-values.mean(axis=tuple(i for i in range(values.ndim) if i != 1)), kind="stable")
    if by == "norm" and kernel is not None:
        return np.argsort(-np.linalg.norm(kernel.reshape(count, -1), axis=1), kind="stable")
    return np.arange(count)
