"""The rule that parts understandable from glaring mistakes, by hand and by a plain loop."""

import numpy as np

from core.analysis.mistakes import CLOSE, CONFIDENT, KINDS, chosen, misread_first, mistakes
from core.models.activations import softmax

ROWS = np.array(
    [
        [0.6, 0.4, 0.0],  # right
        [0.5, 0.4, 0.1],  # true class second, 0.1 behind
        [0.9, 0.1, 0.0],  # wrong with 0.9
        [0.45, 0.35, 0.2],  # true class third
        [0.7, 0.3, 0.0],  # true class second, but 0.4 behind
    ]
)
ACTUAL = np.array([0, 1, 1, 2, 1])


def test_by_hand():
    found = mistakes(ROWS, ACTUAL)
    assert found.image.tolist() == [1, 2, 3, 4]
    assert found.kind.tolist() == [KINDS[0], KINDS[1], KINDS[2], KINDS[2]]
    assert found.given.tolist() == [0.5, 0.9, 0.45, 0.7]
    assert found.truth.tolist() == [0.4, 0.1, 0.2, 0.3]


def test_every_mistake_has_the_kind_that_the_rule_says():
    rng = np.random.default_rng(5)
    actual = rng.integers(0, 10, 500)
    rows = softmax(rng.normal(size=(500, 10)) * 3 + 2 * np.eye(10)[actual])
    found = mistakes(rows, actual)
    wrong = [i for i in range(500) if max(range(10), key=lambda c: rows[i][c]) != actual[i]]
    assert found.image.tolist() == wrong
    for i, kind in zip(found.image, found.kind, strict=True):
        ranked = sorted(range(10), key=lambda c: -rows[i][c])
        if rows[i][ranked[0]] >= CONFIDENT:
            assert kind == KINDS[1]
        elif ranked[1] == actual[i] and rows[i][ranked[0]] - rows[i][actual[i]] <= CLOSE:
            assert kind == KINDS[0]
        else:
            assert kind == KINDS[2]
    assert set(found.kind) == set(KINDS)


def test_choosing_filters_and_orders():
    rng = np.random.default_rng(6)
    actual = rng.integers(0, 3, 300)
    found = mistakes(softmax(rng.normal(size=(300, 3)) * 3), actual)
    glaring = chosen(found, KINDS[1])
    assert len(glaring) and list(glaring.given) == sorted(glaring.given, reverse=True)
    close = chosen(found, KINDS[0], actual=1, predicted=2)
    assert len(close) and set(close.actual) == {1} and set(close.predicted) == {2}
    lead = close.given - close.truth
    assert list(lead) == sorted(lead)


def test_no_mistake_is_no_error():
    found = mistakes(np.eye(3), np.arange(3))
    assert len(found) == 0 and len(chosen(found, KINDS[0])) == 0


def test_misread_first_by_hand():
    actual, predicted = np.array([0, 1, 1, 0, 2, 1]), np.array([0, 2, 1, 1, 2, 2])  # 1, 3 and 5 are misread
    assert misread_first(actual, predicted).tolist() == [1, 3, 5, 0, 2, 4]
    assert misread_first(actual, predicted, misread=True).tolist() == [1, 3, 5]
    assert misread_first(actual, predicted, of=1).tolist() == [1, 5, 2]
    assert misread_first(actual, predicted, read_as=2, of=1, misread=True).tolist() == [1, 5]
    assert misread_first(actual, predicted, of=2, misread=True).tolist() == []
