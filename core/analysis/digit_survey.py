"""A network of convolutions over a whole test set: what excites each filter most, and who suffers when a filter is switched off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

import numpy as np

from core.models import network, sequence
from core.models.activations import softmax
from core.models.blocks import convolution, convolutions, end_of, reach
from core.models.counts import confusion
from core.models.digit_batch import CHUNK, Convolution, by_image, by_row, laid_out, pooled
from core.models.digit_layers import layer, onward, seen, sums
from core.models.sequence_steps import output_shape, parameter_shapes
from core.specs import ModelSpec

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
    # Of a sequence of layers: convolution -> what its block hands on, (N, maps, h, w) float32.
    pools: dict[int, np.ndarray] = field(default_factory=dict)
    above: dict[int, np.ndarray] = field(default_factory=dict)  # of a digit CNN: convolution -> sums of the layer that reads its maps
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
    values = sum(prod(_sums_of(model, reader(model, i))) for i in range(1, len(model.channels) + 1))
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
    count, convs = len(images), _convolutions(model, weights)
    logits = np.empty((count, model.sizes[-1]), np.float32)
    above = {i: np.empty((count, *_sums_of(model, reader(model, i))), np.float32) for i in convs}
    peak = {i: np.empty((count, model.channels[i - 1]), np.float32) for i in convs}
    place = {i: np.empty(found.shape, np.int32) for i, found in peak.items()}
    for start in range(0, count, CHUNK):
        part = slice(start, start + CHUNK)
        x = laid_out(images[part])
        for i, convolved in convs.items():
            maps = convolved(x)  # (maps, h, chunk, w)
            rows = by_image(maps)
            if i > 1:
                above[i - 1][part] = rows
            flat = rows.reshape(*rows.shape[:2], -1)  # (chunk, maps, h * w)
            place[i][part] = at = flat.argmax(2)
            peak[i][part] = np.take_along_axis(flat, at[:, :, None], 2)[:, :, 0]
            x = pooled(maps)
        above[len(convs)][part] = summed = sums(weights, "dense1", by_image(x))
        logits[part] = onward(model, weights, "dense1", summed)["logits"]
    return Survey(model, weights, np.asarray(labels), images, logits, above=above, peak=peak, place=place)


def _convolutions(model: ModelSpec, weights: Mapping[str, np.ndarray]) -> dict[int, Convolution]:
    """Each convolution of a digit CNN, by its number."""
    return {i: Convolution(weights[f"conv{i}.kernel"], weights[f"conv{i}.bias"]) for i in range(1, len(model.channels) + 1)}


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
    share = kernel[:, channel : channel + 1] if kernel.ndim == 4 else kernel.reshape(*shape, -1)[channel].reshape(-1, kernel.shape[1])
    read = Convolution(share) if kernel.ndim == 4 else None
    filter_ = [found.weights[f"conv{number}.{part}"][channel : channel + 1] for part in ("kernel", "bias")]
    alone = Convolution(*filter_) if number == 1 else None  # the first one's maps are not kept
    later = [convolved for i, convolved in _convolutions(found.model, found.weights).items() if i > number + 1]
    predicted = np.empty(len(found.labels), np.int64)
    for start in range(0, len(predicted), CHUNK):
        part = slice(start, start + CHUNK)
        own = pooled(alone(laid_out(found.images[part])) if alone else by_row(found.above[number - 1][part, channel : channel + 1]))
        if read is not None:
            x = pooled(by_row(found.above[number][part]) - read(own))
            for convolved in later:
                x = pooled(convolved(x))
            summed = sums(found.weights, "dense1", by_image(x))
        else:
            summed = found.above[number][part] - by_image(own).reshape(own.shape[2], -1) @ share
        predicted[part] = onward(found.model, found.weights, "dense1", summed)["logits"].argmax(1)
    return confusion(found.labels, predicted, found.logits.shape[1])


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
