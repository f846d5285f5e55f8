"""Histograms and spreads by hand and against numpy's plain way."""

import numpy as np
import pytest

from core.analysis.course import by_seed, histogram, quantiles, spread


def test_histogram_has_the_same_bins_for_every_state():
    stack = np.array([[[0.0, 0.0], [1.0, -1.0]], [[2.0, -0.5], [0.0, 1.9]]])
    found = histogram(stack, bins=5)
    np.testing.assert_allclose(found.edges, [-2, -1.2, -0.4, 0.4, 1.2, 2])
    assert found.counts.tolist() == [[0, 1, 2, 1, 0], [0, 1, 1, 0, 2]]
    assert (found.counts.sum(axis=1) == 4).all()


def test_histogram_of_nothing_but_zeros():
    assert histogram(np.zeros((2, 3, 3)), bins=3).counts.tolist() == [[0, 9, 0], [0, 9, 0]]


def test_quantiles_of_each_state():
    found = quantiles(np.array([[1.0, 2.0, 3.0], [5.0, 5.0, 8.0]]), (0, 0.5, 1))
    assert found.tolist() == [[1, 2, 3], [5, 5, 8]]


HISTORY = {"epoch": np.array([0.0, 1.0]), "accuracy_test": np.array([0.1, 0.9])}
SEEDS = {
    "seed": np.array([0.0, 0.0, 1.0, 1.0, 2.0]),
    "epoch": np.array([0.0, 1.0, 0.0, 1.0, 1.0]),
    "accuracy_test": np.array([0.1, 0.9, 0.2, 0.8, 0.94]),
}


def test_own_seed_counts_once():
    epochs, values = by_seed(HISTORY, SEEDS, 0, "accuracy_test")
    assert epochs.tolist() == [0, 1]
    assert values[:, 1].tolist() == [0.9, 0.8, 0.94]
    last = spread(values[:, 1])
    assert (last.mean, last.low, last.high, last.seeds) == (pytest.approx(0.88), 0.8, 0.94, 3)
    assert spread(values[:, 0]).seeds == 2  # seed 2 lacks the start


def test_no_other_seeds():
    assert spread(by_seed(HISTORY, {}, 0, "accuracy_test")[1][:, 1]).seeds == 1
