"""What each step of a sequence computes, without torch: (batch, channels, height, width) or (batch, units) in and out.

Convolution is cross-correlation, as in torch. Every function keeps the type of its input.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from core.models.activations import elu, relu, sigmoid, softmax
from core.specs import Step

COLUMNS = 1 << 22  # values of the patches that a convolution lays out at a time, so that they stay near the processor


def gelu(z: np.ndarray, mode: str = "") -> np.ndarray:
    """z times the normal distribution's share below z, or its approximation by tanh. Hendrycks and Gimpel 2016."""
    if mode == "tanh":
        return 0.5 * z * (1 + np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)))
    from scipy.special import erf

    return 0.5 * z * (1 + erf(z / math.sqrt(2)).astype(z.dtype))


def softplus(z: np.ndarray) -> np.ndarray:
    """log(1 + exp(z)), without overflow."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


# pointwise steps without parameters: kind -> function of values and step
POINTWISE: dict[str, Callable[[np.ndarray, Step], np.ndarray]] = {
    "relu": lambda z, _: relu(z),
    "relu6": lambda z, _: np.clip(z, 0, 6),
    "leaky": lambda z, step: np.where(z > 0, z, z * np.asarray(step.value, z.dtype)),
    "elu": lambda z, step: elu(z) if step.value == 1 else np.where(z > 0, z, np.asarray(step.value, z.dtype) * np.expm1(np.minimum(z, 0))),
    "selu": lambda z, _: (
        np.asarray(1.0507009873554805, z.dtype) * np.where(z > 0, z, np.asarray(1.6732632423543772, z.dtype) * np.expm1(np.minimum(z, 0)))
    ),
    "gelu": lambda z, step: gelu(z, step.mode),
    "silu": lambda z, _: z * sigmoid(z),
    "mish": lambda z, _: z * np.tanh(softplus(z)),
    "softplus": lambda z, _: softplus(z),
    "softsign": lambda z, _: z / (1 + np.abs(z)),
    "tanh": lambda z, _: np.tanh(z),
    "sigmoid": lambda z, _: sigmoid(z),
    "hardsigmoid": lambda z, step: np.clip(z * np.asarray(step.value, z.dtype) + np.asarray(step.shift, z.dtype), 0, 1),
    "hardtanh": lambda z, _: np.clip(z, -1, 1),
    "hardswish": lambda z, _: z * np.clip(z + 3, 0, 6) / 6,
    "square": lambda z, _: z * z,
    "abs": lambda z, _: np.abs(z),
    "sine": lambda z, _: np.sin(z),
    "sign": lambda z, _: np.sign(z),
    "exp": lambda z, _: np.exp(np.minimum(z, 80)),
    "scale": lambda z, step: z * np.asarray(step.value, z.dtype) + np.asarray(step.shift, z.dtype),
    "softmax": lambda z, _: softmax(z),
}


def run(step: Step, name: str, weights: Mapping[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """What one step makes of its input.

    Args:
        name: of its parameters, "conv1": <name>.kernel, <name>.bias, ...
    """

    def of(part: str) -> np.ndarray:
        return np.asarray(weights[f"{name}.{part}"], x.dtype)

    match step.kind:
        case "conv":
            return convolve(x, of("kernel"), of("bias"), step)
        case "dense":
            return x.reshape(len(x), -1) @ of("kernel") + of("bias")  # (batch, units)
        case "norm":
            shape = (-1,) + (1,) * (x.ndim - 2)
            scale = of("gamma") / np.sqrt(of("variance") + np.asarray(step.value, x.dtype))
            return x * scale.reshape(shape) + (of("beta") - of("mean") * scale).reshape(shape)
        case "prelu":
            return np.where(x > 0, x, x * of("slope").reshape((-1,) + (1,) * (x.ndim - 2)))
        case "maxpool" | "avgpool":
            return pool(x, step)
        case "pad":
            return padded(x, step.pad, 0.0 if step.value == 1 else step.value)
        case "flatten":
            return x.reshape(len(x), -1)  # (batch, channels * height * width)
    return POINTWISE[step.kind](x, step)


def padded(x: np.ndarray, pad: tuple[int, int, int, int], value: float = 0.0) -> np.ndarray:
    """Maps with rows and columns of one value around them."""
    top, left, bottom, right = pad
    return np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=value) if any(pad) else x


def windows(x: np.ndarray, step: Step) -> np.ndarray:
    """The windows of a convolution or pool over padded maps, a view: (batch, channels, height, width, kernel height, kernel width)."""
    (kh, kw), (dh, dw), (sh, sw) = step.kernel, step.dilation, step.stride
    view = sliding_window_view(x, ((kh - 1) * dh + 1, (kw - 1) * dw + 1), axis=(2, 3))
    return view[:, :, ::sh, ::sw, ::dh, ::dw]


def convolve(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, step: Step) -> np.ndarray:
    """Maps (batch, out, height, width) of x (batch, in, h, w) and kernel (out, in / groups, kernel height, kernel width).

    The patches are laid out with the channels last, so that each is copied in long runs.
    """
    batch, (outputs, inside, kh, kw) = len(x), kernel.shape
    if inside == 1 and outputs == step.groups:  # each map for itself: a sum over the cells of the kernel is faster than patches
        view = windows(padded(x, step.pad), step)
        found = view[..., 0, 0] * kernel[:, 0, 0, 0, None, None]
        for i in range(kh):
            for j in range(kw):
                if i or j:
                    found += view[..., i, j] * kernel[:, 0, i, j, None, None]
        return found + bias[:, None, None]
    _, height, width = output_shape(step, x.shape[1:])
    each = outputs // step.groups
    last = np.ascontiguousarray(padded(x, step.pad).transpose(0, 2, 3, 1))  # (batch, h, w, in)
    down, across = ((k - 1) * d + 1 for k, d in zip((kh, kw), step.dilation, strict=True))
    view = sliding_window_view(last, (down, across), axis=(1, 2))  # (batch, height, width, in, down, across)
    view = view[:, :: step.stride[0], :: step.stride[1], :, :: step.dilation[0], :: step.dilation[1]].transpose(0, 1, 2, 4, 5, 3)
    out = np.empty((batch, outputs, height, width), x.dtype)
    part = max(1, COLUMNS // max(height * width * inside * kh * kw, 1))  # images at a time
    for group in range(step.groups):
        at = slice(group * each, (group + 1) * each)
        flat = kernel[at].transpose(2, 3, 1, 0).reshape(-1, each)  # (kh * kw * in / groups, out / groups)
        for start in range(0, batch, part):
            some = view[start : start + part, ..., group * inside : (group + 1) * inside]
            rows = some.reshape(-1, flat.shape[0])  # (images * height * width, kh * kw * in / groups)
            out[start : start + part, at] = (rows @ flat).reshape(len(some), height, width, each).transpose(0, 3, 1, 2)
    return out + bias[:, None, None]


def pool(x: np.ndarray, step: Step) -> np.ndarray:
    """The largest or the mean of each window; a kernel of (0, 0) takes all of a map."""
    if step.kernel == (0, 0):
        return x.max((2, 3), keepdims=True) if step.kind == "maxpool" else x.mean((2, 3), keepdims=True)
    if step.kind == "maxpool":
        return _over(np.maximum, padded(x, step.pad, -np.inf), step)
    total = _over(np.add, padded(x, step.pad), step)
    if step.mode == "inside" and any(step.pad):
        counts = _over(np.add, padded(np.ones((1, 1, *x.shape[2:]), x.dtype), step.pad), step)
        return total / np.maximum(counts, 1)
    return total / np.asarray(step.kernel[0] * step.kernel[1], x.dtype)


def _over(function: np.ufunc, x: np.ndarray, step: Step) -> np.ndarray:
    """One function over the cells of every window, a cell of all windows at a time."""
    view = windows(x, step)
    out = view[..., 0, 0].copy()
    for i in range(view.shape[4]):
        for j in range(view.shape[5]):
            if i or j:
                function(out, view[..., i, j], out=out)
    return out


def output_shape(step: Step, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Shape of a step's output for one image, from that of its input; 0 or less in it where nothing is left of the maps."""
    match step.kind:
        case "conv":
            return (step.units, *_sides(step, shape))
        case "maxpool" | "avgpool":
            return (shape[0], 1, 1) if step.kernel == (0, 0) else (shape[0], *_sides(step, shape))
        case "pad":
            top, left, bottom, right = step.pad
            return shape[0], shape[1] + top + bottom, shape[2] + left + right
        case "dense":
            return (step.units,)
        case "flatten":
            return (math.prod(shape),)
    return shape


def _sides(step: Step, shape: tuple[int, ...]) -> tuple[int, int]:
    (kh, kw), (dh, dw), (sh, sw), (top, left, bottom, right) = step.kernel, step.dilation, step.stride, step.pad
    down = (shape[1] + top + bottom - (kh - 1) * dh - 1) // sh + 1
    return down, (shape[2] + left + right - (kw - 1) * dw - 1) // sw + 1


def parameter_shapes(step: Step, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """Shape of each parameter of a step by the part of its name behind the point, from the shape of its input."""
    match step.kind:
        case "conv":
            return {"kernel": (step.units, shape[0] // step.groups, *step.kernel), "bias": (step.units,)}
        case "dense":
            return {"kernel": (math.prod(shape), step.units), "bias": (step.units,)}
        case "norm":
            return dict.fromkeys(("gamma", "beta", "mean", "variance"), (shape[0],))
        case "prelu":
            return {"slope": (shape[0],)}
    return {}
