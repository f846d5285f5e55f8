"""The gradient of a pulse CNN's kernels for one image: what every window says, added up. In numpy, float64."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.analysis.gradient import losses_of
from core.models.activations import ANSWERS, TABLE
from core.models.digit_layers import POOL
from core.models.pulse_layers import activations, correlate
from core.specs import ModelSpec


@dataclass(frozen=True)
class PulsePass:
    """One image forward through a pulse CNN and its error back to both convolutions."""

    acts: dict[str, np.ndarray]  # every activation by its name, (1, ...)
    loss: float
    errors: dict[str, np.ndarray]  # "conv1", "conv2": the loss by each of its sums, (kernels, height, width)
    kernels: dict[str, np.ndarray]  # gradient of each kernel, (out, in, k, k)


def start(model: ModelSpec, kept: Mapping[str, np.ndarray]) -> dict[str, np.ndarray] | None:
    """Every weight of the untrained network, drawn again from its seed, where of the start only some are kept.

    Returns:
        None where what is drawn here are not the weights that were kept, or without torch.
    """
    try:
        from core.models.pulse_cnn import PulseCNN
    except ImportError:
        return None
    drawn = PulseCNN(model).weights()
    same = all(drawn[name].shape == array.shape and np.allclose(drawn[name], array, atol=1e-3) for name, array in kept.items())
    return drawn if same else None


def pulse_backward(model: ModelSpec, loss: str, weights: Mapping[str, np.ndarray], image: np.ndarray, label: int) -> PulsePass:
    """Forward and back for one image (side, side), ink 1, of a class.

    The gradient of a kernel is the sum over its windows of the error at the window's sum times what the window sees. That is the
    error map laid over the layer's input: a convolution again, with the error map as the kernel.

    Args:
        loss: "cross_entropy", or "l1", the mean distance of the outputs from their targets.

    Raises:
        core.specs.SpecError: the state has no dense layers.
    """
    acts = activations(model, weights, image[None])
    answer, target = acts[ANSWERS[model.output]][0], np.eye(model.sizes[-1])[label]
    if loss == "cross_entropy":
        value, error = float(losses_of(acts["logits"], np.array([label]))[0]), answer - target
    else:
        value = float(np.abs(answer - target).mean())
        error = np.sign(answer - target) / len(answer) * TABLE[model.output].slope(answer)  # tanh
    for i in range(len(model.sizes), 1, -1):
        below = acts[f"dense{i - 1}"][0]
        slope = TABLE["relu" if i == 2 else model.activation].slope(below)
        error = weights[f"dense{i}.kernel"].astype(np.float64) @ error * slope
    error = (weights["dense1.kernel"].astype(np.float64) @ error).reshape(acts["pool2"].shape[1:])  # (c2, pooled, pooled)
    second = unpooled(error, acts["relu2"][0]) * (acts["conv2"][0] > 0)  # (c2, h, w)
    kernel = weights["conv2.kernel"].astype(np.float64)  # (c2, c1, k, k)
    first = _spread(second, kernel) * (acts["conv1"][0] > 0)  # (c1, h, w)
    errors = {"conv1": first, "conv2": second}
    kernels = {"conv1": _windows(acts["input"][0], first), "conv2": _windows(acts["relu1"][0], second)}
    return PulsePass(acts, value, errors, kernels)


def unpooled(error: np.ndarray, maps: np.ndarray) -> np.ndarray:
    """Errors (c, rows, columns) at what a pool gave, each put where the largest of its four (first of equals) stands: (c, h, w)."""
    c, rows, columns = error.shape
    fours = maps[:, : rows * POOL, : columns * POOL].reshape(c, rows, POOL, columns, POOL).transpose(0, 1, 3, 2, 4)
    winner = fours.reshape(c, rows, columns, POOL * POOL).argmax(-1)
    out = np.zeros(maps.shape)
    channel, row, column = np.indices(error.shape)
    out[channel, row * POOL + winner // POOL, column * POOL + winner % POOL] = error
    return out


def _spread(error: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Errors (out, h, w) handed back through kernels (out, in, k, k) to what they read, (in, h + k - 1, w + k - 1)."""
    k = kernel.shape[-1]
    padded = np.pad(error, ((0, 0), (k - 1, k - 1), (k - 1, k - 1)))[None]
    turned = kernel.transpose(1, 0, 2, 3)[..., ::-1, ::-1]
    return correlate(padded, turned, np.zeros(turned.shape[0]))[0]


def _windows(maps: np.ndarray, error: np.ndarray) -> np.ndarray:
    """The sum over all windows of error times what the window sees: maps (in, H, W), errors (out, h, w) -> (out, in, k, k)."""
    found = [correlate(one[None, None], error[:, None], np.zeros(len(error)))[0] for one in maps]  # (out, k, k) each
    return np.stack(found, 1)
