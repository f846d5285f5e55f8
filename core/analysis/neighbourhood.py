"""Which units of a layer and its neighbours are shown: all where they are few, else the strongest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.analysis.dense import norms, order

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
    left_out: tuple[int, int]  # units that are not shown: inputs, outputs


def neighbourhood(kernel: np.ndarray, layer: int, sizes: Sequence[int]) -> Neighbourhood:
    """The units shown around a layer (1 = the first) of a network of these sizes, from input to output.

    Args:
        kernel: (inputs, outputs) of the layer; the strongest units are those with the largest norms in it.
    """
    rows, columns = norms(kernel)
    first, last = layer == 1, layer == len(sizes) - 1
    inputs = None if first and len(rows) > FEW else _strongest(rows)
    outputs = _strongest(columns)
    before = None if first else _all(sizes[layer - 2])
    after = None if last else _all(sizes[layer + 1])
    missing = (0 if inputs is None else len(rows) - len(inputs), len(columns) - len(outputs))
    return Neighbourhood(layer, inputs, outputs, before, after, not first, not last, missing)


def _strongest(values: np.ndarray) -> tuple[int, ...]:
    kept = np.arange(len(values)) if len(values) <= FEW else np.sort(order(values)[:KEPT])
    return tuple(kept.tolist())


def _all(count: int) -> tuple[int, ...] | None:
    return tuple(range(count)) if count <= FEW else None
