"""Gradients of a pulse CNN's kernels against torch's autograd, against nudged kernels and against the sum over all windows."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.analysis.pulse_gradient import pulse_backward, start
from core.models.pulse_layers import shapes
from core.runs import store
from core.runs.shipped import RUNS
from core.specs import ModelSpec

CASES = {
    "cross_entropy": ModelSpec("pulse_cnn", sizes=(7, 5, 3), channels=(3, 2), kernel_size=5, image=17, output="softmax", activation="tanh"),
    "l1": ModelSpec("pulse_cnn", sizes=(6, 3), channels=(2, 1), kernel_size=9, image=24, output="tanh"),
}


def made(model: ModelSpec) -> tuple[dict[str, np.ndarray], np.ndarray]:
    rng = np.random.default_rng(5)
    weights = {name: rng.normal(size=shape) * (0.3 if name.startswith("dense") else 0.2) for name, shape in shapes(model).items()}
    return weights, (rng.random((model.image, model.image)) > 0.6).astype(float)


def theirs(
    model: ModelSpec, loss: str, weights: dict[str, np.ndarray], image: np.ndarray, label: int
) -> tuple[float, dict[str, np.ndarray]]:
    """Torch's own layers, loss and gradients."""
    found = {name: torch.tensor(array, requires_grad=True) for name, array in weights.items()}
    x = torch.tensor(image)[None, None]
    for name in ("conv1", "conv2"):
        x = torch.relu(functional.conv2d(x, found[f"{name}.kernel"], found[f"{name}.bias"]))
    x = functional.max_pool2d(x, 2).flatten(1)
    for i in range(1, len(model.sizes) + 1):
        x = x @ found[f"dense{i}.kernel"] + found[f"dense{i}.bias"]
        if i < len(model.sizes):
            x = torch.relu(x) if i == 1 else getattr(torch, model.activation)(x)
    if loss == "cross_entropy":
        value = functional.cross_entropy(x, torch.tensor([label]))
    else:
        value = (torch.tanh(x) - torch.eye(model.sizes[-1], dtype=torch.float64)[[label]]).abs().mean()
    value.backward()
    return value.item(), {name: tensor.grad.numpy() for name, tensor in found.items() if tensor.grad is not None}


@pytest.mark.parametrize("loss", CASES)
@pytest.mark.parametrize("label", [0, 2])
def test_every_kernel_is_autograds(loss: str, label: int) -> None:
    model = CASES[loss]
    weights, image = made(model)
    found = pulse_backward(model, loss, weights, image, label)
    value, grads = theirs(model, loss, weights, image, label)
    assert found.loss == pytest.approx(value)
    for name in ("conv1", "conv2"):
        assert np.abs(grads[f"{name}.kernel"]).max() > 1e-6
        np.testing.assert_allclose(found.kernels[name], grads[f"{name}.kernel"], atol=1e-12)
        np.testing.assert_allclose(found.errors[name].sum((1, 2)), grads[f"{name}.bias"], atol=1e-12)


@pytest.mark.parametrize("loss", CASES)
def test_a_nudge_finds_the_same(loss: str) -> None:
    model = CASES[loss]
    weights, image = made(model)
    found = pulse_backward(model, loss, weights, image, 1)
    for name, place in (("conv1", (1, 0, 2, 3)), ("conv2", (0, 1, 4, 0))):
        losses = []
        for sign in (1, -1):
            kernel = weights[f"{name}.kernel"].copy()
            kernel[place] += sign * 1e-6
            losses.append(pulse_backward(model, loss, {**weights, f"{name}.kernel": kernel}, image, 1).loss)
        assert (losses[0] - losses[1]) / 2e-6 == pytest.approx(found.kernels[name][place], abs=1e-7)


def test_the_gradient_is_the_sum_of_what_every_window_says() -> None:
    model = CASES["cross_entropy"]
    weights, image = made(model)
    found, k = pulse_backward(model, "cross_entropy", weights, image, 0), model.kernel_size
    for kernel, error in enumerate(found.errors["conv1"]):
        total = np.zeros((k, k))
        for (row, column), one in np.ndenumerate(error):
            total += one * image[row : row + k, column : column + k]
        np.testing.assert_allclose(found.kernels["conv1"][kernel, 0], total, atol=1e-12)


def test_a_start_is_given_back_by_its_seed_or_not_at_all() -> None:
    run = store.load(RUNS["pulse-reliable"].key)
    kept = run.state(0)
    assert set(kept) < set(shapes(run.spec.model)), "of the start the convolutions alone are stored"
    found = start(run.spec.model, kept)
    assert found is not None and {name: array.shape for name, array in found.items()} == shapes(run.spec.model)
    for name, array in kept.items():
        np.testing.assert_allclose(found[name], array, atol=1e-3)
    assert start(run.spec.model, run.state(5)) is None
