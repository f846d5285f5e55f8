"""Kernels that people designed by hand, and kernels that a person types."""

import numpy as np
from numpy.typing import NDArray

Kernel = NDArray[np.float64]

SIDES = (3, 5, 7)  # of a typed kernel
LARGEST = 1e6  # of a typed number


def _binomial(side: int) -> Kernel:
    row = np.array([1.0])
    for _ in range(side - 1):
        row = np.convolve(row, [1.0, 1.0])
    return np.outer(row, row) / row.sum() ** 2


SOBEL_X = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])

# name -> (kernel, what it does in words); written as cross-correlation, so Sobel x is positive where the pixels rise to the right
CLASSICAL: dict[str, tuple[Kernel, str]] = {
    "identity": (np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]), "gives the image back"),
    "box blur": (np.full((5, 5), 1 / 25), "the mean of 25 neighbours"),
    "gaussian blur": (_binomial(5), "a mean that listens to the middle more"),
    "sharpen": (np.array([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]), "the pixel five times, less its four neighbours"),
    "Sobel x": (SOBEL_X, "positive where the pixels rise to the right: upright edges"),
    "Sobel y": (SOBEL_X.T.copy(), "positive where the pixels rise downwards: level edges"),
    "Laplacian": (np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]]), "zero on any even slope: lines, corners and dots"),
    "emboss": (np.array([[-2.0, -1, 0], [-1, 1, 1], [0, 1, 2]]), "light from the lower right"),
}


def typed(rows: object) -> Kernel:
    """The kernel of a typed grid, (k, k).

    Raises:
        ValueError: not square, not of a side in SIDES, or a cell is no number; with the cure.
    """
    try:
        kernel = np.array(rows, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError("Each cell of the kernel needs a number, such as -1 or 0.25.") from None
    if kernel.ndim != 2 or kernel.shape[0] != kernel.shape[1] or kernel.shape[0] not in SIDES:
        raise ValueError("The kernel must be a square of 3, 5 or 7 cells a side.")
    if not np.isfinite(kernel).all():
        raise ValueError("Each cell of the kernel needs a number, such as -1 or 0.25.")
    if np.abs(kernel).max() > LARGEST:
        raise ValueError(f"Keep the kernel's numbers within {LARGEST:,.0f}.")
    return kernel
