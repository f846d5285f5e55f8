"""What a network makes of damaged images: its logits at each amount of damage, and the counts that follow from them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.damage import DAMAGES
from core.models import network
from core.models.counts import accuracy, confusion, recall
from core.specs import ModelSpec, from_dict, to_dict

PART = 250  # images at a time
WEIGHT = "weight:"  # before the names of parameters among a task's arrays


def given(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays and the arguments of a task about one state and images (N, ...) uint8."""
    return {"images": images, **{WEIGHT + name: array for name, array in weights.items()}}, {"model": to_dict(model)}


def taken(arrays: Mapping[str, np.ndarray], model: Mapping[str, Any]) -> tuple[ModelSpec, dict[str, np.ndarray], np.ndarray]:
    """Model, weights and images out of a task's arrays and arguments."""
    weights = {name.removeprefix(WEIGHT): array for name, array in arrays.items() if name.startswith(WEIGHT)}
    return from_dict(ModelSpec, dict(model)), weights, arrays["images"]


def damaged(images: np.ndarray, kind: str, amount: float) -> np.ndarray:
    """Images (N, height, width), uint8 with ink 255 or floats with ink 1, after a damage of DAMAGES; float32 in [0, 1]."""
    scale = np.float32(255 if images.dtype == np.uint8 else 1)
    return DAMAGES[kind].change(np.asarray(images, np.float32) / scale, amount)


def logits(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """The last layer's sums for each image, (N, classes) float32."""
    parts = [
        network.activations(model, weights, images[start : start + PART], np.float32)["logits"] for start in range(0, len(images), PART)
    ]
    return np.concatenate(parts).astype(np.float32, copy=False) if parts else np.empty((0, model.sizes[-1]), np.float32)


def measured(
    arrays: Mapping[str, np.ndarray], model: Mapping[str, Any], kind: str, amounts: Sequence[float]
) -> Iterator[dict[str, np.ndarray]]:
    """A task: for each amount of damage the logits (N, classes) of all images."""
    spec, weights, images = taken(arrays, model)
    for amount in amounts:
        # Noise is drawn for all images at once, so the damage is too.
        yield {"logits": logits(spec, weights, damaged(images, kind, amount))}


def nearest_first(amounts: Sequence[float], neutral: float, start: float) -> list[float]:
    """The order in which amounts are measured: none, the one asked about, then outwards from none."""
    rest = sorted((a for a in amounts if a not in (neutral, start)), key=lambda a: (abs(a - neutral), a))
    return [neutral, *([start] if start != neutral else []), *rest]


@dataclass(frozen=True)
class Curve:
    """How many images of each class are taken for each class, over the amounts of a damage."""

    amounts: np.ndarray  # (amounts,) rising
    counts: np.ndarray  # (amounts, classes, classes), rows actual

    @property
    def right(self) -> np.ndarray:
        """Share of all images that is read right, (amounts,)."""
        return np.asarray(accuracy(self.counts))

    @property
    def recall(self) -> np.ndarray:
        """Share of each class that is read right, (amounts, classes); NaN where a class has no images."""
        return recall(self.counts)

    @property
    def said(self) -> np.ndarray:
        """Of all answers the share of each class, (amounts, classes)."""
        return self.counts.sum(1) / self.counts.sum((1, 2))[:, None]

    def at(self, amount: float) -> np.ndarray:
        """Counts (classes, classes) at the nearest amount that was measured."""
        return self.counts[int(np.abs(self.amounts - amount).argmin())]


def curve(amounts: Sequence[float], answers: Sequence[np.ndarray], labels: np.ndarray) -> Curve:
    """The curve of as many logits (N, classes) as amounts, in any order, against labels (N,)."""
    order = np.argsort(amounts)
    counts = np.stack([confusion(labels, answers[i].argmax(1), answers[i].shape[1]) for i in order])
    return Curve(np.asarray(amounts, float)[order], counts)
