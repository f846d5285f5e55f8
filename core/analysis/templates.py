"""Templates: the weights into each unit of the first layer, rolled back into the shape of the image."""

from collections.abc import Sequence

import numpy as np

STRONG = 0.97  # share of the weights that the colours tell apart; those beyond are shown at full strength


def rolled(kernel: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Columns of a first-layer kernel (..., pixels, units) as images (..., units, *shape); no number changes.

    Raises:
        ValueError: the image has another number of pixels than the kernel has rows.
    """
    if kernel.shape[-2] != int(np.prod(shape)):
        raise ValueError(f"A kernel of {kernel.shape[-2]} rows cannot be rolled into {'x'.join(map(str, shape))}.")
    columns = np.moveaxis(kernel, -1, -2)  # (..., units, pixels)
    return columns.reshape(*columns.shape[:-1], *shape)


def limit(weights: np.ndarray, share: float = STRONG) -> float:
    """The size that a share of the weights, any shape, stay within: where the colours reach full strength; 1 if all are 0.

    The few larger ones sit on pixels that are hardly ever inked; scaled to them, every stroke would be pale.
    """
    top = float(np.quantile(np.abs(weights), share))
    return top if top > 0 else 1.0


def likeness(templates: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Correlation of each template with each class average, (units, classes); 0 where one of them is flat."""

    def standard(stack: np.ndarray) -> np.ndarray:
        flat = stack.reshape(len(stack), -1).astype(float)
        flat = flat - flat.mean(axis=1, keepdims=True)
        size = np.linalg.norm(flat, axis=1, keepdims=True)
        return np.divide(flat, size, out=np.zeros_like(flat), where=size > 0)

    return standard(templates) @ standard(means).T


def still_states(epochs: np.ndarray, wanted: Sequence[float] = (0.0, 0.1, 1.0, 5.0)) -> list[int]:
    """Indices of the stored states nearest to some epochs, and of the last; rising, each once."""
    return sorted({nearest_state(epochs, epoch) for epoch in wanted if epoch <= epochs[-1]} | {len(epochs) - 1})


def nearest_state(epochs: np.ndarray, epoch: float) -> int:
    """Index of the stored state whose epoch is nearest; the earlier of two."""
    return int(np.argmin(np.abs(np.asarray(epochs) - epoch)))
