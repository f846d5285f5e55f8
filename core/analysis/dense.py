"""Norms and orders of a dense layer's kernel (inputs, outputs): a row belongs to an input, a column to an output unit."""

import numpy as np

ORDER_KEYS = ("value", "size", "original")  # size = the value without its sign


def norms(kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """L2 norms of the rows (..., inputs) and columns (..., outputs) of kernels (..., inputs, outputs), float64."""
    squares = np.square(kernel, dtype=np.float64)
    return np.sqrt(squares.sum(axis=-1)), np.sqrt(squares.sum(axis=-2))


def order(values: np.ndarray, key: str = "value", descending: bool = True) -> np.ndarray:
    """Positions (n,) that sort `values` (n,); equal ones keep their order, whichever way the rest runs.

    Raises:
        ValueError: `key` is not one of ORDER_KEYS.
    """
    if key not in ORDER_KEYS:
        raise ValueError(f"The order {key!r} is unknown; choose one of: {', '.join(ORDER_KEYS)}.")
    if key == "original":
        return np.arange(len(values))
    keys = np.abs(values) if key == "size" else np.asarray(values)
    return np.argsort(-keys if descending else keys, kind="stable")
