"""How far the numbers of a dense layer reach over all states of a run: where the scales of its pictures end."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.analysis.dense import norms


@dataclass(frozen=True)
class Extent:
    """The largest of everything that is drawn of a layer."""

    limit: float  # |weight|
    row_top: float  # norm of a row
    column_top: float  # norm of a column
    bias_limit: float  # |bias|


def extent(states: Iterable[tuple[np.ndarray, np.ndarray]]) -> Extent:
    """Over kernels (inputs, outputs) and biases (outputs,), one pair a state, taken one after the other."""
    found = []
    for kernel, bias in states:
        rows, columns = norms(kernel)
        found.append((max(kernel.max(), -kernel.min()), rows.max(), columns.max(), np.abs(bias).max()))
    return Extent(*np.max(found, axis=0).tolist())
