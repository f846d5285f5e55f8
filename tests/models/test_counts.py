"""Confusion counts and the shares they give, against scikit-learn."""

import numpy as np
import pytest
from sklearn import metrics

from core.models import counts


@pytest.fixture(params=[0, 1, 2])
def guesses(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray]:
    """True and predicted classes of 400 images, uint8 and int64; class 9 is never predicted."""
    rng = np.random.default_rng(request.param)
    actual = rng.integers(0, 10, 400).astype(np.uint8)
    return actual, np.where(rng.random(400) < 0.6, actual, rng.integers(0, 9, 400)).astype(np.int64) % 9


def test_all_are_those_of_scikit_learn(guesses: tuple[np.ndarray, np.ndarray]) -> None:
    actual, predicted = guesses
    found = counts.confusion(actual, predicted, 10)
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, metrics.confusion_matrix(actual, predicted, labels=range(10)))
    precision, recall, _, _ = metrics.precision_recall_fscore_support(actual, predicted, labels=range(10), zero_division=np.nan)
    np.testing.assert_allclose(counts.precision(found), precision)
    np.testing.assert_allclose(counts.recall(found), recall)
    assert counts.accuracy(found) == metrics.accuracy_score(actual, predicted)


def test_shares_of_a_film_are_those_of_each_state() -> None:
    film = np.random.default_rng(3).integers(0, 9, (4, 10, 10))
    for share in (counts.accuracy, counts.precision, counts.recall):
        np.testing.assert_allclose(share(film)[2], share(film[2]))


def test_without_images_there_is_no_share() -> None:
    found = np.array([[3, 1], [0, 0]])
    assert counts.recall(found)[0] == 0.75
    assert np.isnan(counts.recall(found)[1])
    assert counts.precision(found).tolist() == [1, 0]
    assert np.isnan(counts.accuracy(np.zeros((2, 2), int)))
    assert counts.confusion(np.zeros(0, np.uint8), np.zeros(0, np.int64), 3).tolist() == [[0] * 3] * 3
