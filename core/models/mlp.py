"""Dense networks: names, start and forward pass of any chain of dense layers, one layer (softmax) included. Needs no torch."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.models.initializers import dense_layer
from core.specs import ModelSpec


def inputs(images: np.ndarray) -> np.ndarray:
    """What a dense network sees of images: pixels / 255 in [0, 1], flattened row by row.

    This is the only preprocessing of every dense run, of digits (N, 28, 28) -> (N, 784) and of pictures
    (N, 32, 32, 3) -> (N, 3072), red, green and blue of a pixel side by side. uint8 in, float32 out.
    """
    return images.reshape(len(images), math.prod(images.shape[1:])).astype(np.float32) / np.float32(255)


def names(layers: int) -> list[tuple[str, str]]:
    """Names of kernel and bias of each layer, from input to output."""
    return [(f"dense{i}.kernel", f"dense{i}.bias") for i in range(1, layers + 1)]


def initial(model: ModelSpec) -> dict[str, np.ndarray]:
    """The network before training: dense1.kernel (inputs, outputs), dense1.bias (outputs,), ..., float32."""
    rng = np.random.default_rng(model.seed)
    out: dict[str, np.ndarray] = {}
    layers = len(model.sizes) - 1
    for i, (kernel, bias) in enumerate(names(layers)):
        following = model.output if i == layers - 1 else model.activation
        out[kernel], out[bias] = dense_layer(model.initializer, model.sizes[i], model.sizes[i + 1], following, rng)
    return out


def layers_of(weights: Mapping[str, np.ndarray]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Kernels (inputs, outputs) and biases (outputs,) of one state, from input to output."""
    count = sum(name.endswith(".kernel") for name in weights)
    return [weights[k] for k, _ in names(count)], [weights[b] for _, b in names(count)]


def activate(z: np.ndarray, activation: str) -> np.ndarray:
    """tanh, sigmoid or relu of each value, any shape.

    Raises:
        KeyError: another name.
    """
    if activation == "tanh":
        return np.tanh(z)
    if activation == "sigmoid":  # by tanh: no overflow at either end
        return 0.5 * (1 + np.tanh(0.5 * z))
    if activation == "relu":
        return np.maximum(z, 0)
    raise KeyError(f"no activation {activation!r}")


def softmax(z: np.ndarray) -> np.ndarray:
    """Probabilities from logits along the last axis, (..., classes)."""
    powers = np.exp(z - z.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def forward(kernels: Sequence[np.ndarray], biases: Sequence[np.ndarray], x: np.ndarray, activation: str) -> list[np.ndarray]:
    """Every layer's output for inputs x (images, inputs): hidden activations (images, units), then the logits (images, classes).

    `softmax` of the last one are the probabilities.
    """
    out = []
    for kernel, bias in zip(kernels[:-1], biases[:-1], strict=True):
        x = activate(x @ kernel + bias, activation)  # (images, units)
        out.append(x)
    return [*out, x @ kernels[-1] + biases[-1]]  # (images, classes)


def predict(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """The class that one state of a network takes each image for, (images,); uint8 images as they are in the data set."""
    return forward(*layers_of(weights), inputs(images), model.activation)[-1].argmax(1)


def confusion(actual: np.ndarray, predicted: np.ndarray, classes: int = 10) -> np.ndarray:
    """How many images of each actual class (row) were taken for each class (column), (classes, classes) int32."""
    counts = np.bincount(actual.astype(np.int64) * classes + predicted, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int32)


def accuracy(counts: np.ndarray) -> Any:
    """Share of images on the diagonal of confusion counts (..., classes, classes); NaN where there are no images."""
    with np.errstate(invalid="ignore"):
        return np.trace(counts, axis1=-2, axis2=-1) / counts.sum((-2, -1))
