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
    _check(depth(state), layer, off)
    x = activations[layer]  # (images, units)
    chosen = np.asarray(units, dtype=np.int64)
    if chosen.size and not (chosen.min() >= 0 and chosen.max() < x.shape[1]):
        raise ValueError(f"Layer {layer} has units 0 to {x.shape[1] - 1}.")
    lost = x[:, chosen] if off == "zero" else x[:, chosen] - x[:, chosen].mean(axis=0)  # (images, chosen)
    z = preactivation(state, layer + 1, x) - lost @ state[f"dense{layer + 1}.kernel"][chosen].astype(x.dtype)  # (images, units)
    return _onwards(state, layer + 1, z, activation)


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
    state: Weights,
    activations: Sequence[np.ndarray],
    labels: np.ndarray,
    layer: int,
    off: str = "zero",
    activation: str = "tanh",
    units: Sequence[int] | None = None,
) -> np.ndarray:
    """Accuracy (units,) with each of these units of a hidden layer, or of all its units, switched off alone."""
    _check(depth(state), layer, off)
    x = activations[layer]  # (images, units)
    lost = x if off == "zero" else x - x.mean(axis=0)
    whole, kernel = preactivation(state, layer + 1, x), state[f"dense{layer + 1}.kernel"].astype(x.dtype, copy=False)
    right = []
    for unit in range(x.shape[1]) if units is None else units:  # all but this unit's share of the sums stays as it is
        logits = _onwards(state, layer + 1, whole - lost[:, unit, None] * kernel[unit], activation)
        right.append(accuracy(confusion(labels, logits.argmax(axis=1), logits.shape[1])))
    return np.array(right)


def _check(last: int, layer: int, off: str) -> None:
    if not 0 <= layer < last:
        raise ValueError(f"Units of layers 0 to {last - 1} can be switched off, not of layer {layer}.")
    if off not in OFF:
        raise ValueError(f"Off can mean: {', '.join(OFF)}; not {off!r}.")


def _onwards(state: Weights, layer: int, sums: np.ndarray, activation: str) -> np.ndarray:
    """From a layer's sums (images, units) to the logits."""
    for following in range(layer + 1, depth(state) + 1):
        sums = preactivation(state, following, activate(sums, activation))
    return sums
