"""A pulse CNN layer by layer, without torch: sizes, and what each layer gives for images. Convolution is cross-correlation."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.fft import ifft, irfft, rfft2

from core.models.activations import ANSWERS, activate, relu
from core.models.digit_layers import convolve, max_pool
from core.specs import ModelSpec, SpecError

FFT_FROM = 7  # kernel side in pixels from which the FFT is faster, at any image size
MICRO_BATCH = 8  # images that go through the convolutions together, so that what they need stays in the processor's cache
NOISE = 1e-6  # share of the largest value of a map below which the FFT cannot tell a value from 0


def map_sides(spec: ModelSpec) -> tuple[int, int, int]:
    """Sides in pixels of the first maps, the second maps and the pooled maps.

    Raises:
        SpecError: the kernels are too large for the image, or there are not two convolutions.
    """
    if len(spec.channels) != 2:
        raise SpecError(f"The pulse CNN has two convolutions; give two numbers of kernels, not {len(spec.channels)}.")
    first = spec.image - spec.kernel_size + 1
    second = first - spec.kernel_size + 1
    if second < 2:
        most = spec.image // 2
        raise SpecError(f"Kernels of {spec.kernel_size} pixels leave nothing of a {spec.image} pixel image; use {most} or fewer.")
    return first, second, second // 2


def shapes(spec: ModelSpec) -> dict[str, tuple[int, ...]]:
    """Shape of every parameter by name, in the order of the layers: (out, in, h, w), (inputs, outputs), (outputs,)."""
    pooled = map_sides(spec)[2]
    c1, c2, k = *spec.channels, spec.kernel_size
    out: dict[str, tuple[int, ...]] = {"conv1.kernel": (c1, 1, k, k), "conv1.bias": (c1,)}
    out |= {"conv2.kernel": (c2, c1, k, k), "conv2.bias": (c2,)}
    widths = (c2 * pooled * pooled, *spec.sizes)
    for i, (inputs, outputs) in enumerate(zip(widths, spec.sizes, strict=False), start=1):
        out |= {f"dense{i}.kernel": (inputs, outputs), f"dense{i}.bias": (outputs,)}
    return out


def parameter_count(spec: ModelSpec) -> int:
    """How many numbers the network learns."""
    return sum(math.prod(shape) for shape in shapes(spec).values())


def activations(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray, dtype: Any = np.float64) -> dict[str, np.ndarray]:
    """Every activation of one state by its name (see core.models.network), (images, ...) each.

    Args:
        images: (images, side, side), ink 1.

    Raises:
        SpecError: the state has no dense layers.
    """
    check(model, weights)
    x: np.ndarray = np.asarray(images, dtype)[:, None]  # (images, 1, side, side)
    out = {"input": x, "conv1": _by_parts(x, weights, "conv1")}
    out["relu1"] = relu(out["conv1"])
    out["conv2"] = _by_parts(out["relu1"], weights, "conv2")
    out["relu2"] = relu(out["conv2"])
    out["pool2"] = max_pool(out["relu2"])
    return out | _dense(model, weights, out["pool2"])


def answers(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """What one state says to each image (images, side, side), ink 1: (images, classes) float32.

    Raises:
        SpecError: the state has no dense layers.
    """
    check(model, weights)
    sides, c2 = map_sides(model), model.channels[1]
    pooled = np.empty((len(images), c2, sides[2], sides[2]), np.float32)
    first = Correlation(model.image, *_parameters(weights, "conv1", np.float32))
    second = Correlation(sides[0], *_parameters(weights, "conv2", np.float32))
    for start in range(0, len(images), MICRO_BATCH):
        part = slice(start, start + MICRO_BATCH)
        pooled[part] = relu(max_pool(second(relu(first(np.asarray(images[part], np.float32)[:, None])))))
    return _dense(model, weights, pooled)[ANSWERS[model.output]]


def check(model: ModelSpec, weights: Mapping[str, np.ndarray]) -> None:
    """Refuse a state that is not whole.

    Raises:
        SpecError: a parameter is missing or of another shape.
    """
    for name, shape in shapes(model).items():
        if name not in weights or weights[name].shape != shape:
            raise SpecError(f"The stored state has no {name} of shape {shape}; choose a run that keeps its dense layers.")


def _dense(model: ModelSpec, weights: Mapping[str, np.ndarray], pooled: np.ndarray) -> dict[str, np.ndarray]:
    """The dense layers from what the pool gave (images, c2, pooled, pooled) to what the network says, (images, units) each."""
    out: dict[str, np.ndarray] = {}
    z = pooled.reshape(len(pooled), -1)  # (images, c2 * pooled * pooled)
    last = len(model.sizes)
    for i in range(1, last + 1):
        kernel, bias = _parameters(weights, f"dense{i}", z.dtype)
        z = z @ kernel + bias  # (images, units)
        if i < last:
            z = out[f"dense{i}"] = activate(z, "relu" if i == 1 else model.activation)
    return out | {"logits": z, ANSWERS[model.output]: activate(z, model.output)}


def _parameters(weights: Mapping[str, np.ndarray], name: str, dtype: Any) -> tuple[np.ndarray, np.ndarray]:
    kernel, bias = (np.asarray(weights[f"{name}.{part}"], dtype) for part in ("kernel", "bias"))
    return kernel, bias


def _by_parts(x: np.ndarray, weights: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """A convolution of any number of images, the FFT's rounding taken out."""
    kernel, bias = _parameters(weights, name, x.dtype)
    one = Correlation(x.shape[-1], kernel, bias)
    parts = [_quiet(one(x[start : start + MICRO_BATCH]), bias) for start in range(0, len(x), MICRO_BATCH)]
    return np.concatenate(parts) if parts else one(x)


def correlate(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """One valid cross-correlation, (n, in, side, side) with (out, in, k, k) -> (n, out, side - k + 1, side - k + 1), in the type of x."""
    return Correlation(x.shape[-1], kernel, bias)(x)


class Correlation:
    """A valid cross-correlation with the same kernels for images of one side, in the type of the kernels.

    With spectra X of the image and K of the padded kernel it is the valid part of the inverse of `X * conj(K)`; K is taken once.
    """

    def __init__(self, side: int, kernel: np.ndarray, bias: np.ndarray) -> None:
        self._kernel, self._bias = kernel, bias
        self._valid, self._size = side - kernel.shape[-1] + 1, (fft_size(side),) * 2
        self._large = kernel.shape[-1] >= FFT_FROM
        if self._large:
            self._spectrum = rfft2(kernel, s=self._size).conj()  # (out, in, f, g)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """(n, in, side, side) -> (n, out, side - k + 1, side - k + 1)."""
        if not self._large:
            return convolve(x, self._kernel, self._bias)
        spectrum = rfft2(x, s=self._size)  # (n, in, f, g)
        product = spectrum[:, None, 0] * self._spectrum[None, :, 0]  # (n, out, f, g)
        for i in range(1, x.shape[1]):
            product += spectrum[:, None, i] * self._spectrum[None, :, i]
        rows = ifft(product, axis=-2, overwrite_x=True)[..., : self._valid, :]  # (n, out, valid, g): the others need not go back
        return irfft(rows, self._size[1])[..., : self._valid] + self._bias[:, None, None]


def _quiet(maps: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Maps (n, out, h, w) with the FFT's rounding taken out: where they differ from the bias by less than it can resolve, the bias."""
    offset = bias[:, None, None]
    size = np.abs(maps - offset)
    return np.where(size <= NOISE * size.max((1, 2, 3), keepdims=True), offset, maps)


def fft_size(least: int) -> int:
    """The smallest even length >= `least` whose only prime factors are 2, 3 and 5."""
    n = least + least % 2
    while True:
        rest = n
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return n
        n += 2
