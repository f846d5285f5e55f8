"""Structure measures against values worked out by hand."""

import numpy as np
import pytest

from core.models.structure import low_share, of_noise, roughness


def test_noise_is_spread_over_all_frequencies():
    noise = np.random.default_rng(0).uniform(-1, 1, (400, 25, 25))
    assert low_share(noise).mean() == pytest.approx(48 / 624, abs=0.003)
    assert roughness(noise).mean() == pytest.approx(2 / 3 * np.sqrt(3), abs=0.01)


def test_single_waves_are_wholly_low_or_wholly_high():
    x = np.arange(24)
    slow = np.tile(np.cos(2 * np.pi * 3 * x / 24), (24, 1))  # 3 / 24 = an eighth, the limit itself
    fast = np.tile(np.cos(2 * np.pi * 4 * x / 24), (24, 1))
    assert low_share(np.stack([slow, fast, slow + 1])) == pytest.approx([1, 0, 1])


def test_roughness_of_a_step_by_hand():
    step = np.array([[0.0, 0.0, 1.0, 1.0]] * 4)
    # One of three horizontal neighbours differs in each of four rows, no vertical one does: 4 of 24 pairs; deviation 1/2.
    assert roughness(step) == pytest.approx((4 / 24) / 0.5)


def test_constant_kernels_have_none():
    assert low_share(np.ones((3, 5, 5))).tolist() == [0, 0, 0]
    assert roughness(np.ones((3, 5, 5))).tolist() == [0, 0, 0]


def test_noise_of_the_usual_side_has_what_its_formulas_promise():
    low, tv = of_noise(25)
    assert low == pytest.approx(48 / 624, abs=0.003) and tv == pytest.approx(2 / 3 * np.sqrt(3), abs=0.01)
