"""The dense analysis against torch, scikit-learn and sums worked out by hand."""

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, confusion_matrix, recall_score

from core.analysis import dense
from tests.analysis.dense_case import SIZES, torch_activations


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_forward_is_torchs(state, images, activation):
    theirs = torch_activations(state, images, activation)
    for dtype, tolerance in ((np.float64, 1e-12), (np.float32, 1e-4)):
        ours = dense.forward(state, images, activation, dtype=dtype)
        assert [a.shape for a in ours] == [(20, units) for units in SIZES]
        for mine, reference in zip(ours, theirs, strict=True):
            assert mine.dtype == dtype
            np.testing.assert_allclose(mine, reference, atol=tolerance)


def test_softmax_and_sigmoid_do_not_overflow():
    with np.errstate(all="raise", under="ignore"):
        assert dense.softmax(np.array([1000.0, 0.0])).tolist() == [1.0, 0.0]
        assert dense.FUNCTIONS["sigmoid"](np.array([-1000.0, 0.0, 1000.0])).tolist() == [0.0, 0.5, 1.0]


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


def test_counts_are_scikit_learns():
    rng = np.random.default_rng(3)
    outputs, labels = rng.random((500, 10)), rng.integers(0, 10, 500).astype(np.uint8)
    predicted = outputs.argmax(axis=1)
    assert dense.accuracy(outputs, labels) == pytest.approx(accuracy_score(labels, predicted))
    counts = dense.confusion(predicted, labels)
    assert (counts == confusion_matrix(labels, predicted, labels=range(10))).all()
    np.testing.assert_allclose(dense.recall(counts), recall_score(labels, predicted, average=None))
    assert np.isnan(dense.recall(np.array([[0, 0], [1, 3]]))[0])
