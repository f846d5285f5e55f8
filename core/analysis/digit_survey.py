"""A network of convolutions over a whole test set: what excites each filter most, and who suffers when a filter is switched off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

import numpy as np

from core.models import network, sequence
from core.models.activations import relu, softmax
from core.models.blocks import convolution, convolutions, end_of, reach
from core.models.counts import confusion
from core.models.digit_layers import activations, convolve, layer, layers, max_pool, onward, seen, sums
from core.models.sequence_steps import output_shape, parameter_shapes
from core.specs import ModelSpec

CHUNK = 250  # images at a time: their patches stay in the cache
FIRST = "pool1"
BYTES = 200e6  # that a survey may keep
WORK = 8e9  # multiplications that a pass through a sequence may take


@dataclass(frozen=True)
class Survey:
    """One state's pass over N images, kept to answer about filters without another one."""

    model: ModelSpec
    weights: Mapping[str, np.ndarray]
    labels: np.ndarray  # (N,)
    images: np.ndarray  # (N, side, side) in [0, 1] or uint8
    logits: np.ndarray  # (N, classes) float32
    # Convolution -> what its block hands on (N, maps, h, w) float32; of a digit CNN not the first one's.
    pools: dict[int, np.ndarray] = field(default_factory=dict)
    above: dict[int, np.ndarray] = field(default_factory=dict)  # convolution -> sums of the layer that reads them, before its activation
    peak: dict[int, np.ndarray] = field(default_factory=dict)  # convolution -> largest value of each map before ReLU, (N, maps)
    place: dict[int, np.ndarray] = field(default_factory=dict)  # likewise, its flat index in the map

    @property
    def predicted(self) -> np.ndarray:
        return self.logits.argmax(1)

    @property
    def counts(self) -> np.ndarray:
        """Confusion counts (classes, classes), rows actual."""
        return confusion(self.labels, self.predicted, self.logits.shape[1])


@dataclass(frozen=True)
class Patch:
    """A piece of a test image that excites a filter."""

    image: int
    row: int  # of its first pixel in the image
    column: int
    side: int  # pixels that the filter sees, down and across
    value: float  # of the map there, before ReLU
    across: int = 0  # pixels across where that is another number


def reader(model: ModelSpec, number: int) -> str:
    """The convolution or dense layer that reads the pooled maps of a convolution: "conv2", ..., "dense1"."""
    return f"conv{number + 1}" if number < len(model.channels) else "dense1"


def room(model: ModelSpec) -> int:
    """How many images a survey of this network may look at, so that what it keeps stays within BYTES."""
    if model.kind == "sequence":
        kept = sum(prod(end_of(model, one.number).shape) + 2 * one.shape[0] for one in convolutions(model))
        return int(max(min(BYTES / (4 * max(kept, 1)), WORK / _work(model)), 50))
    values = sum(prod(one.shape) for one in layers(model) if one.kind == "pool" and one.name != FIRST)
    values += sum(prod(_sums_of(model, reader(model, i))) for i in range(1, len(model.channels) + 1))
    return int(BYTES // (4 * values))


def _work(model: ModelSpec) -> float:
    """Multiplications that an image takes in a sequence."""
    total = 0.0
    for part in sequence.parts(model):
        kernel = parameter_shapes(part.step, part.before).get("kernel", ())
        places = prod(output_shape(part.step, part.before)[1:]) if part.step.kind == "conv" else 1
        total += prod(kernel) * places if kernel else prod(part.after)
    return total


def _sums_of(model: ModelSpec, name: str) -> tuple[int, ...]:
    """Shape of what `sums` gives for a layer and one image."""
    return layer(model, "logits" if name == f"dense{len(model.sizes)}" else name).shape


def survey(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray, labels: np.ndarray) -> Survey:
    """Pass N images (N, side, side) in [0, 1] or uint8 through one state."""
    if model.kind == "sequence":
        return _of_sequence(model, weights, images, labels)
    numbers = range(1, len(model.channels) + 1)
    chunks: list[Survey] = []
    for start in range(0, len(images), CHUNK):
        acts = activations(model, weights, images[start : start + CHUNK], np.float32)
        pools = {i: acts[f"pool{i}"] for i in numbers}
        kept = {i: pool for i, pool in pools.items() if f"pool{i}" != FIRST}
        flat = {i: acts[f"conv{i}"].reshape(*acts[f"conv{i}"].shape[:2], -1) for i in numbers}  # (chunk, maps, h * w)
        place = {i: values.argmax(2) for i, values in flat.items()}
        chunks.append(
            Survey(
                model,
                weights,
                np.asarray(labels[start : start + CHUNK]),
                images[start : start + CHUNK],
                acts["logits"],
                kept,
                {i: _kept_sums(model, weights, acts, reader(model, i), pools[i]) for i in numbers},
                {i: np.take_along_axis(values, place[i][:, :, None], 2)[:, :, 0] for i, values in flat.items()},
                {i: values.astype(np.int32) for i, values in place.items()},
            )
        )
    joined = {
        name: {i: np.concatenate([getattr(c, name)[i] for c in chunks]) for i in getattr(chunks[0], name)}
        for name in ("pools", "above", "peak", "place")
    }
    return Survey(model, weights, np.asarray(labels), images, np.concatenate([c.logits for c in chunks]), **joined)


def _of_sequence(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray, labels: np.ndarray) -> Survey:
    """The same for a sequence of layers, of which the blocks' ends are kept and no sums."""
    numbers = [one.number for one in convolutions(model)]
    pools: dict[int, list[np.ndarray]] = {i: [] for i in numbers}
    peak: dict[int, list[np.ndarray]] = {i: [] for i in numbers}
    place: dict[int, list[np.ndarray]] = {i: [] for i in numbers}
    logits = []
    for start in range(0, len(images), CHUNK):
        acts = network.activations(model, weights, images[start : start + CHUNK], np.float32)
        logits.append(acts["logits"])
        for i in numbers:
            flat = acts[f"conv{i}"].reshape(*acts[f"conv{i}"].shape[:2], -1)  # (chunk, maps, h * w)
            at = flat.argmax(2)
            place[i].append(at)
            peak[i].append(np.take_along_axis(flat, at[:, :, None], 2)[:, :, 0])
            pools[i].append(acts[end_of(model, i).name])
    joined = {
        name: {i: np.concatenate(one) for i, one in kept.items()} for name, kept in (("pools", pools), ("peak", peak), ("place", place))
    }
    return Survey(model, weights, np.asarray(labels), images, np.concatenate(logits), **joined)


def _kept_sums(model: ModelSpec, weights: Mapping[str, np.ndarray], acts: Mapping[str, np.ndarray], name: str, x: np.ndarray) -> np.ndarray:
    """A layer's sums, taken from the activations where they are one of them; a hidden dense layer's are not."""
    known = "logits" if name == f"dense{len(model.sizes)}" else name
    return acts[known] if known == "logits" or known.startswith("conv") else sums(weights, name, x)


def best_patches(found: Survey, number: int, channel: int, count: int = 9) -> list[Patch]:
    """The patches of `count` different images that excite a filter of a convolution (1 = first) most, strongest first."""
    peaks = found.peak[number][:, channel]
    if found.model.kind == "sequence":
        return _patches_of_sequence(found, number, channel, peaks, count)
    step, side = seen(found.model, number)
    width = layer(found.model, f"conv{number}").shape[2]
    out = []
    for image in np.argsort(-peaks, kind="stable")[:count]:
        row, column = divmod(int(found.place[number][image, channel]), width)
        out.append(Patch(int(image), row * step, column * step, side, float(peaks[image])))
    return out


def _patches_of_sequence(found: Survey, number: int, channel: int, peaks: np.ndarray, count: int) -> list[Patch]:
    """The same where windows may lie partly beside the image; that part is cut off."""
    sees = reach(found.model, f"conv{number}")
    width = convolution(found.model, number).shape[2]
    sides = network.layers(found.model)[0].shape[1:]
    out = []
    for image in np.argsort(-peaks, kind="stable")[:count]:
        at = divmod(int(found.place[number][image, channel]), width)
        first = [sees.first[axis] + at[axis] * sees.step[axis] for axis in (0, 1)]
        ends = [min(first[axis] + sees.size[axis], sides[axis]) for axis in (0, 1)]
        row, column = (max(start, 0) for start in first)
        out.append(Patch(int(image), row, column, ends[0] - row, float(peaks[image]), ends[1] - column))
    return out


def switch_off(found: Survey, number: int, channel: int) -> np.ndarray:
    """Confusion counts (classes, classes) with one filter's map set to 0 after its ReLU; only what depends on it is computed again."""
    if found.model.kind == "sequence":
        return _without(found, number, channel)
    name, shape = reader(found.model, number), layer(found.model, f"pool{number}").shape
    kernel = np.asarray(found.weights[f"{name}.kernel"], np.float32)
    maps = kernel.ndim == 4
    share = kernel[:, channel : channel + 1] if maps else kernel.reshape(*shape, -1)[channel].reshape(-1, kernel.shape[1])
    predicted = np.empty(len(found.labels), np.int64)
    for start in range(0, len(predicted), CHUNK):
        part = slice(start, start + CHUNK)
        own = _map(found, number, channel, part)  # (chunk, 1, h, w)
        lost = convolve(own, share) if maps else own.reshape(len(own), -1) @ share  # (chunk, maps, h, w) or (chunk, units)
        predicted[part] = onward(found.model, found.weights, name, found.above[number][part] - lost)["logits"].argmax(1)
    return confusion(found.labels, predicted, found.logits.shape[1])


def _map(found: Survey, number: int, channel: int, part: slice) -> np.ndarray:
    """One pooled map of some images, (chunk, 1, h, w); one of the first convolution is worked out again: kept, they took half the room."""
    if f"pool{number}" != FIRST:
        return found.pools[number][part, channel : channel + 1]
    one = {f"conv1.{name}": np.asarray(found.weights[f"conv1.{name}"])[channel : channel + 1] for name in ("kernel", "bias")}
    images = found.images[part]
    scale = np.float32(255 if images.dtype == np.uint8 else 1)
    return max_pool(relu(sums(one, "conv1", np.asarray(images / scale, np.float32)[:, None])))


def _without(found: Survey, number: int, channel: int) -> np.ndarray:
    """The same in a sequence of layers, computed again from the end of the filter's block."""
    name, predicted = end_of(found.model, number).name, np.empty(len(found.labels), np.int64)
    kept = np.arange(found.pools[number].shape[1]) != channel
    for start in range(0, len(predicted), CHUNK):
        maps = found.pools[number][start : start + CHUNK] * kept[:, None, None].astype(np.float32)  # (chunk, maps, h, w)
        after = {name: maps} | sequence.onward(found.model, found.weights, name, maps)
        predicted[start : start + CHUNK] = after["logits"].reshape(len(maps), -1).argmax(1)
    return confusion(found.labels, predicted, found.logits.shape[1])


def misread(found: Survey) -> np.ndarray:
    """Numbers of the images that are read wrong, the surest mistakes first."""
    wrong = np.flatnonzero(found.predicted != found.labels)
    sure = softmax(found.logits[wrong]).max(1)
    return wrong[np.argsort(-sure, kind="stable")]
