"""How fast a class's logit rises with each pixel, back through any sequence of layers by the chain rule. Needs no torch."""

from collections.abc import Mapping

import numpy as np

from core.models import sequence
from core.models.sequence import Part
from core.models.sequence_steps import POINTWISE, padded, run
from core.specs import ModelSpec, Step, read_step

NUDGE = 1e-6  # by which a pointwise step's slope is measured, in float64; of ReLU at 0 that is a half, unlike torch's 0
Array = np.ndarray


def gradient(model: ModelSpec, weights: Mapping[str, Array], image: Array, label: int) -> Array:
    """The gradient for an image (h, w) in [0, 1], (h, w) float64; zero where the input is made black or white.

    Of several equal values a pool passes the first one's share, as torch does.
    """
    found = sequence.parts(model)
    last = next(i for i, part in enumerate(found) if part.name == "logits")
    x = sequence.pixels(model, np.asarray(image, np.float64)[None], np.float64)
    inputs = []
    for part in found[: last + 1]:
        inputs.append(x)
        x = run(part.step, part.weights, weights, x)
    flow = np.zeros(x.shape)
    flow.reshape(-1)[label] = 1.0
    for part, before in zip(reversed(found[: last + 1]), reversed(inputs), strict=True):
        flow = _back(part, weights, before, flow)
    return _to_image(read_step(model.layers[0]), flow, image.shape)


def _back(part: Part, weights: Mapping[str, Array], x: Array, flow: Array) -> Array:
    """What flows back through one step, (1, ...) of the shape of its input x."""
    step = part.step

    def of(name: str) -> Array:
        return np.asarray(weights[f"{part.weights}.{name}"], np.float64)

    match step.kind:
        case "dense":
            return (flow.reshape(1, -1) @ of("kernel").T).reshape(x.shape)
        case "conv":
            return _through_convolution(of("kernel"), step, x, flow)
        case "norm":
            return flow * (of("gamma") / np.sqrt(of("variance") + step.value)).reshape((-1,) + (1,) * (x.ndim - 2))
        case "prelu":
            return flow * np.where(x > 0, 1.0, of("slope").reshape((-1,) + (1,) * (x.ndim - 2)))
        case "maxpool" | "avgpool":
            return _through_pool(step, x, flow)
        case "pad":
            return _cut(flow, step.pad)
        case "flatten":
            return flow.reshape(x.shape)
        case "softmax":
            shares = run(step, "", {}, x)
            return shares * (flow - (flow * shares).sum(-1, keepdims=True))
    rise = POINTWISE[step.kind](x + NUDGE, step) - POINTWISE[step.kind](x - NUDGE, step)
    return flow * rise / (2 * NUDGE)


def _cut(padded_: Array, pad: tuple[int, int, int, int]) -> Array:
    """Maps without the rows and columns around them."""
    top, left, bottom, right = pad
    return padded_[:, :, top : padded_.shape[2] - bottom, left : padded_.shape[3] - right]


def _through_convolution(kernel: Array, step: Step, x: Array, flow: Array) -> Array:
    """Each value of a map to the pixels of its window, weighed by the kernel (out, in / groups, h, w)."""
    out = np.zeros(padded(x, step.pad).shape)
    (sh, sw), (dh, dw), (rows, columns) = step.stride, step.dilation, flow.shape[2:]
    inside, each = kernel.shape[1], len(kernel) // step.groups
    for group in range(step.groups):
        maps, ends = slice(group * inside, (group + 1) * inside), slice(group * each, (group + 1) * each)
        for i in range(kernel.shape[2]):
            for j in range(kernel.shape[3]):
                window = (slice(i * dh, i * dh + (rows - 1) * sh + 1, sh), slice(j * dw, j * dw + (columns - 1) * sw + 1, sw))
                out[:, maps, *window] += np.einsum("noyx,oc->ncyx", flow[:, ends], kernel[ends, :, i, j])
    return _cut(out, step.pad)


def _through_pool(step: Step, x: Array, flow: Array) -> Array:
    """Each value to the first largest of its window, or to all of it alike."""
    largest = step.kind == "maxpool"
    if step.kernel == (0, 0):
        step = Step(step.kind, kernel=(x.shape[2], x.shape[3]))
    around = padded(x, step.pad, -np.inf if largest else 0.0)
    real = padded(np.ones(x.shape), step.pad)
    out = np.zeros(around.shape)
    (kh, kw), (sh, sw) = step.kernel, step.stride
    for row in range(flow.shape[2]):
        for column in range(flow.shape[3]):
            window = (slice(row * sh, row * sh + kh), slice(column * sw, column * sw + kw))
            values = around[:, :, *window]
            if largest:
                flat = values.reshape(*values.shape[:2], -1)
                share = (np.arange(flat.shape[2]) == flat.argmax(2)[..., None]).reshape(values.shape).astype(float)
            else:
                inside = real[:, :, *window].sum((2, 3), keepdims=True)
                share = np.ones(values.shape) / (inside if step.mode == "inside" else kh * kw)
            out[:, :, *window] += share * flow[:, :, row, column][..., None, None]
    return _cut(out, step.pad)


def _to_image(given: Step, flow: Array, shape: tuple[int, ...]) -> Array:
    """From what the network reads (1, channels, h, w) back to the pixels of the image (height, width)."""
    if "binary" in given.flags:
        return np.zeros(shape)
    grey = flow[0].sum(0) * given.value  # every channel is the same grey
    if "transposed" in given.flags:
        grey = grey.T
    size = (given.kernel[0], given.kernel[1])
    basis = np.eye(shape[0] * shape[1]).reshape(-1, 1, *shape)  # each pixel of the image alone
    if shape == size and given.mode != "box":
        return grey
    return np.einsum("pyx,yx->p", sequence.fitted(basis, size, given.mode)[:, 0], grey).reshape(shape)
