"""The order in which a matrix's rows and columns are shown: the rule that the browser follows too (core/charts/client_order.py)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.analysis.dense import norms, order


@dataclass(frozen=True)
class Ordering:
    """What sorts a matrix. `row` and `column` are the picked cell; one of them alone stands for a click on a norm strip."""

    sort: str = "original"  # "original", "value", "abs" or "norm"
    move: str = "both"  # "both", "rows" or "columns"
    descending: bool = True
    row: int | None = None
    column: int | None = None

    def axis_key(self, axis: str) -> str:
        """What sorts the "rows" or the "columns": "original", "norm", "value" or "abs"."""
        line, other = (self.column, self.row) if axis == "rows" else (self.row, self.column)
        if self.sort == "original" or self.move not in ("both", axis):
            return "original"
        if self.sort == "norm" or (line is None and other is not None):
            return "norm"
        return "original" if line is None else self.sort


def orders(kernel: np.ndarray, ordering: Ordering) -> tuple[np.ndarray, np.ndarray]:
    """Original indices of the rows (rows,) and columns (columns,) in the order shown; ties keep their order.

    Args:
        kernel: (rows, columns), the weights that give the order.
    """
    out = []
    for axis, length in zip(("rows", "columns"), kernel.shape, strict=True):
        key = ordering.axis_key(axis)
        if key == "original":
            out.append(np.arange(length))
            continue
        if key == "norm":
            keys = norms(kernel)[0 if axis == "rows" else 1]
        else:
            keys = kernel[:, ordering.column] if axis == "rows" else kernel[ordering.row, :]
        out.append(order(keys, "size" if key == "abs" else "value", ordering.descending))
    return out[0], out[1]


def words(ordering: Ordering, axis: str, classes: Sequence[str] = (), noun: str = "output") -> str:
    """The active key of an axis in words, for the line above the matrix; a column is called by its class where it has one."""
    key = ordering.axis_key(axis)
    if key == "original":
        return "original order"
    direction = "largest first" if ordering.descending else "smallest first"
    if key == "norm":
        return f"L2 norm, {direction}"
    if axis == "rows":
        assert ordering.column is not None  # it is the key
        line = f"{noun} {classes[ordering.column]}" if classes else f"output {ordering.column + 1}"
    else:
        assert ordering.row is not None
        line = f"input {ordering.row + 1}"
    return f"{'|value|' if key == 'abs' else 'value'} in {line}, {direction}"
