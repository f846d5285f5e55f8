"""The gradient of the loss of a dense network, forward and back, layer by layer, in numpy.

The loss of one image is the cross-entropy, -log of the probability that softmax gives its class. Back from there, the error of a
unit is how much that loss rises when the unit's sum rises by a little:

    last layer    error = probability - 1 for the image's own class, probability for every other
    below         error = slope of the activation * sum over the units above of (weight to it * its error)

and the gradient of a weight is the error of its unit times the input it carries. Rumelhart, Hinton and Williams 1986.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.models.activations import TABLE, activate
from core.models.dense import Weights, inputs, layers_of, names
from core.specs import ModelSpec

Gradient = Mapping[str, np.ndarray]  # parameter name -> array of its shape


@dataclass(frozen=True)
class Pass:
    """Images forward through a network and their errors back; lists run from the first layer to the last."""

    outputs: list[np.ndarray]  # the input, then what each layer gives, (images, units) each
    sums: list[np.ndarray]  # of each layer before its activation, (images, units)
    errors: list[np.ndarray]  # of each layer: each image's own loss by the unit's sum, (images, units)
    losses: np.ndarray  # (images,)

    @property
    def loss(self) -> float:
        """Mean over the images."""
        return float(self.losses.mean())

    @property
    def probabilities(self) -> np.ndarray:
        """(images, classes)"""
        return self.outputs[-1]

    @property
    def layers(self) -> int:
        return len(self.errors)

    def kernel(self, layer: int) -> np.ndarray:
        """Gradient of a layer's kernel (1 = first), the mean over the images, (inputs, units)."""
        return self.outputs[layer - 1].T @ self.errors[layer - 1] / len(self.losses)

    def bias(self, layer: int) -> np.ndarray:
        """Gradient of a layer's bias, the mean over the images, (units,)."""
        return self.errors[layer - 1].mean(0)

    def singles(self, layer: int, unit: int) -> np.ndarray:
        """Gradient of each image alone by the weights into one unit, (images, inputs)."""
        return self.outputs[layer - 1] * self.errors[layer - 1][:, unit, None]

    def gradient(self) -> dict[str, np.ndarray]:
        """The mean gradient of every parameter, by its name."""
        out = {}
        for layer, (kernel, bias) in enumerate(names(self.layers), start=1):
            out[kernel], out[bias] = self.kernel(layer), self.bias(layer)
        return out


def backward(model: ModelSpec, weights: Weights, images: np.ndarray, labels: np.ndarray, dtype: Any = np.float64) -> Pass:
    """Forward and back for images (images, ...), see `core.models.dense.inputs`, of classes (images,).

    Raises:
        ValueError: the network does not end in softmax.
    """
    if model.output != "softmax":
        raise ValueError("The gradient here is that of the cross-entropy; choose a network that ends in softmax.")
    kernels, biases = ([array.astype(dtype, copy=False) for array in arrays] for arrays in layers_of(weights))
    outputs: list[np.ndarray] = [inputs(images).astype(dtype, copy=False)]
    sums: list[np.ndarray] = []
    for kernel, bias in zip(kernels, biases, strict=True):
        sums.append(outputs[-1] @ kernel + bias)  # (images, units)
        outputs.append(activate(sums[-1], "softmax" if len(sums) == len(kernels) else model.activation))
    every = np.arange(len(labels))
    error = outputs[-1].copy()  # (images, classes)
    error[every, labels] -= 1
    errors = [error]
    for layer in range(len(kernels) - 1, 0, -1):
        error = error @ kernels[layer].T * TABLE[model.activation].slope(outputs[layer])  # (images, units of this layer)
        errors.insert(0, error)
    return Pass(outputs, sums, errors, losses_of(sums[-1], labels))


def losses_of(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Cross-entropy of logits (..., images, classes) for classes (images,): (..., images)."""
    top = logits.max(-1)
    own = np.take_along_axis(logits, np.broadcast_to(labels[:, None], (*logits.shape[:-1], 1)), -1)[..., 0]
    return np.log(np.exp(logits - top[..., None]).sum(-1)) + top - own


def stepped(weights: Weights, gradient: Gradient, rate: float) -> dict[str, np.ndarray]:
    """The weights after one step of gradient descent: each less `rate` times its gradient."""
    return {name: array - rate * gradient[name] if name in gradient else array for name, array in weights.items()}


def repeated(
    model: ModelSpec, weights: Weights, images: np.ndarray, labels: np.ndarray, rate: float, times: int, dtype: Any = np.float64
) -> tuple[dict[str, np.ndarray], list[float]]:
    """The weights after so many steps on the same images, and the mean loss before each step and after the last.

    Args:
        dtype: float32 where many images make many steps.
    """
    now: dict[str, np.ndarray] = {name: array.astype(dtype) for name, array in weights.items()}
    losses = []
    for _ in range(times):
        found = backward(model, now, images, labels, dtype)
        losses.append(found.loss)
        now = stepped(now, found.gradient(), rate)
    return now, [*losses, backward(model, now, images, labels, dtype).loss]
