"""What a network still recognises when units are switched off: everything after them is computed again, nothing before."""

from collections.abc import Sequence

import numpy as np

from core.models.activations import activate
from core.models.counts import accuracy, confusion
from core.models.dense import Weights, depth, preactivation

OFF = {"zero": "sends 0", "mean": "sends its mean over these images"}


def outputs_without(
    state: Weights, activations: Sequence[np.ndarray], layer: int, units: Sequence[int], off: str = "zero", activation: str = "tanh"
) -> np.ndarray:
    """Logits (images, classes) with some units of a hidden layer switched off; they rank as the probabilities do.

    Args:
        activations: of every layer, the pixels first, as `forward` returns them.
        layer: 0 = the pixels, 1 = the first hidden layer, ...
        off: key of OFF.

    Raises:
        ValueError: there is no such layer or unit, or `off` is unknown.
    """
    last = depth(state)
    if not 0 <= layer < last:
        raise ValueError(f"Units of layers 0 to {last - 1} can be switched off, not of layer {layer}.")
    if off not in OFF:
        raise ValueError(f"Off can mean: {', '.join(OFF)}; not {off!r}.")
    x = activations[layer]  # (images, units)
    chosen = np.asarray(units, dtype=np.int64)
    if chosen.size and not (chosen.min() >= 0 and chosen.max() < x.shape[1]):
        raise ValueError(f"Layer {layer} has units 0 to {x.shape[1] - 1}.")
    lost = x[:, chosen] if off == "zero" else x[:, chosen] - x[:, chosen].mean(axis=0)  # (images, chosen)
    z = preactivation(state, layer + 1, x) - lost @ state[f"dense{layer + 1}.kernel"][chosen].astype(x.dtype)  # (images, units)
    for n in range(layer + 2, last + 1):
        z = preactivation(state, n, activate(z, activation))
    return z


def counts_without(
    state: Weights,
    activations: Sequence[np.ndarray],
    labels: np.ndarray,
    layer: int,
    units: Sequence[int],
    off: str = "zero",
    activation: str = "tanh",
) -> np.ndarray:
    """Confusion counts (classes, classes), rows actual, with some units of a hidden layer switched off."""
    logits = outputs_without(state, activations, layer, units, off, activation)
    return confusion(labels, logits.argmax(axis=1), logits.shape[1])


def accuracy_without_each(
    state: Weights, activations: Sequence[np.ndarray], labels: np.ndarray, layer: int, off: str = "zero", activation: str = "tanh"
) -> np.ndarray:
    """Accuracy (units,) with each unit of a hidden layer switched off alone."""
    units = range(activations[layer].shape[1])
    return np.array([accuracy(counts_without(state, activations, labels, layer, [unit], off, activation)) for unit in units])
