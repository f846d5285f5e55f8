"""Which units of a layer and its neighbours are shown: all where they are few, else the strongest."""

from dataclasses import dataclass

import numpy as np

from core.analysis.dense import norms, order
from core.models.dense import Weights, depth

FEW = 50  # units of an axis that are shown all
KEPT = 32  # the strongest that are shown of more


@dataclass(frozen=True)
class Neighbourhood:
    """A layer with the one before and the one after it, and the units shown; None where the units come as strips of weights."""

    layer: int  # 1 = the first
    inputs: tuple[int, ...] | None  # rows of the layer; None: its outputs stand as strips
    outputs: tuple[int, ...]  # columns of the layer
    before: tuple[int, ...] | None  # inputs of the layer before; None: strips
    after: tuple[int, ...] | None  # outputs of the layer after; None: strips
    has_before: bool
    has_after: bool

    @property
    def whole(self) -> bool:
        """Whether no unit is left out."""
        return self.left_out == (0, 0)

    left_out: tuple[int, int] = (0, 0)  # units that are not shown: inputs, outputs


def neighbourhood(state: Weights, layer: int) -> Neighbourhood:
    """The units shown around a layer of a network in this state; the strongest are those with the largest norms in the layer."""
    kernel = state[f"dense{layer}.kernel"]
    rows, columns = norms(kernel)
    first, last = layer == 1, layer == depth(state)
    inputs = None if first and len(rows) > FEW else _strongest(rows)
    outputs = _strongest(columns)
    before = None if first else _all(state[f"dense{layer - 1}.kernel"].shape[0])
    after = None if last else _all(state[f"dense{layer + 1}.kernel"].shape[1])
    has_before = not first and inputs is not None
    missing = (0 if inputs is None else len(rows) - len(inputs), len(columns) - len(outputs))
    return Neighbourhood(layer, inputs, outputs, before, after, has_before, not last, missing)


def _strongest(values: np.ndarray) -> tuple[int, ...]:
    kept = np.arange(len(values)) if len(values) <= FEW else np.sort(order(values)[:KEPT])
    return tuple(kept.tolist())


def _all(count: int) -> tuple[int, ...] | None:
    return tuple(range(count)) if count <= FEW else None
