"""Activation functions, one table for every network, under the names they have in `torch.nn.functional`. Needs no torch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Activation:
    """A function of single values and its slope."""

    function: Callable[[np.ndarray], np.ndarray]  # any shape -> the same
    slope: Callable[[Any], Any]  # an output y -> dy/dz there; numpy arrays and torch tensors alike


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)), written with tanh so that nothing overflows at either end."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def relu(z: np.ndarray) -> np.ndarray:
    """What is above 0, the rest 0."""
    return np.maximum(z, 0)


def elu(z: np.ndarray) -> np.ndarray:
    """z above 0, exp(z) - 1 below. Clevert, Unterthiner and Hochreiter 2015."""
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


# keys are those of core.specs.ACTIVATIONS
TABLE: dict[str, Activation] = {
    "tanh": Activation(np.tanh, lambda y: 1 - y * y),
    "sigmoid": Activation(sigmoid, lambda y: y * (1 - y)),
    "relu": Activation(relu, lambda y: y > 0),
    "elu": Activation(elu, lambda y: y.clip(max=0) + 1),
}
ANSWERS = {"softmax": "probabilities", "tanh": "outputs"}  # output of a network -> what its last activation is called


def softmax(z: np.ndarray) -> np.ndarray:
    """Probabilities from logits along the last axis, (..., classes); the largest is taken off first, so that nothing overflows."""
    powers = np.exp(z - z.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def activate(z: np.ndarray, name: str) -> np.ndarray:
    """A key of TABLE applied to sums of any shape, or "softmax" along their last axis.

    Raises:
        KeyError: another name.
    """
    if name == "softmax":
        return softmax(z)
    if name not in TABLE:
        raise KeyError(f"no activation {name!r}")
    return TABLE[name].function(z)
