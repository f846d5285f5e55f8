"""Rolling, averages and the choice of states."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.analysis import templates


def test_rolling_moves_numbers_and_changes_none():
    kernel = np.arange(2 * 784 * 10, dtype=np.float32).reshape(2, 784, 10)
    rolled = templates.rolled(kernel, (28, 28))
    assert rolled.shape == (2, 10, 28, 28)
    for pixel in (0, 27, 28, 300, 783):
        assert rolled[1, 4, pixel // 28, pixel % 28] == kernel[1, pixel, 4]


def test_colours_of_a_pixel_stay_together():
    kernel = np.arange(3072 * 10, dtype=np.float32).reshape(3072, 10)
    assert templates.rolled(kernel, (32, 32, 3))[7, 2, 5].tolist() == kernel[(2 * 32 + 5) * 3 : (2 * 32 + 5) * 3 + 3, 7].tolist()


def test_a_kernel_of_another_size_is_refused():
    with pytest.raises(ValueError, match="cannot be rolled"):
        templates.rolled(np.zeros((100, 10)), (28, 28))


@pytest.mark.parametrize("values, share, expected", [([0.5, -2.0, 1.0], 1.0, 2.0), ([0.0, 0.0], 0.97, 1.0), (range(-100, 1), 0.97, 97.0)])
def test_a_share_of_the_weights_stays_within_the_limit(values, share, expected):
    assert templates.limit(np.array(values), share) == pytest.approx(expected)


def test_likeness_is_pearson_correlation():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(3, 6, 6)), rng.normal(size=(4, 6, 6))
    expected = np.corrcoef(np.vstack([a.reshape(3, -1), b.reshape(4, -1)]))[:3, 3:]
    np.testing.assert_allclose(templates.likeness(a, b), expected)
    assert templates.likeness(np.ones((1, 2, 2)), b[:, :2, :2]).tolist() == [[0, 0, 0, 0]]


def test_stills_are_the_start_some_between_and_the_end():
    epochs = np.array([0, 0.04, 0.08, 0.5, 1, 2, 3, 4, 5, 6])
    assert templates.still_states(epochs) == [0, 2, 4, 8, 9]
    assert templates.still_states(np.array([0.0])) == [0]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.floats(-5, 105))
def test_the_nearest_state_is_nearest(epochs, wanted):
    found = templates.nearest_state(np.array(epochs), wanted)
    assert abs(epochs[found] - wanted) == min(abs(e - wanted) for e in epochs)
