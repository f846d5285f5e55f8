"""How a run went: its weights' histogram over the states, and how far other seeds' runs lie apart."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Histogram:
    """Counts of weights in bins that are the same for every state."""

    edges: np.ndarray  # (bins + 1,), symmetric about 0
    counts: np.ndarray  # (states, bins)


def histogram(stack: np.ndarray, bins: int = 41, limit: float = 0.0) -> Histogram:
    """Counts of the weights (states, ...) in an odd number of bins, so that the middle one lies around 0.

    Args:
        limit: of the bins, the largest |weight| where it is not that of these states.
    """
    flat = stack.reshape(len(stack), -1)  # (states, weights)
    limit = limit or float(np.abs(flat).max()) or 1.0
    edges = np.linspace(-limit, limit, bins + 1)
    return Histogram(edges, np.stack([np.histogram(state, edges)[0] for state in flat]))


def quantiles(curves: np.ndarray, shares: tuple[float, ...] = (0, 0.1, 0.5, 0.9, 1)) -> np.ndarray:
    """Quantiles (states, shares) of many curves (states, curves), for when they are too many to draw one by one."""
    return np.quantile(curves, shares, axis=1).T


@dataclass(frozen=True)
class Spread:
    """One number of several runs that differ in their seed alone."""

    mean: float
    low: float
    high: float
    seeds: int


def by_seed(
    history: Mapping[str, np.ndarray], seeds: Mapping[str, np.ndarray], own_seed: int, column: str
) -> tuple[np.ndarray, np.ndarray]:
    """One column of the run and of the same run with other seeds: epochs (states,) and values (seeds, states).

    A seed that lacks a state is NaN there. The run's own history counts once, whether `seeds` repeats it or not.
    """
    epochs = np.asarray(history["epoch"])
    rows = [np.asarray(history[column], dtype=np.float64)]
    for seed in np.unique(seeds["seed"]) if seeds else []:
        if seed == own_seed:
            continue
        mine = seeds["seed"] == seed
        values = dict(zip(seeds["epoch"][mine].tolist(), seeds[column][mine].tolist(), strict=True))
        rows.append(np.array([values.get(epoch, np.nan) for epoch in epochs.tolist()]))
    return epochs, np.stack(rows)


def spread(values: np.ndarray) -> Spread:
    """Mean and range of one number over the seeds (seeds,); NaN is left out."""
    there = values[~np.isnan(values)]
    return Spread(float(there.mean()), float(there.min()), float(there.max()), len(there))
