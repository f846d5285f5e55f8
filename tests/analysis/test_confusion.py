"""Precision, recall and the images of a cell, against scikit-learn and plain sorting."""

import numpy as np
import pytest
from sklearn import metrics

from core.analysis import confusion
from core.models import mlp


@pytest.fixture(params=[0, 1, 2])
def guesses(request):
    """True classes, and probabilities of ten classes in which class 9 is never predicted, for 400 images."""
    rng = np.random.default_rng(request.param)
    actual = rng.integers(0, 10, 400)
    logits = rng.normal(size=(400, 10)) + 1.5 * np.eye(10)[actual]
    logits[:, 9] = -20
    return actual, mlp.softmax(logits)


def test_precision_and_recall_equal_scikit_learn(guesses):
    actual, probabilities = guesses
    predicted = probabilities.argmax(1)
    matrix = mlp.confusion(actual, predicted)
    np.testing.assert_array_equal(matrix, metrics.confusion_matrix(actual, predicted, labels=range(10)))
    expected = metrics.precision_recall_fscore_support(actual, predicted, labels=range(10), zero_division=np.nan)
    np.testing.assert_allclose(confusion.precision(matrix), expected[0])
    np.testing.assert_allclose(confusion.recall(matrix), expected[1])
    shares = metrics.confusion_matrix(actual, predicted, labels=range(10), normalize="true")
    np.testing.assert_allclose(confusion.row_shares(matrix), shares)


def test_margins_work_on_a_film_of_counts():
    film = np.random.default_rng(3).integers(0, 9, (4, 10, 10))
    np.testing.assert_allclose(confusion.recall(film)[2], confusion.recall(film[2]))
    np.testing.assert_allclose(confusion.precision(film)[1], confusion.precision(film[1]))


def test_a_class_without_images_has_no_recall():
    matrix = np.array([[3, 1], [0, 0]])
    assert confusion.recall(matrix)[0] == 0.75
    assert np.isnan(confusion.recall(matrix)[1])
    assert np.isnan(confusion.row_shares(matrix)[1]).all()


def test_images_of_a_cell_come_by_falling_confidence(guesses):
    actual, probabilities = guesses
    for row, column in [(0, 0), (4, 7), (3, 5)]:
        plain = [i for _, i in sorted((-p[column], i) for i, p in enumerate(probabilities) if actual[i] == row and p.argmax() == column)]
        assert confusion.cell_images(probabilities, actual, row, column).tolist() == plain


def test_equal_confidence_keeps_the_order_of_the_data():
    probabilities = np.tile([0.25, 0.75], (6, 1))
    assert confusion.cell_images(probabilities, np.zeros(6, int), 0, 1).tolist() == [0, 1, 2, 3, 4, 5]
    assert confusion.top_images(probabilities, np.zeros(6, int))[0, 1] == 0


def test_the_top_image_of_each_cell_leads_its_list(guesses):
    actual, probabilities = guesses
    top = confusion.top_images(probabilities, actual)
    for row in range(10):
        for column in range(10):
            images = confusion.cell_images(probabilities, actual, row, column)
            assert top[row, column] == (images[0] if len(images) else -1)


def test_the_story_of_a_cell_says_when_an_error_came_and_went():
    film = np.zeros((5, 2, 2), int)
    film[:, 0, 1] = [0, 7, 9, 0, 0]
    film[:, 1, 0] = [1, 0, 0, 0, 2]
    assert confusion.cell_story(film, 0, 1).top_state == 2
    assert confusion.cell_story(film, 0, 1).gone_state == 3
    assert confusion.cell_story(film, 0, 1).first_state == int(np.flatnonzero(film[:, 0, 1])[0])
    assert confusion.cell_story(np.zeros((3, 2, 2)), 0, 1).first_state is None
    assert confusion.cell_story(film, 1, 0).gone_state is None
    assert confusion.cell_story(film, 1, 1).gone_state == 0


def test_two_runs_are_aligned_at_the_nearest_epochs():
    film = np.zeros((3, 2, 2))
    other = np.arange(4)[:, None, None] * np.ones((4, 2, 2))
    near = confusion.aligned(film, np.array([0.0, 1.0, 10.0]), other, np.array([0.0, 0.4, 0.9, 5.0]))
    assert near[:, 0, 0].tolist() == [0, 2, 3]
    with pytest.raises(ValueError, match="as many classes"):
        confusion.aligned(film, np.arange(3), np.zeros((2, 3, 3)), np.arange(2))
