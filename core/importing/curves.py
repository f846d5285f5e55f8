"""Activations that a graph computes in several operations, such as GELU by Erf: followed as a function, and known by its values.

Exporters write an activation out where their format had no operation for it. What hangs on one value alone, number by number, is a
function of that value; where the function is one of the activations of this app, that is the step.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.importing.chain import Chain, Stage
from core.models.sequence_steps import POINTWISE
from core.specs import Step

Array = np.ndarray
Function = Callable[[Array], Array]
GRID = np.linspace(-6, 6, 241)
CLOSE = 2e-4  # exporters write constants with few digits
STEPS = 12  # pointwise steps between a value and what it is computed from, at most
_KINDS = (*sorted(set(POINTWISE) - {"scale", "softmax", "leaky", "elu", "gelu", "hardsigmoid", "exp"}),)
UNKNOWN = "It computes an activation that this app does not know."

erf = np.vectorize(math.erf, otypes=[np.float64])
OPERATIONS: dict[str, Callable[..., Array]] = {
    **dict.fromkeys(("Add", "AddV2", "Sum"), np.add),
    "Sub": np.subtract,
    "Mul": np.multiply,
    **dict.fromkeys(("Div", "RealDiv"), np.divide),
    "Pow": np.power,
    **dict.fromkeys(("Max", "Maximum"), np.maximum),
    **dict.fromkeys(("Min", "Minimum"), np.minimum),
    **dict.fromkeys(("Greater", "GreaterOrEqual"), np.greater),
    **dict.fromkeys(("Less", "LessOrEqual"), np.less),
    **dict.fromkeys(("Where", "Select", "SelectV2"), np.where),
    "Erf": erf,
    "Neg": np.negative,
    "Abs": np.abs,
    "Exp": np.exp,
    "Sqrt": np.sqrt,
    "Square": np.square,
    "Tanh": np.tanh,
    "Sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "Relu": lambda z: np.maximum(z, 0),
    "Softplus": lambda z: np.logaddexp(z, 0),
    "Identity": lambda z: z,
    "Cast": lambda z: z,
}


@dataclass(frozen=True)
class Curve:
    """A function of what a chain gives, number by number."""

    base: Chain
    of: Function


def combined(op: str, given: Sequence[Any]) -> Chain | Curve | None:
    """What an operation makes of chains, curves and single numbers: a chain where its activation is known; None where it is no function
    of one value."""
    moving = [one for one in given if isinstance(one, Chain | Curve)]
    numbers = [one for one in given if not isinstance(one, Chain | Curve)]
    if op not in OPERATIONS or not moving or any(one is None or np.size(one) != 1 for one in numbers):
        return None
    ends = [one.base if isinstance(one, Curve) else one for one in moving]
    base = min(ends, key=lambda one: len(one.stages))
    shared = 0
    while shared < len(base.stages) and all(one.stages[shared] is base.stages[shared] for one in ends):
        shared += 1
    first = next((one for one in ends if len(one.stages) == shared), None)
    if first is None or any(one.axes != first.axes for one in ends):
        return None
    parts: list[Function | float] = []
    for one in given:
        if isinstance(one, Chain | Curve):
            end = one.base if isinstance(one, Curve) else one
            steps = end.stages[shared:]
            if len(steps) > STEPS or any(stage.step.kind not in POINTWISE or stage.step.kind == "softmax" for stage in steps):
                return None
            parts.append(_function(steps, one.of if isinstance(one, Curve) else None))
        else:
            parts.append(float(np.reshape(one, -1)[0]))
    compute = OPERATIONS[op]

    def of(z: Array) -> Array:
        return compute(*(part(z) if callable(part) else part for part in parts))

    return settled(Curve(first, of))


def _function(steps: Sequence[Stage], last: Function | None) -> Function:
    def of(z: Array) -> Array:
        for stage in steps:
            z = POINTWISE[stage.step.kind](z, stage.step)
        return z if last is None else last(z)

    return of


def settled(curve: Curve) -> Chain | Curve:
    """The chain with the activation that a curve is, else the curve."""
    with np.errstate(all="ignore"):
        values = np.asarray(curve.of(GRID), np.float64)
    if values.shape != GRID.shape or not np.isfinite(values).all():
        return curve
    slope, alpha = -float(values[100]), float(values[0]) / math.expm1(-6)  # at -1 and at -6
    steps = [Step(kind) for kind in _KINDS] + [Step("gelu"), Step("gelu", mode="tanh")]
    steps += [Step("leaky", value=round(slope, 6)), Step("elu", value=round(alpha, 3)), Step("hardsigmoid", value=1 / 6, shift=0.5)]
    steps.append(Step("hardsigmoid", value=0.2, shift=0.5))
    for step in steps:
        with np.errstate(all="ignore"):
            if np.abs(POINTWISE[step.kind](GRID, step) - values).max() < CLOSE:
                return curve.base.add(step)
    return curve
