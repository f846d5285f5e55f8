"""The numpy forward pass against torch's own layers and scikit-learn's counts."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix

from core.models import mlp
from core.specs import ModelSpec


def test_inputs_are_pixels_in_zero_to_one_row_by_row() -> None:
    images = np.array([[[0, 255], [51, 102]]], dtype=np.uint8)
    assert mlp.inputs(images).tolist() == [[0, 1, np.float32(0.2), np.float32(0.4)]]
    assert mlp.inputs(np.zeros((3, 32, 32, 3), np.uint8)).shape == (3, 3072)


def test_initial_has_every_layer_and_follows_its_seed() -> None:
    weights = mlp.initial(ModelSpec(sizes=(784, 49, 10), seed=1))
    assert {name: w.shape for name, w in weights.items()} == {
        "dense1.kernel": (784, 49),
        "dense1.bias": (49,),
        "dense2.kernel": (49, 10),
        "dense2.bias": (10,),
    }
    again = mlp.initial(ModelSpec(sizes=(784, 49, 10), seed=1))
    other = mlp.initial(ModelSpec(sizes=(784, 49, 10), seed=2))
    assert (weights["dense1.kernel"] == again["dense1.kernel"]).all()
    assert (weights["dense1.kernel"] != other["dense1.kernel"]).any()


@pytest.mark.parametrize(("name", "layer"), [("tanh", torch.nn.Tanh()), ("sigmoid", torch.nn.Sigmoid()), ("relu", torch.nn.ReLU())])
def test_forward_equals_torch(name: str, layer: torch.nn.Module) -> None:
    kernels, biases = mlp.layers_of(mlp.initial(ModelSpec(sizes=(12, 7, 5, 3), initializer="torch", seed=4)))
    x = np.random.default_rng(0).random((20, 12), dtype=np.float32)
    linears = []
    for kernel, bias in zip(kernels, biases, strict=True):
        linear = torch.nn.Linear(*kernel.shape)
        linear.weight.data, linear.bias.data = torch.from_numpy(kernel.T.copy()), torch.from_numpy(bias)
        linears.append(linear)
    first = layer(linears[0](torch.from_numpy(x)))
    second = layer(linears[1](first))
    logits = linears[2](second)
    expected = [t.detach().numpy() for t in (first, second, logits)]
    for ours, theirs in zip(mlp.forward(kernels, biases, x, name), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    np.testing.assert_allclose(mlp.softmax(expected[2]), torch.softmax(logits, 1).detach().numpy(), atol=1e-6)


def test_sigmoid_of_large_numbers_does_not_overflow() -> None:
    with np.errstate(over="raise"):
        assert mlp.activate(np.array([-1e4, 0, 1e4]), "sigmoid").tolist() == [0, 0.5, 1]


def test_unknown_activation() -> None:
    with pytest.raises(KeyError, match="no activation"):
        mlp.activate(np.zeros(1), "wavy")


def test_confusion_equals_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    actual, predicted = rng.integers(0, 10, 500).astype(np.uint8), rng.integers(0, 10, 500)
    counts = mlp.confusion(actual, predicted)
    assert (counts == confusion_matrix(actual, predicted, labels=range(10))).all()
    assert mlp.accuracy(counts) == np.mean(actual == predicted)


def test_needs_no_torch() -> None:
    code = "import sys, core.models.mlp; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
