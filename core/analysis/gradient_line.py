"""The loss along the line that a gradient points out: where a step of each rate would end."""

from collections.abc import Sequence

import numpy as np

from core.analysis.gradient import Gradient, losses_of
from core.models.activations import activate
from core.models.dense import Weights, inputs, layers_of
from core.specs import ModelSpec

TOO_SMALL = 0.1  # share of the largest fall along the line below which a step is called too small


def along(
    model: ModelSpec, weights: Weights, gradient: Gradient, images: np.ndarray, labels: np.ndarray, rates: Sequence[float]
) -> np.ndarray:
    """Mean loss of images (images, ...) with the weights less each rate times the gradient, (rates,).

    The first layer's sums are a straight line in the rate, so its large product is worked out twice and not once a rate.
    """
    kernels, biases = layers_of(weights)
    kernel_slopes, bias_slopes = layers_of(gradient)
    x = inputs(images).astype(np.float32, copy=False)
    start = x @ kernels[0].astype(np.float32) + biases[0].astype(np.float32)  # (images, units)
    slope = x @ kernel_slopes[0].astype(np.float32) + bias_slopes[0].astype(np.float32)
    out = []
    for rate in rates:
        z = start - np.float32(rate) * slope
        for kernel, bias, dk, db in zip(kernels[1:], biases[1:], kernel_slopes[1:], bias_slopes[1:], strict=True):
            z = activate(z, model.activation) @ (kernel - rate * dk).astype(np.float32) + (bias - rate * db).astype(np.float32)
        out.append(z)  # (images, classes)
    return losses_of(np.stack(out), labels).mean(-1)


def verdicts(losses: np.ndarray, now: float) -> list[str]:
    """What each rate of a line is: "too large" where the loss ends above where it is now, "too small" where it falls by less than
    a tenth of the largest fall, else "right"."""
    best = max(now - float(losses.min()), 0.0)
    return ["too large" if loss > now else "too small" if now - loss < TOO_SMALL * best else "right" for loss in losses.tolist()]
