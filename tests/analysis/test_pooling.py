"""A large matrix in fewer numbers: what each block keeps, worked out value by value."""

import numpy as np
import pytest

from core.analysis.pooling import pooled, signed_max


@pytest.mark.parametrize(("shape", "down", "across"), [((7, 5), 2, 3), ((6, 6), 2, 2), ((5, 3), 8, 8), ((4, 9), 1, 4), ((9, 4), 4, 1)])
def test_each_block_keeps_its_largest_value_with_its_sign(shape: tuple[int, int], down: int, across: int) -> None:
    matrix = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    wanted = [
        [max(matrix[top : top + down, left : left + across].ravel(), key=abs) for left in range(0, shape[1], across)]
        for top in range(0, shape[0], down)
    ]
    assert signed_max(matrix, down, across).tolist() == np.array(wanted).tolist()


def test_one_planted_spike_survives() -> None:
    matrix = np.random.default_rng(1).normal(size=(4_096, 1_024)).astype(np.float32)
    matrix[1_234, 567] = -40
    small = signed_max(matrix, 7, 3)
    assert small.shape == (586, 342)
    assert small[1_234 // 7, 567 // 3] == -40 == small.min()


def test_a_layer_in_blocks_is_the_layer_in_its_order() -> None:
    rng = np.random.default_rng(2)
    kernel, bias = rng.normal(size=(10, 7)).astype(np.float32), rng.normal(size=7).astype(np.float32)
    rows, columns = rng.permutation(10), rng.permutation(7)
    found = pooled(kernel, bias, rows, columns, 3, 2)
    ordered = kernel[rows][:, columns]
    assert (found.values == signed_max(ordered, 3, 2)).all()
    assert found.limit == np.abs(kernel).max()
    row_norms, column_norms = np.linalg.norm(ordered.astype(float), axis=1), np.linalg.norm(ordered.astype(float), axis=0)
    np.testing.assert_allclose(found.row_norms, [row_norms[i : i + 3].max() for i in range(0, 10, 3)])
    np.testing.assert_allclose(found.column_norms, [column_norms[i : i + 2].max() for i in range(0, 7, 2)])
    np.testing.assert_allclose(found.column_norms, np.linalg.norm(kernel.astype(float), axis=0)[found.units])
    assert found.biases.tolist() == [max(bias[columns][i : i + 2], key=abs) for i in range(0, 7, 2)]
