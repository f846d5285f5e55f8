"""The loss over two weights while all others stand still, and the walks of three optimisers in that landscape."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.analysis.gradient import losses_of
from core.models.activations import TABLE, activate
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


class Ground:
    """The loss of images over two weights of one layer; what the two do not move is worked out once.

    Args:
        images: (images, ...) of classes (images,).
        dtype: float32 for many places.

    Raises:
        ValueError: the weights lie in two layers, or are one.
    """

    def __init__(
        self,
        model: ModelSpec,
        weights: Weights,
        places: tuple[Place, Place],
        images: np.ndarray,
        labels: np.ndarray,
        dtype: Any = np.float32,
    ) -> None:
        check(places)
        layer, last = places[0].layer, depth(weights)
        own = {name: np.asarray(array, dtype) for name, array in weights.items()}
        below = forward(own, images, model.activation, model.output, dtype)[layer - 1]  # (images, inputs)
        sums = preactivation(own, layer, below)  # (images, units)
        # Only the units of the two weights move; what the others give to the layer above is fixed.
        units = sorted({place.unit for place in places}) if layer < last else list(range(sums.shape[1]))
        self.kernels = [own[f"dense{above}.kernel"] for above in range(layer + 1, last + 1)]
        self.added = [own[f"dense{above}.bias"] for above in range(layer + 1, last + 1)]
        if layer < last:
            hidden = activate(sums, model.activation)
            self.kernels[0] = self.kernels[0][units]
            self.added[0] = preactivation(own, layer + 1, hidden) - hidden[:, units] @ self.kernels[0]  # (images, units above)
        self.activation, self.labels = model.activation, labels
        self.sums, self.units = sums[:, units], [units.index(place.unit) for place in places]
        self.ways = [below[:, place.source] for place in places]  # (images,), how much each weight moves its unit's sum
        self.starts = [own[place.name][place.source, place.unit] for place in places]

    def losses(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Mean loss with one weight at each of `first` and the other at each of `second`: (len(second), len(first))."""
        return np.stack([losses_of(self._up(first, high)[-1], self.labels).mean(-1) for high in second])

    def slope(self, values: np.ndarray, some: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Slope of the mean loss of some of the images along the two weights, (2,), when they stand at these values."""
        *hidden, logits = (z[0] for z in self._up(values[:1], float(values[1]), some))  # (images, units)
        labels = self.labels[some]
        error = activate(logits, "softmax")
        error[np.arange(len(labels)), labels] -= 1
        for kernel, z in zip(self.kernels[::-1], hidden[::-1], strict=True):
            error = error @ kernel.T * TABLE[self.activation].slope(activate(z, self.activation))
        ways = (way[some] for way in self.ways)
        return np.array([float(way @ error[:, unit]) / len(labels) for way, unit in zip(ways, self.units, strict=True)])

    def _up(self, first: np.ndarray, high: float, some: np.ndarray | slice = slice(None)) -> list[np.ndarray]:
        """Sums of the units that move, and of each layer above, (len(first), images, units) each."""
        z = np.repeat(self.sums[some][None], len(first), 0)
        kind = z.dtype.type
        z[:, :, self.units[1]] += kind(high - self.starts[1]) * self.ways[1][some]
        z[:, :, self.units[0]] += (first - self.starts[0]).astype(kind)[:, None] * self.ways[0][some]
        out = [z]
        for kernel, added in zip(self.kernels, self.added, strict=True):
            out.append(activate(out[-1], self.activation) @ kernel + (added[some] if added.ndim == 2 else added))
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
