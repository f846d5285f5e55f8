"""One cell of a gradient, opened: the terms it is made of, and what comes out when the weight itself is nudged."""

from dataclasses import dataclass

import numpy as np

from core.analysis.gradient import Pass, losses_of
from core.models.activations import TABLE
from core.models.dense import Weights, forward, preactivation
from core.specs import ModelSpec

NUDGE = 1e-4  # of a weight, up and down


@dataclass(frozen=True)
class Above:
    """Where the error of a hidden unit comes from: the units above, and its own slope."""

    weights: np.ndarray  # (units above,), from this unit to each
    errors: np.ndarray  # (units above,)
    products: np.ndarray  # (units above,)
    total: float  # the products added up
    output: float  # what the unit gives
    slope: float  # of its activation there


@dataclass(frozen=True)
class CellTerms:
    """One weight's gradient for one image."""

    input: float  # what the weight carries
    error: float  # of its unit
    weight: float
    target: float | None  # last layer: 1 for the image's own class, else 0
    probability: float | None  # last layer
    above: Above | None  # hidden layers

    @property
    def gradient(self) -> float:
        """Error times input."""
        return self.error * self.input


def cell_terms(
    model: ModelSpec, weights: Weights, found: Pass, label: int, layer: int, source: int, unit: int, image: int = 0
) -> CellTerms:
    """The terms of the weight from input `source` to `unit` of a layer (1 = first), for one image of a pass.

    Raises:
        ValueError: there is no such weight.
    """
    check(found, layer, source, unit)
    weight = float(weights[f"dense{layer}.kernel"][source, unit])
    carried = float(found.outputs[layer - 1][image, source])
    if layer == found.layers:
        probability, target = float(found.probabilities[image, unit]), float(unit == label)
        return CellTerms(carried, probability - target, weight, target, probability, None)
    upward = weights[f"dense{layer + 1}.kernel"][unit].astype(np.float64)  # (units above,)
    errors = found.errors[layer][image]
    products, output = upward * errors, found.outputs[layer][image, unit]
    slope = float(TABLE[model.activation].slope(output))
    total = float(products.sum())
    return CellTerms(carried, total * slope, weight, None, None, Above(upward, errors, products, total, float(output), slope))


@dataclass(frozen=True)
class Nudged:
    """The loss when one weight is a little smaller and a little larger, and the rise between the two."""

    by: float
    below: float
    above: float

    @property
    def gradient(self) -> float:
        """The rise of the loss over the way between the two."""
        return (self.above - self.below) / (2 * self.by)


def nudged(
    model: ModelSpec, weights: Weights, image: np.ndarray, label: int, layer: int, source: int, unit: int, by: float = NUDGE
) -> Nudged:
    """The loss of one image (...) with the weight changed by -`by` and +`by`, all else as it is; in float64.

    Needs no backward pass, so it is a check of one.
    """
    name, below, above = f"dense{layer}.kernel", 0.0, 0.0
    for sign in (-1, 1):
        kernel = weights[name].astype(np.float64)
        kernel[source, unit] += sign * by
        changed = {**weights, name: kernel}
        outputs = forward(changed, np.asarray(image)[None], model.activation, model.output, np.float64)
        logits = preactivation(changed, len(outputs) - 1, outputs[-2])  # (1, classes)
        loss = float(losses_of(logits, np.array([label]))[0])
        below, above = (loss, above) if sign < 0 else (below, loss)
    return Nudged(by, below, above)


def check(found: Pass, layer: int, source: int, unit: int) -> None:
    """Refuse a weight that the network does not have.

    Raises:
        ValueError: with what there is.
    """
    if not 1 <= layer <= found.layers:
        raise ValueError(f"The network has layers 1 to {found.layers}, not {layer}.")
    sources, units = found.outputs[layer - 1].shape[1], found.outputs[layer].shape[1]
    if not (0 <= source < sources and 0 <= unit < units):
        raise ValueError(f"Layer {layer} has inputs 0 to {sources - 1} and units 0 to {units - 1}, not {source} and {unit}.")
