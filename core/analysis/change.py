"""How much an activation has changed."""

import numpy as np


def change(before: np.ndarray, after: np.ndarray) -> float:
    """How far two activations of one layer are apart: root of summed squares of the difference over that of `after`; 0 is the same."""
    size = float(np.linalg.norm(after))
    return float(np.linalg.norm(after - before)) / size if size else 0.0
