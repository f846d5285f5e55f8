"""Any network by its kind: what each of its layers gives, and what it says. Needs no torch.

One naming for all: input, conv1, relu1, pool1, conv2, ..., dense1, ... (after its activation), logits (the last layer's sums),
and at the end what the network says, called probabilities after softmax and outputs after tanh.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np

from core.models.digit_layers import Layer, named
from core.specs import ModelSpec

# kind of network -> module with `activations(model, weights, images, dtype)` and `answers(model, weights, images)`
MODULES = {
    "dense": "core.models.dense",
    "digit_cnn": "core.models.digit_layers",
    "pulse_cnn": "core.models.pulse_layers",
    "sequence": "core.models.sequence",
}
LAYERED = {"digit_cnn": "core.models.digit_layers", "sequence": "core.models.sequence"}  # those that also have layers and weight_shapes
PART = 500  # images that `answers` takes at a time, so that copies of their pixels stay small


def activations(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray, dtype: Any = np.float64) -> dict[str, np.ndarray]:
    """Every activation of one state by name, in the order of the layers, (images, ...) each.

    Args:
        weights: parameters as a run stores them, one state.
        images: (images, ...) as their data set holds them, or floats in [0, 1], ink 1.
        dtype: float64 for exact ledgers, float32 for many images.
    """
    return import_module(MODULES[model.kind]).activations(model, weights, images, dtype)


def answers(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """What one state says to each image, (images, classes) float32: probabilities, or outputs in -1 to 1 after tanh."""
    answer = import_module(MODULES[model.kind]).answers
    parts = [answer(model, weights, images[start : start + PART]) for start in range(0, len(images), PART)]
    return np.concatenate(parts) if parts else np.empty((0, model.sizes[-1]), np.float32)


def parameter_count(model: ModelSpec) -> int:
    """Weights and biases of a network.

    Raises:
        core.specs.SpecError: a shape that cannot be built.
    """
    return import_module(MODULES[model.kind]).parameter_count(model)


def layers(model: ModelSpec) -> tuple[Layer, ...]:
    """The named layers of a network of LAYERED, from the input to what it says.

    Raises:
        SpecError: its shape cannot be built.
        KeyError: it is of another kind.
    """
    return import_module(LAYERED[model.kind]).layers(model)


def layer(model: ModelSpec, name: str) -> Layer:
    """The layer of this name.

    Raises:
        KeyError: the network has none.
    """
    return named(layers(model), name)


def weight_shapes(model: ModelSpec) -> dict[str, tuple[int, ...]]:
    """Shape of each parameter of a network of LAYERED as a run stores it."""
    return import_module(LAYERED[model.kind]).weight_shapes(model)
