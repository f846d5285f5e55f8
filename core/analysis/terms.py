"""Where one number inside the digit CNN comes from: the terms it is made of, whose total is the number shown."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.models.digit_layers import POOL


@dataclass(frozen=True)
class ConvolutionTerms:
    """One value of a convolution's map."""

    patch: np.ndarray  # (in, k, k), what the filter sees
    kernel: np.ndarray  # (in, k, k)
    products: np.ndarray  # (in, k, k)
    channels: np.ndarray  # (in,), products summed over the patch
    bias: float
    before: float  # channels and bias summed
    after: float  # ReLU of it
    corner: tuple[int, int]  # first row and column of the patch in the layer below


@dataclass(frozen=True)
class DenseTerms:
    """One logit and its probability."""

    inputs: np.ndarray  # (maps, 4, 4)
    kernel: np.ndarray  # (maps, 4, 4), this unit's weights laid out as the maps
    products: np.ndarray  # (maps, 4, 4)
    maps: np.ndarray  # (maps,), products summed over each map
    bias: float
    logit: float
    probability: float


@dataclass(frozen=True)
class PoolTerms:
    """One value of a pooled map."""

    values: np.ndarray  # (2, 2)
    largest: float
    corner: tuple[int, int]


Weights = Mapping[str, np.ndarray]
Activations = Mapping[str, np.ndarray]
BELOW = {"conv1": "input", "conv2": "pool1", "pool1": "relu1", "pool2": "relu2"}


def convolution_terms(weights: Weights, acts: Activations, image: int, layer: str, channel: int, row: int, column: int) -> ConvolutionTerms:
    """The terms of one value of layer "conv1" or "conv2" for image number `image` of the activations."""
    kernel = weights[f"{layer}.kernel"][channel].astype(np.float64)  # (in, k, k)
    k = kernel.shape[-1]
    patch = acts[BELOW[layer]][image][:, row : row + k, column : column + k].astype(np.float64)  # (in, k, k)
    products = patch * kernel
    channels = products.sum((1, 2))
    bias = float(weights[f"{layer}.bias"][channel])
    before = float(channels.sum()) + bias
    return ConvolutionTerms(patch, kernel, products, channels, bias, before, max(before, 0.0), (row, column))


def pool_terms(acts: Activations, image: int, layer: str, channel: int, row: int, column: int) -> PoolTerms:
    """The four values of which one value of "pool1" or "pool2" is the largest."""
    top, left = row * POOL, column * POOL
    values = acts[BELOW[layer]][image][channel, top : top + POOL, left : left + POOL]  # (2, 2)
    return PoolTerms(values, float(values.max()), (top, left))


def dense_terms(weights: Weights, acts: Activations, image: int, unit: int) -> DenseTerms:
    """The terms of one class's logit, map by map."""
    inputs = acts["pool2"][image].astype(np.float64)  # (maps, 4, 4)
    kernel = weights["dense1.kernel"][:, unit].astype(np.float64).reshape(inputs.shape)
    products = inputs * kernel
    maps = products.sum((1, 2))
    bias = float(weights["dense1.bias"][unit])
    return DenseTerms(inputs, kernel, products, maps, bias, float(maps.sum()) + bias, float(acts["probabilities"][image][unit]))
