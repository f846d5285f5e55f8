"""Norms against torch and by hand, and orders by hand."""

import numpy as np
import pytest
import torch

from core.analysis import dense


def test_norms_by_hand_and_by_torch():
    rows, columns = dense.norms(np.array([[3.0, 4.0], [0.0, 5.0]]))
    np.testing.assert_allclose(rows, [5, 5])
    np.testing.assert_allclose(columns, [3, 41**0.5])
    stack = np.random.default_rng(2).normal(size=(4, 6, 5)).astype(np.float16)  # float16 squares would lose digits
    rows, columns = dense.norms(stack)
    np.testing.assert_allclose(rows, torch.linalg.vector_norm(torch.from_numpy(stack).double(), dim=2).numpy())
    np.testing.assert_allclose(columns, torch.linalg.vector_norm(torch.from_numpy(stack).double(), dim=1).numpy())


def test_order_keeps_ties_in_place():
    values = np.array([0.5, -2.0, 0.5, 1.0])
    assert dense.order(values).tolist() == [3, 0, 2, 1]
    assert dense.order(values, descending=False).tolist() == [1, 0, 2, 3]
    assert dense.order(values, "size").tolist() == [1, 3, 0, 2]
    assert dense.order(values, "size", descending=False).tolist() == [0, 2, 3, 1]
    assert dense.order(values, "original").tolist() == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="choose one of: value, size, original"):
        dense.order(values, "norm")
