"""The loss over two weights while all others stand still, and the walks of three optimisers in that landscape."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.analysis.gradient import backward, losses_of
from core.models.activations import activate
from core.models.dense import Weights, depth, forward, preactivation
from core.specs import ModelSpec

MOMENTUM = 0.9  # share of the step before that momentum adds
BETAS, TINY = (0.9, 0.999), 1e-8  # of Adam, as in torch


@dataclass(frozen=True)
class Place:
    """One weight of a dense network."""

    layer: int  # 1 = first
    source: int  # its input
    unit: int

    @property
    def name(self) -> str:
        return f"dense{self.layer}.kernel"


def at(weights: Weights, places: Sequence[Place], values: np.ndarray) -> dict[str, np.ndarray]:
    """The weights with those at some places put to these values."""
    out = dict(weights)
    for name in {place.name for place in places}:
        out[name] = np.array(weights[name], np.float64)
    for place, value in zip(places, values, strict=True):
        out[place.name][place.source, place.unit] = value
    return out


def surface(
    model: ModelSpec,
    weights: Weights,
    places: tuple[Place, Place],
    first: np.ndarray,
    second: np.ndarray,
    images: np.ndarray,
    labels: np.ndarray,
) -> np.ndarray:
    """Mean loss with one weight at each of `first` and the other at each of `second`: (len(second), len(first)).

    Both weights lie in one layer, whose sums are then moved and not worked out anew.

    Raises:
        ValueError: they lie in two layers, or are one.
    """
    check(places)
    layer, last = places[0].layer, depth(weights)
    outputs = forward(weights, images, model.activation, model.output, np.float32)
    below, sums = outputs[layer - 1], preactivation(weights, layer, outputs[layer - 1])  # (images, inputs), (images, units)
    ways = [below[:, place.source] for place in places]  # (images,), how much each weight moves its unit's sum
    starts = [np.float32(weights[place.name][place.source, place.unit]) for place in places]
    out = np.empty((len(second), len(first)))
    for row, high in enumerate(second):
        z = np.repeat(sums[None], len(first), 0)  # (first, images, units)
        z[:, :, places[1].unit] += np.float32(high - starts[1]) * ways[1]
        z[:, :, places[0].unit] += (first - starts[0]).astype(np.float32)[:, None] * ways[0]
        for above in range(layer + 1, last + 1):
            z = preactivation(weights, above, activate(z, model.activation))
        out[row] = losses_of(z, labels).mean(-1)
    return out


def check(places: tuple[Place, Place]) -> None:
    """Refuse two places that span no surface.

    Raises:
        ValueError: with the cure.
    """
    if places[0].layer != places[1].layer:
        raise ValueError("The two weights must lie in one layer; choose both in the same kernel.")
    if places[0] == places[1]:
        raise ValueError("The two weights are the same one; choose another for one of them.")


def gradient_at(
    model: ModelSpec, weights: Weights, places: tuple[Place, Place], values: np.ndarray, images: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    """Slope of the mean loss along the two weights, (2,), when they stand at these values."""
    found = backward(model, at(weights, places, values), images, labels)
    layer = places[0].layer
    below, errors = found.outputs[layer - 1], found.errors[layer - 1]
    return np.array([float(below[:, place.source] @ errors[:, place.unit]) / len(labels) for place in places])


def sgd(slope: Callable[[np.ndarray], np.ndarray], start: np.ndarray, rate: float) -> Iterator[np.ndarray]:
    """Places of plain gradient descent, without end; `slope` gives the gradient at a place."""
    place = start.astype(float)
    while True:
        place = place - rate * slope(place)
        yield place


def momentum(slope: Callable[[np.ndarray], np.ndarray], start: np.ndarray, rate: float) -> Iterator[np.ndarray]:
    """The same with momentum: each step adds nine tenths of the one before."""
    place, pace = start.astype(float), np.zeros(len(start))
    while True:
        pace = MOMENTUM * pace + slope(place)
        place = place - rate * pace
        yield place


def adam(slope: Callable[[np.ndarray], np.ndarray], start: np.ndarray, rate: float) -> Iterator[np.ndarray]:
    """The same by Adam. Kingma and Ba 2015."""
    place, mean, square, step = start.astype(float), np.zeros(len(start)), np.zeros(len(start)), 0
    while True:
        step += 1
        found = slope(place)
        mean = BETAS[0] * mean + (1 - BETAS[0]) * found
        square = BETAS[1] * square + (1 - BETAS[1]) * found**2
        place = place - rate * (mean / (1 - BETAS[0] ** step)) / (np.sqrt(square / (1 - BETAS[1] ** step)) + TINY)
        yield place


WALKS = {"SGD": sgd, "momentum": momentum, "Adam": adam}
