"""The gradient of the loss of a digit CNN by each of its kernels, the mean over some images. In numpy."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from core.analysis.pulse_gradient import unpooled
from core.models.activations import TABLE
from core.models.digit_layers import activations, convolve
from core.specs import ModelSpec


def kernel_gradients(
    model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray, labels: np.ndarray, dtype: Any = np.float64
) -> dict[str, np.ndarray]:
    """Gradient of the mean cross-entropy of images (images, side, side) by every kernel, each of its kernel's shape."""
    acts = activations(model, weights, images, dtype)
    count, out = len(labels), {}
    error = acts["probabilities"].copy()  # (images, classes)
    error[np.arange(count), labels] -= 1
    error /= count
    pool = f"pool{len(model.channels)}"
    for i in range(len(model.sizes), 0, -1):
        below = acts[f"dense{i - 1}" if i > 1 else pool]
        out[f"dense{i}.kernel"] = below.reshape(count, -1).T @ error
        error = error @ weights[f"dense{i}.kernel"].astype(dtype).T  # (images, units below)
        if i > 1:
            error = error * TABLE[model.activation].slope(below)
    error = error.reshape(acts[pool].shape)  # (images, maps, h, w)
    for i in range(len(model.channels), 0, -1):
        maps, below = acts[f"relu{i}"], acts["input" if i == 1 else f"pool{i - 1}"]
        flat = unpooled(error.reshape(-1, *error.shape[2:]), maps.reshape(-1, *maps.shape[2:]))
        error = flat.reshape(maps.shape) * (maps > 0)
        windows = sliding_window_view(below, error.shape[2:], axis=(2, 3))  # (images, in, k, k, h, w)
        out[f"conv{i}.kernel"] = np.einsum("nixyhw,nohw->oixy", windows, error, optimize=True)
        if i > 1:
            kernel = weights[f"conv{i}.kernel"].astype(dtype)  # (out, in, k, k)
            k = kernel.shape[-1]
            padded = np.pad(error, ((0, 0), (0, 0), (k - 1, k - 1), (k - 1, k - 1)))
            error = convolve(padded, kernel.transpose(1, 0, 2, 3)[..., ::-1, ::-1], np.zeros(kernel.shape[1], dtype))
    return out
