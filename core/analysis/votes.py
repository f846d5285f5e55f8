"""How the units of a hidden layer vote for and against each class."""

from dataclasses import dataclass

import numpy as np

from core.models.activations import activate
from core.runs.run import Run


@dataclass(frozen=True)
class Votes:
    """One image's votes: activation times weight; they add up, with the bias, to the logits. Leading axes are states."""

    activations: np.ndarray  # (..., units)
    products: np.ndarray  # (..., units, classes)
    bias: np.ndarray  # (..., classes)
    logits: np.ndarray  # (..., classes)


def votes(activations: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> Votes:
    """Votes of hidden activations (..., units) through output weights (..., units, classes), in float64."""
    products = activations.astype(np.float64)[..., None] * kernel.astype(np.float64)
    return Votes(activations, products, bias.astype(np.float64), products.sum(axis=-2) + bias.astype(np.float64))


def film(run: Run, image: np.ndarray) -> Votes:
    """Votes of an image (pixels,) at every stored state of a network with one hidden layer."""
    inputs = np.einsum("p,spu->su", image, run.weights("dense1.kernel")) + run.weights("dense1.bias")  # (states, units)
    return votes(activate(inputs, run.spec.model.activation), run.weights("dense2.kernel"), run.weights("dense2.bias"))


def unit_order(kernel: np.ndarray, sort_class: int | None) -> np.ndarray:
    """Hidden units from the strongest vote for a class to the strongest against it; None keeps their own order."""
    if sort_class is None:
        return np.arange(len(kernel))
    return np.argsort(-kernel[:, sort_class], kind="stable")


def sides(kernel: np.ndarray, class_: int) -> tuple[list[int], list[int]]:
    """Units that vote for a class and those against it, each strongest first."""
    order = unit_order(kernel, class_)
    column = kernel[:, class_]
    return [int(u) for u in order if column[u] > 0], [int(u) for u in order[::-1] if column[u] < 0]


def leaners(kernel: np.ndarray) -> np.ndarray:
    """How many classes lean on each unit (units,): those that give it at least half their largest weight, of a kernel (units, classes)."""
    size = np.abs(kernel)
    return (size > size.max(axis=0) / 2).sum(axis=1)
