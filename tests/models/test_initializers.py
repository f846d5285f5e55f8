"""Initial kernels against matrices written out by hand and against the moments that their formulas promise."""

import numpy as np
import pytest
import torch

from core.models.initializers import TABLE, alternating_diagonal, dense_layer
from core.specs import ACTIVATIONS, INITIALIZERS


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
        ("he", "elu", 2 / 300),
        ("he", "softmax", 2 / 500),
        ("torch", "relu", 1 / (3 * 300)),
    ],
)
def test_random_kernels_have_their_variance(name: str, following: str, variance: float) -> None:
    kernel, _ = dense_layer(name, 300, 200, following, np.random.default_rng(3))
    assert kernel.dtype == np.float32
    assert kernel.mean() == pytest.approx(0, abs=5 * np.sqrt(variance / kernel.size))
    assert kernel.var() == pytest.approx(variance, rel=0.02)


def test_the_table_is_that_of_the_specs() -> None:
    assert set(TABLE) == set(INITIALIZERS)


@pytest.mark.parametrize("name", INITIALIZERS)
@pytest.mark.parametrize("following", [*ACTIVATIONS, "softmax"])
@pytest.mark.parametrize("shape", [(6, 4), (3, 8), (1, 1)])
def test_every_initializer_before_everything(name: str, following: str, shape: tuple[int, int]) -> None:
    kernel, bias = dense_layer(name, *shape, following, np.random.default_rng(0))
    assert kernel.shape == shape
    assert bias.shape == shape[1:]
    assert kernel.dtype == bias.dtype == np.float32
    assert kernel.flags.c_contiguous
    assert np.isfinite(kernel).all()
    assert (bias == 0).all() == (name != "torch")


@pytest.mark.parametrize("name", INITIALIZERS)
def test_what_is_drawn_follows_the_generator(name: str) -> None:
    first, again, other = (dense_layer(name, 20, 12, "relu", np.random.default_rng(seed))[0] for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first == other).all() == (name in ("zeros", "alternating_diagonal"))


@pytest.mark.parametrize(("following", "gain"), [("tanh", 5 / 3), ("relu", 2**0.5), ("sigmoid", 1), ("softmax", 1), ("elu", 1)])
@pytest.mark.parametrize(("inputs", "outputs"), [(40, 25), (25, 40), (30, 30)])
def test_orthogonal_rows_or_columns(following: str, gain: float, inputs: int, outputs: int) -> None:
    """The fewer of rows and columns are at right angles, each of torch's gain for what follows."""
    kernel = dense_layer("orthogonal", inputs, outputs, following, np.random.default_rng(4))[0].astype(np.float64)
    products = kernel.T @ kernel if inputs >= outputs else kernel @ kernel.T
    np.testing.assert_allclose(products, gain**2 * np.eye(min(inputs, outputs)), atol=1e-5)


def test_orthogonal_leaves_torchs_own_generator_alone() -> None:
    before = torch.get_rng_state()
    dense_layer("orthogonal", 5, 4, "tanh", np.random.default_rng(0))
    assert torch.equal(before, torch.get_rng_state())


def test_unknown_initializer() -> None:
    with pytest.raises(KeyError, match="no initialiser"):
        dense_layer("lucky", 2, 2, "tanh", np.random.default_rng(0))
