"""Where one number inside a digit CNN comes from: the terms it is made of, whose total is the number shown."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.models.digit_layers import POOL, Layer


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
    """One unit of a dense layer."""

    inputs: np.ndarray  # (parts, ...): the maps of a pooling layer (maps, h, w), or single units (units,)
    kernel: np.ndarray  # likewise, this unit's weights
    products: np.ndarray  # likewise
    parts: np.ndarray  # (parts,), products summed over each map
    bias: float
    before: float  # products and bias summed


@dataclass(frozen=True)
class PoolTerms:
    """One value of a pooled map."""

    values: np.ndarray  # (2, 2)
    largest: float
    corner: tuple[int, int]


Weights = Mapping[str, np.ndarray]
Activations = Mapping[str, np.ndarray]


def convolution_terms(
    weights: Weights, acts: Activations, image: int, layer: Layer, channel: int, row: int, column: int
) -> ConvolutionTerms:
    """The terms of one value of a convolution for image number `image` of the activations."""
    kernel = weights[f"{layer.weights}.kernel"][channel].astype(np.float64)  # (in, k, k)
    k = kernel.shape[-1]
    patch = acts[layer.below][image][:, row : row + k, column : column + k].astype(np.float64)  # (in, k, k)
    products = patch * kernel
    channels = products.sum((1, 2))
    bias = float(weights[f"{layer.weights}.bias"][channel])
    before = float(channels.sum()) + bias
    return ConvolutionTerms(patch, kernel, products, channels, bias, before, max(before, 0.0), (row, column))


def pool_terms(acts: Activations, image: int, layer: Layer, channel: int, row: int, column: int) -> PoolTerms:
    """The four values of which one value of a pooling layer is the largest."""
    top, left = row * POOL, column * POOL
    values = acts[layer.below][image][channel, top : top + POOL, left : left + POOL]  # (2, 2)
    return PoolTerms(values, float(values.max()), (top, left))


def dense_terms(weights: Weights, acts: Activations, image: int, layer: Layer, unit: int) -> DenseTerms:
    """The terms of one unit of a dense layer, map by map where it reads maps."""
    inputs = acts[layer.below][image].astype(np.float64)  # (maps, h, w) or (units,)
    kernel = weights[f"{layer.weights}.kernel"][:, unit].astype(np.float64).reshape(inputs.shape)
    products = inputs * kernel
    parts = products.reshape(len(products), -1).sum(1)
    bias = float(weights[f"{layer.weights}.bias"][unit])
    return DenseTerms(inputs, kernel, products, parts, bias, float(parts.sum()) + bias)
