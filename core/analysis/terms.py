"""Where one number inside a network of convolutions comes from: the terms it is made of, whose total is the number shown."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.models.digit_layers import POOL, Layer
from core.models.sequence_steps import padded
from core.specs import Step


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
    first: int = 0  # number of the first input map that it sees, where convolutions work in groups


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

    values: np.ndarray  # (2, 2), or as many as its window holds
    largest: float  # of them; of an average pool their mean
    corner: tuple[int, int]


Weights = Mapping[str, np.ndarray]
Activations = Mapping[str, np.ndarray]


def convolution_terms(
    weights: Weights, acts: Activations, image: int, layer: Layer, channel: int, row: int, column: int, step: Step | None = None
) -> ConvolutionTerms:
    """The terms of one value of a convolution for image number `image` of the activations.

    Args:
        step: of the convolution, with its stride, padding, dilation and groups; every pixel, none and one where it is left out.
    """
    kernel = weights[f"{layer.weights}.kernel"][channel].astype(np.float64)  # (in, k, k)
    inside, height, width = kernel.shape
    step = step or Step("conv", layer.shape[0], (height, width))
    first = channel // (layer.shape[0] // step.groups) * inside
    top, left = row * step.stride[0], column * step.stride[1]
    down, across = step.dilation
    below = padded(acts[layer.below][image][None, first : first + inside].astype(np.float64), step.pad)[0]
    patch = below[:, top : top + (height - 1) * down + 1 : down, left : left + (width - 1) * across + 1 : across]  # (in, k, k)
    products = patch * kernel
    channels = products.sum((1, 2))
    bias = float(weights[f"{layer.weights}.bias"][channel])
    before = float(channels.sum()) + bias
    corner = (top - step.pad[0], left - step.pad[1])
    return ConvolutionTerms(patch, kernel, products, channels, bias, before, max(before, 0.0), corner, first)


def pool_terms(acts: Activations, image: int, layer: Layer, channel: int, row: int, column: int, step: Step | None = None) -> PoolTerms:
    """The values of which one value of a pooling layer is the largest, or the mean.

    Args:
        step: of the pool; the largest of 2x2 where it is left out.
    """
    step = step or Step("maxpool", kernel=(POOL, POOL), stride=(POOL, POOL))
    maps = acts[layer.below][image][channel]
    if step.kernel == (0, 0):
        return PoolTerms(maps, float(maps.max() if step.kind == "maxpool" else maps.mean()), (0, 0))
    top, left = row * step.stride[0] - step.pad[0], column * step.stride[1] - step.pad[1]
    rows, columns = (slice(max(start, 0), start + size) for start, size in zip((top, left), step.kernel, strict=True))
    values = maps[rows, columns]  # (2, 2), fewer at the edges
    if step.kind == "maxpool":
        return PoolTerms(values, float(values.max()), (rows.start, columns.start))
    count = values.size if step.mode == "inside" else step.kernel[0] * step.kernel[1]
    return PoolTerms(values, float(values.sum() / count), (rows.start, columns.start))


def dense_terms(weights: Weights, acts: Activations, image: int, layer: Layer, unit: int) -> DenseTerms:
    """The terms of one unit of a dense layer, map by map where it reads maps."""
    inputs = acts[layer.below][image].astype(np.float64)  # (maps, h, w) or (units,)
    kernel = weights[f"{layer.weights}.kernel"][:, unit].astype(np.float64).reshape(inputs.shape)
    products = inputs * kernel
    parts = products.reshape(len(products), -1).sum(1)
    bias = float(weights[f"{layer.weights}.bias"][unit])
    return DenseTerms(inputs, kernel, products, parts, bias, float(parts.sum()) + bias)
