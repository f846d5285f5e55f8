"""A large matrix in fewer numbers: blocks of neighbours by the one with the largest size, so that a lone spike survives."""

from dataclasses import dataclass

import numpy as np

from core.analysis.dense import norms


def signed_max(matrix: np.ndarray, down: int, across: int) -> np.ndarray:
    """Of each block of `down` rows and `across` columns the value with the largest size, sign kept.

    (rows, columns) -> (ceil(rows / down), ceil(columns / across)); the last blocks may be smaller.
    """
    most, least = (_blocks(matrix, down, across, pick) for pick in (np.maximum, np.minimum))
    return np.where(most >= -least, most, least)


def _blocks(matrix: np.ndarray, down: int, across: int, pick: np.ufunc) -> np.ndarray:
    once = _rows(matrix, down, pick)
    return once if across == 1 else _rows(np.ascontiguousarray(once.T), across, pick).T  # rows lie together in memory


def _rows(matrix: np.ndarray, size: int, pick: np.ufunc) -> np.ndarray:
    if size == 1:
        return matrix
    whole = len(matrix) // size * size
    blocks = pick.reduce(matrix[:whole].reshape(-1, size, matrix.shape[1]), axis=1)
    return blocks if whole == len(matrix) else np.concatenate([blocks, pick.reduce(matrix[whole:], axis=0, keepdims=True)])


@dataclass(frozen=True)
class Pooled:
    """One state of a layer in some order and in blocks, as a picture of it needs it."""

    values: np.ndarray  # (blocks down, blocks across), of each block the weight with the largest size
    limit: float  # largest |weight|
    row_norms: np.ndarray  # (blocks down,), the largest of each block's rows
    column_norms: np.ndarray  # (blocks across,), likewise
    units: np.ndarray  # (blocks across,), the output whose norm that is
    biases: np.ndarray  # (blocks across,), of each block the bias with the largest size


def pooled(kernel: np.ndarray, bias: np.ndarray, rows: np.ndarray, columns: np.ndarray, down: int, across: int) -> Pooled:
    """A kernel (inputs, outputs) and its bias (outputs,) with this input at each place from the top and this output from the left.

    Args:
        rows: (inputs,); columns: (outputs,).
        down, across: size of a block.
    """
    row_norms, column_norms = norms(kernel)
    ordered = column_norms[columns]
    starts = np.arange(0, len(columns), across)
    best = np.array([start + int(ordered[start : start + across].argmax()) for start in starts])
    return Pooled(
        values=signed_max(kernel.take(rows, axis=0).take(columns, axis=1), down, across),
        limit=float(max(kernel.max(), -kernel.min())),
        row_norms=np.maximum.reduceat(row_norms[rows], np.arange(0, len(rows), down)),
        column_norms=ordered[best],
        units=columns[best],
        biases=signed_max(bias[columns][None, :], 1, across)[0],
    )
