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
    x = inputs(images).astype(dtype, copy=False)
    outputs, sums, errors = _through(x @ kernels[0] + biases[0], kernels, biases, labels, model.activation)
    return Pass([x, *outputs], sums, errors, losses_of(sums[-1], labels))


def _through(
    first: np.ndarray, kernels: list[np.ndarray], biases: list[np.ndarray], labels: np.ndarray, activation: str
) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """From the first layer's sums (images, units) up and back: what each layer gives, its sums and its errors, (images, units) each."""
    sums, outputs = [first], []
    for kernel, bias in zip(kernels[1:], biases[1:], strict=True):
        outputs.append(activate(sums[-1], activation))
        sums.append(outputs[-1] @ kernel + bias)
    outputs.append(activate(sums[-1], "softmax"))
    error = outputs[-1].copy()  # (images, classes)
    error[np.arange(len(labels)), labels] -= 1
    errors = [error]
    for kernel, output in zip(kernels[:0:-1], outputs[-2::-1], strict=True):
        error = error @ kernel.T * TABLE[activation].slope(output)  # (images, units of this layer)
        errors.insert(0, error)
    return outputs, sums, errors


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

    The first layer's sums are moved by what the images have in common, so its large kernel is worked out once and not once a step.

    Args:
        dtype: float32 where many images make many steps.
    """
    kernels, biases = ([array.astype(dtype) for array in arrays] for arrays in layers_of(weights))
    x, share = inputs(images).astype(dtype, copy=False), rate / len(labels)
    common = x @ x.T + 1  # (images, images): how far an error of one moves the other's sum, by the kernel and by the bias
    first = x @ kernels[0] + biases[0]  # (images, units)
    told, losses = np.zeros_like(first), []  # the errors of all steps
    for _ in range(times):
        outputs, sums, errors = _through(first, kernels, biases, labels, model.activation)
        losses.append(float(losses_of(sums[-1], labels).mean()))
        for i, (output, error) in enumerate(zip(outputs, errors[1:], strict=False), start=1):
            kernels[i] -= share * (output.T @ error)
            biases[i] -= share * error.sum(0)
        first = first - share * (common @ errors[0])
        told += errors[0]
    kernels[0] -= share * (x.T @ told)
    biases[0] -= share * told.sum(0)
    losses.append(float(losses_of(_through(first, kernels, biases, labels, model.activation)[1][-1], labels).mean()))
    after = zip(names(len(kernels)), zip(kernels, biases, strict=True), strict=True)
    return {name: array for pair, arrays in after for name, array in zip(pair, arrays, strict=True)}, losses
