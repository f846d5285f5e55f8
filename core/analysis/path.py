"""The strongest path from an output class back to a pixel, one layer at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.analysis.dense import order

RULES = {
    "step": "each step takes the largest weight without its sign",
    "whole": "the path whose weights, multiplied, are largest without their sign",
}


@dataclass(frozen=True)
class PathStep:
    """One step back: from a unit of a layer to one of the inputs that feed it."""

    layer: int  # of the kernel, 1 = the pixels' own
    unit: int  # the column we come from
    source: int  # the row we go to: a unit of the layer before, or a pixel
    weight: float
    product: float  # of the weights from the output down to this step
    candidates: np.ndarray  # (n,) sources, best first under the rule
    weights: np.ndarray  # (n,) their weights


def strongest_path(
    kernels: Sequence[np.ndarray], output_class: int, rule: str = "step", chosen: Sequence[int] = (), candidates: int = 5
) -> list[PathStep]:
    """The path from an output unit back to a pixel, the last layer's step first.

    Rule "step" is greedy: the largest |weight| into the unit where we stand. Rule "whole" finds the largest |product| over
    all paths, layer by layer from the pixels up (best(unit) = max |weight| * best(source)); ties go to the lower index.

    Args:
        kernels: from first to last layer, each (inputs, outputs).
        chosen: sources picked by hand for the first steps; from there on the rule decides.
        candidates: how many ranked sources each step lists.

    Raises:
        ValueError: unknown rule, or a unit that the layer does not have.
    """
    if rule not in RULES:
        raise ValueError(f"The rule {rule!r} is unknown; choose one of: {', '.join(RULES)}.")
    best = _best_products(kernels) if rule == "whole" else [np.ones(len(kernel)) for kernel in kernels]
    unit, product = output_class, 1.0
    steps: list[PathStep] = []
    for layer in range(len(kernels), 0, -1):
        kernel = kernels[layer - 1]
        _check(unit, kernel.shape[1], f"Layer {layer}", "units")
        column = kernel[:, unit].astype(np.float64)  # (inputs,)
        ranked = order(column * best[layer - 1], "size")
        depth = len(steps)
        source = int(chosen[depth]) if depth < len(chosen) else int(ranked[0])
        _check(source, len(column), f"Layer {layer}", "inputs")
        product *= column[source]
        listed = ranked[:candidates]
        steps.append(PathStep(layer, unit, source, float(column[source]), float(product), listed, column[listed]))
        unit = source
    return steps


def _best_products(kernels: Sequence[np.ndarray]) -> list[np.ndarray]:
    """For each layer, the largest |product| of weights from any pixel up to each of its inputs, (inputs,)."""
    best = [np.ones(len(kernels[0]))]
    for kernel in kernels[:-1]:
        best.append((np.abs(kernel.astype(np.float64)) * best[-1][:, None]).max(axis=0))  # (outputs,)
    return best


def _check(unit: int, units: int, what: str, noun: str) -> None:
    if not 0 <= unit < units:
        raise ValueError(f"{what} has {noun} 0 to {units - 1}, not {unit}.")
