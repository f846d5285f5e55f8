"""How well the gradient of a few images agrees with that of all: why a batch is calmer than one image."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.analysis.gradient import Pass

DRAWS = 20  # batches of each size that are compared


@dataclass(frozen=True)
class Agreement:
    """Batches of one size against all images, by the kernel of one layer."""

    size: int  # images of a batch
    cosines: np.ndarray  # (draws,) of the angle between a batch's gradient and that of all images: 1 points the same way
    touched: np.ndarray  # (draws,) inputs of the layer whose weights any image of the batch would change
    classes: np.ndarray  # (draws,) different classes among its images


def agreements(found: Pass, labels: np.ndarray, layer: int, sizes: Sequence[int], seed: int = 0, draws: int = DRAWS) -> list[Agreement]:
    """Batches drawn from the images of a pass, against all of them, by a layer's kernel (1 = first)."""
    inputs, errors = found.outputs[layer - 1], found.errors[layer - 1]
    whole = found.kernel(layer)
    rng = np.random.default_rng(seed)
    out = []
    for size in sizes:
        rows = []
        for _ in range(draws):
            some = rng.permutation(len(labels))[:size]
            rows.append((cosine(inputs[some].T @ errors[some], whole), int(inputs[some].any(0).sum()), len(np.unique(labels[some]))))
        cosines, touched, classes = zip(*rows, strict=True)
        out.append(Agreement(size, np.array(cosines), np.array(touched), np.array(classes)))
    return out


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    """Of the angle between two arrays of a shape; 0 where one of them is 0."""
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float((one * other).sum()) / size if size else 0.0
