"""Convolution kernels over the stored states of a run: their stacks, limits and structure."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.models.structure import low_share, roughness


def planes(stack: NDArray) -> NDArray:
    """Each 2-D kernel of a convolution over the states, (states, out, in, k, k) -> (states, out * in, k, k)."""
    return stack.reshape(len(stack), -1, *stack.shape[-2:])


def limit(stack: NDArray) -> float:
    """The largest weight of all states, as a limit for a scale that stays the same."""
    return float(np.abs(stack).max()) or 1.0


def structure(epochs: NDArray, stack: NDArray) -> pd.DataFrame:
    """state, epoch, kernel (from 1), low and tv of each 2-D kernel; stack (states, kernels, k, k)."""
    low, tv = low_share(stack), roughness(stack)  # (states, kernels)
    states, kernels = low.shape
    return pd.DataFrame(
        {
            "state": np.repeat(np.arange(states), kernels),
            "epoch": np.repeat(epochs, kernels),
            "kernel": np.tile(np.arange(1, kernels + 1), states),
            "low": low.ravel(),
            "tv": tv.ravel(),
        }
    )


def stills(epochs: NDArray, count: int = 4) -> list[int]:
    """States to show beside a film: the start, the end, and between them the ones nearest to 1 epoch and to half of all."""
    last = len(epochs) - 1
    wanted = [0.0, 1.0, float(epochs[-1]) / 2, float(epochs[-1])]
    return sorted({int(np.abs(epochs - epoch).argmin()) for epoch in wanted} | {0, last})[:count]
