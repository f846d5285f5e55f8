"""Gradients of dense networks against torch's autograd, against finite differences and against arithmetic by hand."""

import numpy as np
import pytest
import torch

from core.analysis import gradient
from core.analysis.gradient_terms import cell_terms, nudged
from core.models import dense
from core.runs import store
from core.runs.shipped import RUNS
from core.specs import ACTIVATIONS, ModelSpec

SIZES = [(6, 4), (12, 7, 5), (9, 6, 5, 4, 3)]
# A network of two inputs, two hidden units and two classes whose every number is found with a pencil: pages/learning/words.py tells it.
HAND = ModelSpec(sizes=(2, 2, 2), activation="relu")
BY_HAND = {
    "dense1.kernel": np.array([[1.0, -1.0], [2.0, 1.0]]),
    "dense1.bias": np.zeros(2),
    "dense2.kernel": np.array([[1.0, 0.5], [1.0, -1.0]]),
    "dense2.bias": np.array([-1.0, 0.0]),
}
IMAGE = np.array([[1.0, 0.5]])


def made(sizes: tuple[int, ...], activation: str, images: int = 5) -> tuple[ModelSpec, dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """A random network with images for it, float64."""
    rng = np.random.default_rng(sum(sizes))
    model = ModelSpec(sizes=sizes, activation=activation, initializer="torch", seed=3)
    weights = {name: array.astype(np.float64) + 0.1 * rng.normal(size=array.shape) for name, array in dense.initial(model).items()}
    return model, weights, rng.random((images, sizes[0])), rng.integers(0, sizes[-1], images)


def autograd(
    model: ModelSpec, weights: dict[str, np.ndarray], images: np.ndarray, labels: np.ndarray
) -> tuple[float, dict[str, np.ndarray]]:
    """Torch's own loss and gradients, float64."""
    found = {name: torch.tensor(np.asarray(array, np.float64), requires_grad=True) for name, array in weights.items()}
    x = torch.tensor(np.asarray(images, np.float64)).flatten(1)
    layers = len(model.sizes) - 1
    for layer in range(1, layers + 1):
        x = torch.nn.functional.linear(x, found[f"dense{layer}.kernel"].T, found[f"dense{layer}.bias"])
        if layer < layers:
            x = getattr(torch.nn.functional, model.activation)(x)
    loss = torch.nn.functional.cross_entropy(x, torch.tensor(labels))
    loss.backward()
    return loss.item(), {name: tensor.grad.numpy() for name, tensor in found.items() if tensor.grad is not None}


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("sizes", SIZES)
def test_every_gradient_is_autograds(sizes: tuple[int, ...], activation: str) -> None:
    model, weights, images, labels = made(sizes, activation)
    loss, theirs = autograd(model, weights, images, labels)
    found = gradient.backward(model, weights, images, labels)
    ours = found.gradient()
    assert found.loss == pytest.approx(loss, abs=1e-12)
    assert set(ours) == set(theirs)
    for name, array in theirs.items():
        np.testing.assert_allclose(ours[name], array, atol=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("sizes", SIZES)
def test_every_cell_is_what_a_nudge_finds(sizes: tuple[int, ...], activation: str) -> None:
    model, weights, images, labels = made(sizes, activation, images=1)
    found = gradient.backward(model, weights, images, labels)
    for layer in range(1, len(sizes)):
        for source in range(sizes[layer - 1]):
            for unit in range(sizes[layer]):
                terms = cell_terms(model, weights, found, int(labels[0]), layer, source, unit)
                seen = nudged(model, weights, images[0], int(labels[0]), layer, source, unit)
                assert terms.gradient == pytest.approx(found.kernel(layer)[source, unit], abs=1e-14)
                assert seen.gradient == pytest.approx(terms.gradient, abs=1e-7)


def test_single_gradients_average_to_that_of_the_batch() -> None:
    model, weights, images, labels = made((12, 7, 5), "tanh")
    found = gradient.backward(model, weights, images, labels)
    for layer in (1, 2):
        for unit in range(model.sizes[layer]):
            single = [gradient.backward(model, weights, images[i : i + 1], labels[i : i + 1]).kernel(layer)[:, unit] for i in range(5)]
            np.testing.assert_allclose(found.singles(layer, unit), single, atol=1e-15)
            np.testing.assert_allclose(found.singles(layer, unit).mean(0), found.kernel(layer)[:, unit], atol=1e-15)


def test_one_layer_stamps_the_image_into_every_kernel() -> None:
    model, weights, images, labels = made((6, 4), "tanh", images=1)
    found = gradient.backward(model, weights, images, labels)
    error = found.probabilities[0] - np.eye(4)[labels[0]]
    np.testing.assert_allclose(found.kernel(1), np.outer(images[0], error))
    images[0, 2] = 0
    assert not gradient.backward(model, weights, images, labels).kernel(1)[2].any(), "a white pixel learns nothing"


@pytest.mark.parametrize("times", [1, 5])
def test_steps_are_those_of_torch(times: int) -> None:
    model, weights, images, labels = made((9, 6, 4), "sigmoid")
    after, losses = gradient.repeated(model, weights, images, labels, 0.3, times)
    theirs = weights
    for loss in losses[:-1]:
        value, grads = autograd(model, theirs, images, labels)
        assert loss == pytest.approx(value)
        tensors = {name: torch.tensor(array, requires_grad=True) for name, array in theirs.items()}
        optimizer = torch.optim.SGD(list(tensors.values()), lr=0.3)
        for name, tensor in tensors.items():
            tensor.grad = torch.tensor(grads[name])
        optimizer.step()
        theirs = {name: tensor.detach().numpy() for name, tensor in tensors.items()}
    for name, array in theirs.items():
        np.testing.assert_allclose(after[name], array, atol=1e-12)
    assert losses[-1] == pytest.approx(autograd(model, theirs, images, labels)[0])


def test_by_hand() -> None:
    """Sums 2 and -0.5, ReLU 2 and 0; scores 1 and 1, so one half each; the loss is log 2."""
    found = gradient.backward(HAND, BY_HAND, IMAGE, np.array([0]))
    assert found.sums[0].tolist() == [[2.0, -0.5]] and found.sums[1].tolist() == [[1.0, 1.0]]
    assert found.loss == pytest.approx(np.log(2))
    np.testing.assert_allclose(found.errors[1], [[-0.5, 0.5]])
    np.testing.assert_allclose(found.kernel(2), [[-1.0, 1.0], [0.0, 0.0]])
    np.testing.assert_allclose(found.errors[0], [[-0.25, 0.0]])
    np.testing.assert_allclose(found.kernel(1), [[-0.25, 0.0], [-0.125, 0.0]])
    terms = cell_terms(HAND, BY_HAND, found, 0, layer=1, source=1, unit=1)
    assert terms.above is not None
    assert (terms.above.products.tolist(), terms.above.total, terms.above.slope, terms.gradient) == ([-0.5, -0.5], -1.0, 0.0, 0.0)


@pytest.mark.parametrize("name", ["softmax-mnist", "uci-mlp", "hidden-mnist", "mlp-random", "mlp-relu"])
def test_cells_of_stored_runs_are_autograds(name: str) -> None:
    """To 1e-5, as the page says, with float32 weights as they are stored."""
    run = store.load(RUNS[name].key)
    model = run.spec.model
    image = np.random.default_rng(0).random((1, model.sizes[0])).astype(np.float32)
    for state in (0, run.states - 1):
        weights = run.state(state)
        _, theirs = autograd(model, weights, image, np.array([3]))
        found = gradient.backward(model, weights, image, np.array([3]))
        for layer in range(1, len(model.sizes)):
            np.testing.assert_allclose(found.kernel(layer), theirs[f"dense{layer}.kernel"], atol=1e-5)
            terms = cell_terms(model, weights, found, 3, layer, 1, 2)
            assert terms.gradient == pytest.approx(theirs[f"dense{layer}.kernel"][1, 2], abs=1e-5)


def test_what_there_is_not_is_named() -> None:
    model, weights, images, labels = made((6, 4), "tanh")
    found = gradient.backward(model, weights, images, labels)
    with pytest.raises(ValueError, match="layers 1 to 1, not 2"):
        cell_terms(model, weights, found, 0, 2, 0, 0)
    with pytest.raises(ValueError, match="inputs 0 to 5 and units 0 to 3, not 6 and 0"):
        cell_terms(model, weights, found, 0, 1, 6, 0)
    with pytest.raises(ValueError, match="ends in softmax"):
        gradient.backward(ModelSpec(sizes=(6, 4), output="tanh"), weights, images, labels)
