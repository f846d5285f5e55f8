"""The digit CNN over a whole test set: what excites each filter most, and who suffers when a filter is switched off."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.models.activations import relu, softmax
from core.models.counts import confusion
from core.models.digit_layers import POOL, activations, convolve, max_pool
from core.specs import ModelSpec

CHUNK = 250  # images at a time: their patches stay in the cache


@dataclass(frozen=True)
class Survey:
    """One state's pass over N images, kept to answer about filters without another one."""

    weights: Mapping[str, np.ndarray]
    labels: np.ndarray  # (N,)
    pool1: np.ndarray  # (N, 8, 12, 12) float32
    conv2: np.ndarray  # (N, 16, 8, 8) float32, before ReLU
    pool2: np.ndarray  # (N, 16, 4, 4) float32
    logits: np.ndarray  # (N, 10) float32
    peak: dict[str, np.ndarray]  # "conv1", "conv2" -> (N, channels), the largest value of each map
    place: dict[str, np.ndarray]  # likewise, its flat index in the map

    @property
    def predicted(self) -> np.ndarray:
        return self.logits.argmax(1)

    @property
    def counts(self) -> np.ndarray:
        """Confusion counts (classes, classes), rows actual."""
        return _counts(self.logits, self.labels)


@dataclass(frozen=True)
class Patch:
    """A piece of a test image that excites a filter."""

    image: int
    row: int  # of its first pixel in the image
    column: int
    side: int  # pixels that the filter sees
    value: float  # of the map there, before ReLU


def survey(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray, labels: np.ndarray) -> Survey:
    """Pass N images (N, 28, 28) in [0, 1] or uint8 through one state."""
    kept: dict[str, list[np.ndarray]] = {name: [] for name in ("pool1", "conv2", "pool2", "logits")}
    peak: dict[str, list[np.ndarray]] = {"conv1": [], "conv2": []}
    place: dict[str, list[np.ndarray]] = {"conv1": [], "conv2": []}
    for start in range(0, len(images), CHUNK):
        acts = activations(model, weights, images[start : start + CHUNK], np.float32)
        for name, chunks in kept.items():
            chunks.append(acts[name])
        for name in peak:
            flat = acts[name].reshape(*acts[name].shape[:2], -1)  # (chunk, channels, h * w)
            where = flat.argmax(2)
            place[name].append(where)
            peak[name].append(np.take_along_axis(flat, where[:, :, None], 2)[:, :, 0])
    joined = {name: np.concatenate(chunks) for name, chunks in kept.items()}
    return Survey(
        weights,
        np.asarray(labels),
        **joined,
        peak={name: np.concatenate(chunks) for name, chunks in peak.items()},
        place={name: np.concatenate(chunks) for name, chunks in place.items()},
    )


def best_patches(found: Survey, layer: str, channel: int, count: int = 9) -> list[Patch]:
    """The patches of `count` different images that excite a filter of "conv1" or "conv2" most, strongest first."""
    peaks = found.peak[layer][:, channel]
    k = found.weights["conv1.kernel"].shape[-1]
    width = (found.pool1.shape[3] * POOL) if layer == "conv1" else found.conv2.shape[3]  # of the map
    # a value of conv 2 sees k pooled values a side, 2 pixels each, and the k - 1 pixels that conv 1 looks beyond them
    step, side = (1, k) if layer == "conv1" else (2, 2 * k + k - 1)
    out = []
    for image in np.argsort(-peaks, kind="stable")[:count]:
        row, column = divmod(int(found.place[layer][image, channel]), width)
        out.append(Patch(int(image), row * step, column * step, side, float(peaks[image])))
    return out


def _counts(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return confusion(labels, logits.argmax(1), logits.shape[1])


def switch_off(found: Survey, layer: str, channel: int) -> np.ndarray:
    """Confusion counts with one filter's map set to 0 after its ReLU; only what depends on it is computed again."""
    classes = found.logits.shape[1]
    dense = found.weights["dense1.kernel"].reshape(*found.pool2.shape[1:], classes)  # (16, 4, 4, 10)
    if layer == "conv2":
        lost = found.pool2[:, channel].reshape(len(found.labels), -1) @ dense[channel].reshape(-1, classes)  # (N, 10)
        return _counts(found.logits - lost, found.labels)
    kernel = np.asarray(found.weights["conv2.kernel"][:, channel : channel + 1], np.float32)  # (16, 1, 5, 5)
    logits = np.empty_like(found.logits)
    for start in range(0, len(logits), CHUNK):
        part = slice(start, start + CHUNK)
        conv2 = found.conv2[part] - convolve(found.pool1[part, channel : channel + 1], kernel)  # (chunk, 16, 8, 8)
        pooled = max_pool(relu(conv2)).reshape(len(conv2), -1)  # (chunk, 256)
        logits[part] = pooled @ found.weights["dense1.kernel"] + found.weights["dense1.bias"]
    return _counts(logits, found.labels)


def misread(found: Survey) -> np.ndarray:
    """Numbers of the images that are read wrong, the surest mistakes first."""
    wrong = np.flatnonzero(found.predicted != found.labels)
    sure = softmax(found.logits[wrong]).max(1)
    return wrong[np.argsort(-sure, kind="stable")]
