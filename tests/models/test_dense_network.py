"""Dense networks in numpy: inputs, start and the forward pass against torch's own layers."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from core.models import dense
from core.specs import ACTIVATIONS, INITIALIZERS, ModelSpec
from tests.analysis.dense_case import SIZES, made_images, made_state, torch_activations


def test_inputs_are_pixels_in_zero_to_one_row_by_row() -> None:
    images = np.array([[[0, 255], [51, 102]]], dtype=np.uint8)
    assert dense.inputs(images).tolist() == [[0, 1, np.float32(0.2), np.float32(0.4)]]
    assert dense.inputs(np.zeros((3, 32, 32, 3), np.uint8)).shape == (3, 3072)


def test_initial_has_every_layer_and_follows_its_seed() -> None:
    weights = dense.initial(ModelSpec(sizes=(784, 49, 10), seed=1))
    assert {name: w.shape for name, w in weights.items()} == {
        "dense1.kernel": (784, 49),
        "dense1.bias": (49,),
        "dense2.kernel": (49, 10),
        "dense2.bias": (10,),
    }
    again = dense.initial(ModelSpec(sizes=(784, 49, 10), seed=1))
    other = dense.initial(ModelSpec(sizes=(784, 49, 10), seed=2))
    assert (weights["dense1.kernel"] == again["dense1.kernel"]).all()
    assert (weights["dense1.kernel"] != other["dense1.kernel"]).any()


@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_every_start_follows_its_seed_alone(initializer: str) -> None:
    """The same seed gives the same bits, whatever was drawn elsewhere in between."""
    model = ModelSpec(sizes=(30, 20, 10), initializer=initializer, activation="relu", seed=7)
    first = dense.initial(model)
    torch.rand(3), np.random.default_rng().random(3)
    again = dense.initial(model)
    assert all(first[name].dtype == np.float32 and (first[name] == again[name]).all() for name in first)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_forward_is_torchs(activation: str) -> None:
    state, images = made_state(), made_images()
    theirs = torch_activations(state, images, activation)
    for dtype, tolerance in ((np.float64, 1e-12), (np.float32, 1e-4)):
        ours = dense.forward(state, images, activation, dtype=dtype)
        assert [a.shape for a in ours] == [(20, units) for units in SIZES]
        for mine, reference in zip(ours, theirs, strict=True):
            assert mine.dtype == dtype
            np.testing.assert_allclose(mine, reference, atol=tolerance)


def test_one_layer_and_a_tanh_output() -> None:
    weights = dense.initial(ModelSpec(sizes=(4, 3), initializer="torch"))
    x = np.random.default_rng(0).random((5, 4))
    first, last = dense.forward(weights, x, "relu", "tanh", np.float64)
    assert (first == x).all()
    np.testing.assert_allclose(last, np.tanh(x @ weights["dense1.kernel"] + weights["dense1.bias"]), atol=1e-12)


def test_bytes_and_shares_are_the_same_images() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 28, 28), dtype=np.uint8)
    model = ModelSpec(sizes=(784, 5, 10))
    weights = dense.initial(model)
    for ours, theirs in zip(dense.forward(weights, pixels, "tanh"), dense.forward(weights, pixels / np.float32(255), "tanh"), strict=True):
        assert (ours == theirs).all()


def test_needs_no_torch() -> None:
    code = "import sys, core.models.dense; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
