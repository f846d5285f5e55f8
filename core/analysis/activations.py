"""Every activation of the digit CNN for a batch of images, in numpy: no model object, no hook, nothing left behind.

Names and order are those of `core.models.digit_layers.layers`. Convolution is cross-correlation, as in torch.
"""

from collections.abc import Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from core.models.digit_layers import POOL

Weights = Mapping[str, np.ndarray]
NAMES = ("input", "conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "logits", "probabilities")


def activations(weights: Weights, images: np.ndarray, dtype: type = np.float64) -> dict[str, np.ndarray]:
    """Layer name -> activation: maps (batch, channels, height, width), logits and probabilities (batch, 10).

    Args:
        weights: parameters as a run stores them, one state.
        images: (batch, 28, 28) in [0, 1], ink 1.
        dtype: float64 for exact ledgers, float32 for thousands of images.
    """
    w: dict[str, np.ndarray] = {name: np.asarray(array, dtype) for name, array in weights.items()}
    x: np.ndarray = np.asarray(images, dtype)[:, None]  # (batch, 1, 28, 28)
    out = {"input": x}
    for i in (1, 2):
        x = out[f"conv{i}"] = convolve(x, w[f"conv{i}.kernel"], w[f"conv{i}.bias"])  # (batch, 8, 24, 24); (batch, 16, 8, 8)
        x = out[f"relu{i}"] = np.maximum(x, 0)
        x = out[f"pool{i}"] = max_pool(x)  # (batch, 8, 12, 12); (batch, 16, 4, 4)
    out["logits"] = x.reshape(len(x), -1) @ w["dense1.kernel"] + w["dense1.bias"]  # (batch, 256) -> (batch, 10)
    out["probabilities"] = softmax(out["logits"])
    return out


def convolve(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray | float = 0.0) -> np.ndarray:
    """Maps (batch, out, h - k + 1, w - k + 1) of x (batch, in, h, w) and kernel (out, in, k, k)."""
    outputs, _, k, _ = kernel.shape
    patches = sliding_window_view(x, (k, k), axis=(2, 3))  # (batch, in, h', w', k, k)
    batch, _, height, width = patches.shape[:4]
    rows = patches.transpose(0, 2, 3, 1, 4, 5).reshape(batch * height * width, -1)  # (batch * h' * w', in * k * k)
    maps = rows @ kernel.reshape(outputs, -1).T + bias  # (batch * h' * w', out)
    return np.ascontiguousarray(maps.reshape(batch, height, width, outputs).transpose(0, 3, 1, 2))


def max_pool(x: np.ndarray) -> np.ndarray:
    """The largest of each 2x2 square, (batch, channels, h // 2, w // 2); an odd last row or column is dropped."""
    h, w = (side - side % POOL for side in x.shape[2:])
    return np.maximum(np.maximum(x[:, :, 0:h:2, 0:w:2], x[:, :, 1:h:2, 0:w:2]), np.maximum(x[:, :, 0:h:2, 1:w:2], x[:, :, 1:h:2, 1:w:2]))


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis; the largest logit is taken off first, so that nothing overflows."""
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def change(before: np.ndarray, after: np.ndarray) -> float:
    """How far two activations of one layer are apart: root of summed squares of the difference over that of `after`; 0 is the same."""
    size = float(np.linalg.norm(after))
    return float(np.linalg.norm(after - before)) / size if size else 0.0
