"""Dense networks: names, start and forward pass of any chain of dense layers, one layer (softmax) included. Needs no torch."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from core.models.activations import ANSWERS, activate
from core.models.initializers import dense_layer
from core.specs import ModelSpec

Weights = Mapping[str, np.ndarray]  # parameter name -> array, as `Run.state` returns it


def inputs(images: np.ndarray) -> np.ndarray:
    """What a dense network sees of images (N, ...): (N, inputs), flattened row by row.

    Images as a data set holds them (uint8) become pixels / 255 in [0, 1], float32: the only preprocessing of every dense run,
    of digits (N, 28, 28) -> (N, 784) and of pictures (N, 32, 32, 3) -> (N, 3072), red, green and blue of a pixel side by
    side. Floats are taken as they are.
    """
    flat = images.reshape(len(images), math.prod(images.shape[1:]))
    return flat.astype(np.float32) / np.float32(255) if flat.dtype == np.uint8 else flat


def names(layers: int) -> list[tuple[str, str]]:
    """Names of kernel and bias of each layer, from input to output."""
    return [(f"dense{i}.kernel", f"dense{i}.bias") for i in range(1, layers + 1)]


def parameter_count(model: ModelSpec) -> int:
    """Weights and biases of a network."""
    return sum((inputs + 1) * outputs for inputs, outputs in pairwise(model.sizes))


def initial(model: ModelSpec) -> dict[str, np.ndarray]:
    """The network before training: dense1.kernel (inputs, outputs), dense1.bias (outputs,), ..., float32."""
    rng = np.random.default_rng(model.seed)
    out: dict[str, np.ndarray] = {}
    layers = len(model.sizes) - 1
    for i, (kernel, bias) in enumerate(names(layers)):
        following = model.output if i == layers - 1 else model.activation
        out[kernel], out[bias] = dense_layer(model.initializer, model.sizes[i], model.sizes[i + 1], following, rng)
    return out


def depth(weights: Weights) -> int:
    """How many dense layers a state holds."""
    return sum(name.startswith("dense") and name.endswith(".kernel") for name in weights)


def layers_of(weights: Weights) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Kernels (inputs, outputs) and biases (outputs,) of one state, from input to output."""
    pairs = names(depth(weights))
    return [weights[k] for k, _ in pairs], [weights[b] for _, b in pairs]


def preactivation(weights: Weights, layer: int, x: np.ndarray) -> np.ndarray:
    """Bias plus weighted inputs, (images, units), of one layer (1 = first) for its inputs (images, inputs), in their type."""
    kernel, bias = weights[f"dense{layer}.kernel"], weights[f"dense{layer}.bias"]
    return x @ kernel.astype(x.dtype, copy=False) + bias.astype(x.dtype, copy=False)


def forward(weights: Weights, images: np.ndarray, activation: str, output: str = "softmax", dtype: Any = np.float32) -> list[np.ndarray]:
    """The input and every layer's output, the last one's at the end: [(images, inputs), (images, units), ...].

    Args:
        images: (images, ...), see `inputs`.
        activation: of the hidden layers.
        output: of the last layer, "softmax" or an activation.
        dtype: float32 for many images, float64 where the sums are shown.
    """
    out = [inputs(images).astype(dtype, copy=False)]
    last = depth(weights)
    for layer in range(1, last + 1):
        z = preactivation(weights, layer, out[-1])  # (images, units)
        out.append(activate(z, output if layer == last else activation))
    return out


def activations(model: ModelSpec, weights: Weights, images: np.ndarray, dtype: Any = np.float64) -> dict[str, np.ndarray]:
    """Every activation by name, (images, units) each: input, dense1, ..., logits, probabilities (outputs, where tanh is last)."""
    first, *hidden, last = forward(weights, images, model.activation, model.output, dtype)
    below = hidden[-1] if hidden else first
    logits = preactivation(weights, len(hidden) + 1, below)
    return {"input": first, **{f"dense{i}": a for i, a in enumerate(hidden, start=1)}, "logits": logits, ANSWERS[model.output]: last}


def answers(model: ModelSpec, weights: Weights, images: np.ndarray) -> np.ndarray:
    """What one state says to each image, (images, classes) float32."""
    return forward(weights, images, model.activation, model.output)[-1]
