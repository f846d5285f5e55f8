"""A digit CNN layer by layer, without torch: names, shapes, parameters, and what each layer gives for images.

input -> conv1 -> relu1 -> pool1 -> conv2 ... -> dense1 ... -> logits -> probabilities: as many convolutions as the ModelSpec has
channels, as many dense layers as it has sizes. Convolution is cross-correlation, as in torch.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from core.models.activations import activate, relu, softmax
from core.specs import ModelSpec, SpecError

POOL = 2  # side and stride of max-pooling, pixels


@dataclass(frozen=True)
class Layer:
    """One step of the network."""

    name: str
    title: str  # for people
    kind: str  # "input", "conv", "relu", "pool", "dense", "logits" or "probabilities"
    number: int  # of its convolution or dense layer, from 1; 0 of the input
    shape: tuple[int, ...]  # of its output for one image: (maps, height, width) or (units,)
    below: str = ""  # the layer that it reads
    weights: str = ""  # "conv1", "dense2": its parameters are <weights>.kernel and <weights>.bias; empty where it has none
    parameters: int = 0
    kernel: int = 0  # side in pixels, 0 where there is none
    stride: int = 0
    activation: str = ""  # key of ACTIVATIONS, or "softmax": what follows within the same layer of the network

    @property
    def flat(self) -> bool:
        """Whether it gives single values and not maps."""
        return len(self.shape) == 1


def check(model: ModelSpec) -> None:
    """Refuse a shape that cannot be built.

    Raises:
        SpecError: in a sentence.
    """
    if model.kind != "digit_cnn" or not model.channels or not model.sizes:
        raise SpecError("A digit CNN has convolutions and dense layers: give at least one number of channels and one size.")
    if model.output != "softmax":
        raise SpecError(f"A digit CNN ends in softmax, not in {model.output}; choose that output.")
    side = model.image
    for _ in model.channels:
        side -= model.kernel_size - 1
        if side < POOL:
            raise SpecError(
                f"{len(model.channels)} convolutions with kernels of {model.kernel_size} pixels leave nothing of an image of "
                f"{model.image} pixels; choose smaller kernels or fewer convolutions."
            )
        side //= POOL


@lru_cache(maxsize=256)
def layers(model: ModelSpec) -> tuple[Layer, ...]:
    """The layers of a digit CNN from input to probabilities.

    Raises:
        SpecError: the shape cannot be built.
    """
    check(model)
    side, k = model.image, model.kernel_size
    out = [Layer("input", "Input", "input", 0, (1, side, side))]
    for i, channels in enumerate(model.channels, start=1):
        below, maps = out[-1].name, out[-1].shape[0]
        side -= k - 1
        shape, title = (channels, side, side), f"Convolution {i}"
        parameters = channels * (maps * k * k + 1)
        out.append(Layer(f"conv{i}", title, "conv", i, shape, below, f"conv{i}", parameters, k, 1, "relu"))
        out.append(Layer(f"relu{i}", f"{title} after ReLU", "relu", i, shape, f"conv{i}"))
        side //= POOL
        out.append(Layer(f"pool{i}", f"Max-pool {i}", "pool", i, (channels, side, side), f"relu{i}", kernel=POOL, stride=POOL))
    last = len(model.sizes)
    for i, units in enumerate(model.sizes, start=1):
        below, parameters = out[-1].name, units * (prod(out[-1].shape) + 1)
        title = "Dense" if last == 1 else f"Dense {i}"
        if i < last:
            out.append(Layer(f"dense{i}", title, "dense", i, (units,), below, f"dense{i}", parameters, activation=model.activation))
        else:
            out.append(Layer("logits", title, "logits", i, (units,), below, f"dense{i}", parameters, activation="softmax"))
            out.append(Layer("probabilities", f"{title} after softmax", "probabilities", i, (units,), "logits"))
    return tuple(out)


def layer(model: ModelSpec, name: str) -> Layer:
    """The layer of this name.

    Raises:
        KeyError: the network has none.
    """
    return named(layers(model), name)


def named(found: Iterable[Layer], name: str) -> Layer:
    """The one of this name among layers.

    Raises:
        KeyError: there is none.
    """
    for one in found:
        if one.name == name:
            return one
    raise KeyError(name)


def weight_shapes(model: ModelSpec) -> dict[str, tuple[int, ...]]:
    """Shape of each parameter as a run stores it: convolutions (out, in, height, width), dense kernels (inputs, outputs).

    The first dense layer's inputs are the last maps laid out map by map, row by row: input = (map * height + row) * width + column.
    """
    k = model.kernel_size
    out: dict[str, tuple[int, ...]] = {}
    for one in layers(model):
        if one.weights:
            size, below = one.shape[0], layer(model, one.below).shape
            out[f"{one.weights}.kernel"] = (size, below[0], k, k) if one.kind == "conv" else (prod(below), size)
            out[f"{one.weights}.bias"] = (size,)
    return out


def parameter_count(model: ModelSpec) -> int:
    """Weights and biases of a network.

    Raises:
        SpecError: a shape that cannot be built.
    """
    return sum(prod(shape) for shape in weight_shapes(model).values())


def activations(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray, dtype: Any = np.float64) -> dict[str, np.ndarray]:
    """Layer name -> activation: maps (batch, channels, height, width), dense layers, logits and probabilities (batch, units).

    Args:
        weights: parameters as a run stores them, one state.
        images: (batch, height, width) in [0, 1], ink 1, or uint8, ink 255.
        dtype: float64 for exact ledgers, float32 for thousands of images.
    """
    scale = np.float32(255 if images.dtype == np.uint8 else 1)
    x: np.ndarray = np.asarray(images / scale, dtype)[:, None]  # (batch, 1, height, width)
    return {"input": x} | onward(model, weights, "conv1", sums(weights, "conv1", x))


def sums(weights: Mapping[str, np.ndarray], name: str, x: np.ndarray) -> np.ndarray:
    """What a convolution or dense layer makes of its inputs x, before any activation: weighted inputs and bias, in their type.

    Args:
        name: "conv1", ..., "dense1", ...
    """
    kernel, bias = (np.asarray(weights[f"{name}.{part}"], x.dtype) for part in ("kernel", "bias"))
    return convolve(x, kernel, bias) if kernel.ndim == 4 else x.reshape(len(x), -1) @ kernel + bias  # (batch, maps, h, w) or (batch, units)


def onward(model: ModelSpec, weights: Mapping[str, np.ndarray], name: str, before: np.ndarray) -> dict[str, np.ndarray]:
    """Every activation from a convolution or dense layer on, whose sums before any activation are given; see `activations`.

    Args:
        name: of that layer, "conv1", ..., "dense1", ...
        before: its sums, (batch, maps, height, width) or (batch, units).
    """
    order = [f"conv{i}" for i in range(1, len(model.channels) + 1)] + [f"dense{i}" for i in range(1, len(model.sizes) + 1)]
    out: dict[str, np.ndarray] = {}
    x = before
    for this in order[order.index(name) :]:
        z = before if this == name else sums(weights, this, x)
        if this.startswith("conv"):
            number = this.removeprefix("conv")
            out[this], out[f"relu{number}"] = z, relu(z)
            x = out[f"pool{number}"] = max_pool(out[f"relu{number}"])  # (batch, maps, height // 2, width // 2)
        elif this != order[-1]:
            x = out[this] = activate(z, model.activation)  # (batch, units)
        else:
            out["logits"], out["probabilities"] = z, softmax(z)  # (batch, classes)
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


def seen(model: ModelSpec, number: int) -> tuple[int, int]:
    """What one value of a convolution (1 = first) sees of the input: pixels from it to its neighbour, and pixels a side."""
    step, side = 1, model.kernel_size
    for _ in range(number - 1):
        side += step * (POOL - 1)
        step *= POOL
        side += step * (model.kernel_size - 1)
    return step, side
