"""Initial kernels against matrices written out by hand and against the moments that their formulas promise."""

import numpy as np
import pytest

from core.models.initializers import alternating_diagonal, dense_layer
from core.specs import INITIALIZERS


def test_diagonal_4_by_2() -> None:
    expected = [[-0.5, 0], [0.5, 0], [0, -0.5], [0, 0.5]]
    assert alternating_diagonal(4, 2).tolist() == expected


def test_diagonal_2_by_4() -> None:
    expected = [[-1, 1, 0, 0], [0, 0, -1, 1]]
    assert alternating_diagonal(2, 4).tolist() == expected


def test_diagonal_3_by_3() -> None:
    assert alternating_diagonal(3, 3).tolist() == [[-1, 0, 0], [0, 1, 0], [0, 0, -1]]


def test_diagonal_7_by_15() -> None:
    """Column j meets row floor(7 j / 15): three columns for row 0, then two a row."""
    kernel = alternating_diagonal(7, 15)
    rows = np.abs(kernel).argmax(0).tolist()
    assert rows == [0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
    assert kernel[rows, range(15)].tolist() == [-1, 1] * 7 + [-1]


def test_diagonal_784_by_49() -> None:
    """Sixteen pixels a unit, each 1/16, signs in turn: pixel 0 is -1/16 of unit 0, pixel 17 is +1/16 of unit 1."""
    kernel = alternating_diagonal(784, 49)
    assert np.count_nonzero(kernel) == 784
    assert (np.count_nonzero(kernel, axis=0) == 16).all()
    assert (np.count_nonzero(kernel, axis=1) == 1).all()
    assert kernel[0, 0] == kernel[16, 1] == -0.0625
    assert kernel[15, 0] == kernel[17, 1] == kernel[783, 48] == 0.0625
    assert np.abs(kernel).sum(0).tolist() == [1.0] * 49


@pytest.mark.parametrize(
    ("name", "following", "variance"),
    [
        ("glorot_normal", "tanh", 2 / 500),
        ("glorot_uniform", "tanh", 2 / 500),
        ("he", "relu", 2 / 300),
        ("he", "softmax", 2 / 500),
        ("torch", "relu", 1 / (3 * 300)),
    ],
)
def test_random_kernels_have_their_variance(name: str, following: str, variance: float) -> None:
    kernel, _ = dense_layer(name, 300, 200, following, np.random.default_rng(3))
    assert kernel.dtype == np.float32
    assert kernel.mean() == pytest.approx(0, abs=5 * np.sqrt(variance / kernel.size))
    assert kernel.var() == pytest.approx(variance, rel=0.02)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_initializer_of_the_specs_is_there(name: str) -> None:
    kernel, bias = dense_layer(name, 6, 4, "tanh", np.random.default_rng(0))
    assert kernel.shape == (6, 4)
    assert bias.shape == (4,)
    assert (bias == 0).all() == (name != "torch")


def test_unknown_initializer() -> None:
    with pytest.raises(KeyError, match="no initialiser"):
        dense_layer("lucky", 2, 2, "tanh", np.random.default_rng(0))
