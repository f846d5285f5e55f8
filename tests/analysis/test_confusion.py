"""The images of a cell, its story and the largest errors, against plain sorting and by hand."""

import numpy as np
import pytest

from core.analysis import confusion
from core.models.activations import softmax


@pytest.fixture(params=[0, 1, 2])
def guesses(request):
    """True classes, and probabilities of ten classes in which class 9 is never predicted, for 400 images."""
    rng = np.random.default_rng(request.param)
    actual = rng.integers(0, 10, 400)
    logits = rng.normal(size=(400, 10)) + 1.5 * np.eye(10)[actual]
    logits[:, 9] = -20
    return actual, softmax(logits)


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


def test_the_largest_errors_by_hand():
    matrix = np.array([[50, 3, 0], [7, 40, 3], [1, 0, 9]], np.int32)
    assert confusion.largest_errors(matrix, 3) == [(1, 0), (0, 1), (1, 2)]
    assert confusion.largest_errors(matrix, 9) == [(1, 0), (0, 1), (1, 2), (2, 0)]
    assert confusion.largest_errors(np.eye(4, dtype=np.int32)) == []


def test_who_suffers_most_by_hand():
    before = np.array([[10, 0, 0], [0, 4, 0], [0, 0, 0]])
    after = np.array([[7, 3, 0], [2, 2, 0], [0, 0, 0]])  # 0 loses three of ten, 1 two of four; of 2 there is none
    assert confusion.suffers_most(before, after) == 1
    assert confusion.suffers_most(before, before) is None
    assert confusion.suffers_most(after, before) is None
