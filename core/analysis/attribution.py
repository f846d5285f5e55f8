"""What of an image an answer hangs on: covered place by place, and by the gradient of a class's logit. Needs no torch."""

from collections.abc import Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from core.analysis import sequence_gradient
from core.models import network
from core.models.activations import TABLE
from core.models.digit_layers import POOL
from core.specs import ModelSpec

SIDE = 7  # pixels of the square that covers


def occlusion(model: ModelSpec, weights: Mapping[str, np.ndarray], image: np.ndarray, label: int, side: int = SIDE) -> np.ndarray:
    """How far the probability of a class falls when a square of paper covers a place, (h - side + 1, w - side + 1): entry (r, c)
    is for the square whose first pixel is (r, c). Below 0 it rises. Zeiler and Fergus 2014.

    Args:
        image: (h, w) in [0, 1].
        label: the class.
        side: pixels of the square.
    """
    height, width = image.shape
    rows, columns = height - side + 1, width - side + 1
    covered = np.broadcast_to(np.asarray(image, np.float32), (rows * columns, height, width)).copy()
    windows = sliding_window_view(covered, (side, side), (1, 2), writeable=True)  # (places, rows, columns, side, side)
    places = np.arange(rows * columns)
    windows[places, places // columns, places % columns] = 0
    whole = network.answers(model, weights, np.asarray(image, np.float32)[None])[0, label]
    return (whole - network.answers(model, weights, covered)[:, label]).reshape(rows, columns)


def stretches(model: ModelSpec, weights: Mapping[str, np.ndarray], image: np.ndarray, width: int, places: int) -> tuple[np.ndarray, ...]:
    """What is said when some columns of an image (h, w) are blank: the first column of each stretch, (places,), and the answers there,
    (places, classes). For images that are a line over the time; there are fewer places where the image has fewer.

    Args:
        width: columns that are blank at a time.
        places: stretches from the left to the right, evenly spaced, the first and the last at an edge.
    """
    firsts = np.unique(np.linspace(0, image.shape[1] - width, places).round().astype(int))
    covered = np.repeat(np.asarray(image, np.float32)[None], len(firsts), 0)  # (places, h, w)
    for one, first in zip(covered, firsts, strict=True):
        one[:, first : first + width] = 0
    return firsts, network.answers(model, weights, covered)


def spread(falls: np.ndarray, side: int = SIDE) -> np.ndarray:
    """A map of squares as one of pixels, (h, w): the mean over all squares that cover a pixel."""
    height, width = falls.shape[0] + side - 1, falls.shape[1] + side - 1
    total, count = np.zeros((height, width)), np.zeros((height, width))
    for r in range(side):
        for c in range(side):
            total[r : r + falls.shape[0], c : c + falls.shape[1]] += falls
            count[r : r + falls.shape[0], c : c + falls.shape[1]] += 1
    return total / count


def gradient(model: ModelSpec, weights: Mapping[str, np.ndarray], image: np.ndarray, label: int) -> np.ndarray:
    """How fast a class's logit rises with each pixel, (h, w) float64: back through the layers by the chain rule.

    Of several equal values a pool passes the first one's share, as torch does.
    """
    if model.kind == "sequence":
        return sequence_gradient.gradient(model, weights, image, label)
    acts = network.activations(model, weights, np.asarray(image, np.float64)[None], np.float64)
    last = sum(name.startswith("dense") and name.endswith(".kernel") for name in weights)
    flow = np.zeros(weights[f"dense{last}.bias"].shape)
    flow[label] = 1.0  # at the logits
    for i in range(last, 0, -1):
        if i < last:
            flow = flow * TABLE[model.activation].slope(acts[f"dense{i}"][0])
        flow = np.asarray(weights[f"dense{i}.kernel"], np.float64) @ flow  # (inputs,)
    for i in range(len(model.channels), 0, -1):
        flow = _unpooled(flow.reshape(acts[f"pool{i}"].shape[1:]), acts[f"relu{i}"][0])
        flow = _back(flow * (acts[f"conv{i}"][0] > 0), np.asarray(weights[f"conv{i}.kernel"], np.float64))
    return flow.reshape(image.shape)


def _unpooled(flow: np.ndarray, below: np.ndarray) -> np.ndarray:
    """What flows back through 2x2 max-pooling, (maps, h // 2, w // 2) -> (maps, h, w): each value to the first largest of its four."""
    maps, rows, columns = flow.shape
    cut = below[:, : rows * POOL, : columns * POOL].reshape(maps, rows, POOL, columns, POOL).transpose(0, 1, 3, 2, 4)
    four = cut.reshape(maps, rows, columns, POOL * POOL)  # (maps, h // 2, w // 2, 4)
    out = (np.arange(POOL * POOL) == four.argmax(3)[..., None]) * flow[..., None]
    square = out.reshape(maps, rows, columns, POOL, POOL).transpose(0, 1, 3, 2, 4).reshape(maps, rows * POOL, columns * POOL)
    return np.pad(square, ((0, 0), (0, below.shape[1] - rows * POOL), (0, below.shape[2] - columns * POOL)))


def _back(flow: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """What flows back through a convolution (out, in, k, k), (out, h, w) -> (in, h + k - 1, w + k - 1): by the kernel turned half round."""
    k = kernel.shape[-1]
    padded = np.pad(flow, ((0, 0), (k - 1, k - 1), (k - 1, k - 1)))
    windows = sliding_window_view(padded, (k, k), (1, 2))  # (out, h + k - 1, w + k - 1, k, k)
    return np.einsum("oyxij,ocij->cyx", windows, kernel[:, :, ::-1, ::-1], optimize=True)
