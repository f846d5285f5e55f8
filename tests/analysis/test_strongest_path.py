"""The strongest path on a network small enough to follow by hand, and against all paths tried one by one."""

import itertools

import numpy as np
import pytest

from core.analysis.path import strongest_path

FIRST = np.array([[0.1, 10.0], [0.2, -3.0], [-0.3, 1.0]])  # 3 pixels -> 2 units
LAST = np.array([[2.0, 0.5], [-1.0, 4.0]])  # 2 units -> 2 classes


def test_greedy_path_by_hand():
    above, below = strongest_path([FIRST, LAST], output_class=0)
    assert (above.layer, above.unit, above.source, above.weight, above.product) == (2, 0, 0, 2.0, 2.0)
    assert (below.layer, below.unit, below.source) == (1, 0, 2)
    assert below.weight == pytest.approx(-0.3)
    assert below.product == pytest.approx(-0.6)
    assert below.candidates.tolist() == [2, 1, 0]
    np.testing.assert_allclose(below.weights, [-0.3, 0.2, 0.1])


def test_whole_path_by_hand():
    above, below = strongest_path([FIRST, LAST], output_class=0, rule="whole")
    assert (above.source, below.source) == (1, 0)  # -1 * 10 beats 2 * -0.3
    assert below.product == -10
    assert above.candidates.tolist() == [1, 0]


def test_a_chosen_step_is_kept():
    above, below = strongest_path([FIRST, LAST], output_class=0, chosen=[1])
    assert (above.source, above.weight, below.source, below.product) == (1, -1.0, 0, -10.0)


def test_whole_is_the_best_of_all_paths():
    rng = np.random.default_rng(0)
    kernels = [rng.normal(size=shape) for shape in ((6, 4), (4, 3), (3, 5))]
    for output in range(5):
        every = {
            (c, b, a): kernels[2][c, output] * kernels[1][b, c] * kernels[0][a, b]
            for c, b, a in itertools.product(range(3), range(4), range(6))
        }
        best = max(every, key=lambda path: abs(every[path]))
        steps = strongest_path(kernels, output, "whole")
        assert tuple(s.source for s in steps) == best
        assert steps[-1].product == pytest.approx(every[best])


def test_bad_choices_are_named():
    with pytest.raises(ValueError, match="choose one of: step, whole"):
        strongest_path([FIRST, LAST], 0, "best")
    with pytest.raises(ValueError, match="units 0 to 1, not 2"):
        strongest_path([FIRST, LAST], 2)
    with pytest.raises(ValueError, match="inputs 0 to 2, not 9"):
        strongest_path([FIRST, LAST], 0, chosen=[0, 9])
