"""Gradients of a digit CNN's kernels against torch's autograd and against nudged kernels, float64."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.analysis.digit_gradient import kernel_gradients
from core.models.digit_cnn import DigitCNN, load_weights
from core.models.digit_layers import activations, weight_shapes
from core.specs import ACTIVATIONS, ModelSpec

CASES = [
    ModelSpec("digit_cnn", sizes=(5, 4, 3), activation="sigmoid", channels=(2,), kernel_size=3, image=12),
    ModelSpec("digit_cnn", sizes=(6, 10), activation="relu", channels=(3, 4), kernel_size=5, image=28),
    ModelSpec("digit_cnn", sizes=(10,), channels=(3, 4), kernel_size=5, image=28),
    ModelSpec("digit_cnn", sizes=(7, 5, 4), activation="tanh", channels=(2,), kernel_size=4, image=13),
    ModelSpec("digit_cnn", sizes=(6, 3), activation="elu", channels=(2, 3, 2), kernel_size=3, image=30),
]


every = pytest.mark.parametrize("model", CASES, ids=lambda model: f"{model.channels}-{model.activation}")


def made(model: ModelSpec) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Random weights, images and their classes."""
    rng = np.random.default_rng(4)
    weights = {name: rng.normal(size=shape) * 0.3 for name, shape in weight_shapes(model).items()}
    return weights, rng.random((5, model.image, model.image)), rng.integers(0, model.sizes[-1], 5)


def test_every_activation_is_among_the_cases() -> None:
    assert {model.activation for model in CASES if len(model.sizes) > 1} == set(ACTIVATIONS)


@every
def test_a_nudge_finds_the_same(model: ModelSpec) -> None:
    weights, images, labels = made(model)
    found, rng = kernel_gradients(model, weights, images, labels), np.random.default_rng(6)

    def loss(changed: dict[str, np.ndarray]) -> float:
        shares = activations(model, changed, images)["probabilities"]
        return float(-np.log(shares[np.arange(5), labels]).mean())

    for name, kernel in found.items():
        for place in rng.integers(0, kernel.shape, (4, kernel.ndim)):
            losses = []
            for sign in (1, -1):
                nudged = weights[name].copy()
                nudged[tuple(place)] += sign * 1e-6
                losses.append(loss({**weights, name: nudged}))
            assert (losses[0] - losses[1]) / 2e-6 == pytest.approx(kernel[tuple(place)], abs=1e-7)


@every
def test_every_kernel_is_autograds(model: ModelSpec) -> None:
    weights, images, labels = made(model)
    found = kernel_gradients(model, weights, images, labels)
    network = load_weights(DigitCNN(model).double(), weights)
    functional.cross_entropy(network(torch.from_numpy(images)[:, None]), torch.from_numpy(labels)).backward()
    theirs = {ours: parameter.grad for ours, name in network.stored_as.items() for n, parameter in network.named_parameters() if n == name}
    assert set(found) == {name for name in theirs if name.endswith("kernel")}
    for name, array in found.items():
        reference = theirs[name].numpy()
        np.testing.assert_allclose(array, reference.T if reference.ndim == 2 else reference, rtol=1e-9, atol=1e-12)
