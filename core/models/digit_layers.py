"""The digit CNN layer by layer, without torch: names, shapes, parameters, and what each layer gives for images.

input -> conv1 -> relu1 -> pool1 -> conv2 -> relu2 -> pool2 -> logits -> probabilities. Shapes follow from the ModelSpec alone.
Convolution is cross-correlation, as in torch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from core.models.activations import relu, softmax
from core.specs import ModelSpec, SpecError

POOL = 2  # side and stride of max-pooling, pixels


@dataclass(frozen=True)
class Layer:
    """One step of the network."""

    name: str
    title: str  # for people
    shape: tuple[int, ...]  # of its output for one image: (maps, height, width) or (units,)
    weights: tuple[str, ...] = ()  # parameter names as a run stores them
    parameters: int = 0
    kernel: int = 0  # side in pixels, 0 where there is none
    stride: int = 0
    activation: str = ""  # what follows within the seed's layer


def check(model: ModelSpec) -> None:
    """Refuse a shape that cannot be built.

    Raises:
        SpecError: in a sentence.
    """
    if model.kind != "digit_cnn" or len(model.channels) != 2 or len(model.sizes) != 1:
        raise SpecError("A digit CNN has two convolutions and one dense layer: give two channels and one size.")
    side = model.image
    for _ in model.channels:
        side -= model.kernel_size - 1
        if side < POOL:
            raise SpecError(
                f"Kernels of {model.kernel_size} pixels leave nothing of an image of {model.image} pixels; choose smaller ones."
            )
        side //= POOL


def layers(model: ModelSpec) -> tuple[Layer, ...]:
    """The layers of a digit CNN from input to probabilities.

    Raises:
        SpecError: the shape cannot be built.
    """
    check(model)
    side, maps, k = model.image, 1, model.kernel_size
    out = [Layer("input", "Input", (1, side, side))]
    for i, channels in enumerate(model.channels, start=1):
        side -= k - 1
        count = channels * maps * k * k + channels
        names = (f"conv{i}.kernel", f"conv{i}.bias")
        out.append(Layer(f"conv{i}", f"Convolution {i}", (channels, side, side), names, count, k, 1, "ReLU"))
        out.append(Layer(f"relu{i}", f"Convolution {i} after ReLU", (channels, side, side)))
        side //= POOL
        maps = channels
        out.append(Layer(f"pool{i}", f"Max-pool {i}", (maps, side, side), kernel=POOL, stride=POOL))
    units = model.sizes[0]
    inputs = maps * side * side
    out.append(Layer("logits", "Dense", (units,), ("dense1.kernel", "dense1.bias"), inputs * units + units, activation="softmax"))
    out.append(Layer("probabilities", "Dense after softmax", (units,)))
    return tuple(out)


def weight_shapes(model: ModelSpec) -> dict[str, tuple[int, ...]]:
    """Shape of each parameter as a run stores it: convolutions (out, in, height, width), the dense kernel (inputs, outputs).

    The dense layer's inputs are pool2 laid out map by map, row by row: input = (map * height + row) * width + column.
    """
    check(model)
    first, second = model.channels
    k, units = model.kernel_size, model.sizes[0]
    flat = prod(next(layer.shape for layer in layers(model) if layer.name == "pool2"))
    return {
        "conv1.kernel": (first, 1, k, k),
        "conv1.bias": (first,),
        "conv2.kernel": (second, first, k, k),
        "conv2.bias": (second,),
        "dense1.kernel": (flat, units),
        "dense1.bias": (units,),
    }


def activations(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray, dtype: Any = np.float64) -> dict[str, np.ndarray]:
    """Layer name -> activation: maps (batch, channels, height, width), logits and probabilities (batch, classes).

    Args:
        weights: parameters as a run stores them, one state.
        images: (batch, height, width) in [0, 1], ink 1, or uint8, ink 255.
        dtype: float64 for exact ledgers, float32 for thousands of images.
    """
    w: dict[str, np.ndarray] = {name: np.asarray(array, dtype) for name, array in weights.items()}
    scale = np.float32(255 if images.dtype == np.uint8 else 1)
    x: np.ndarray = np.asarray(images / scale, dtype)[:, None]  # (batch, 1, height, width)
    out = {"input": x}
    for i in range(1, len(model.channels) + 1):
        x = out[f"conv{i}"] = convolve(x, w[f"conv{i}.kernel"], w[f"conv{i}.bias"])  # (batch, 8, 24, 24); (batch, 16, 8, 8)
        x = out[f"relu{i}"] = relu(x)
        x = out[f"pool{i}"] = max_pool(x)  # (batch, 8, 12, 12); (batch, 16, 4, 4)
    out["logits"] = x.reshape(len(x), -1) @ w["dense1.kernel"] + w["dense1.bias"]  # (batch, 256) -> (batch, 10)
    out["probabilities"] = softmax(out["logits"])
    return out


def answers(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """The probabilities of one state for each image, (images, classes) float32."""
    return activations(model, weights, images, np.float32)["probabilities"]


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
