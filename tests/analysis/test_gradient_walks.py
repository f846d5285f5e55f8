"""Batches, lines, flows and surfaces of the gradient against plain forward passes, torch's optimisers and arithmetic."""

from itertools import islice

import numpy as np
import pytest
import torch

from core.analysis import gradient, gradient_batch, gradient_flow, gradient_line, gradient_surface
from core.analysis.gradient_surface import Ground, Place
from core.models import dense
from core.models.activations import TABLE
from tests.analysis.test_gradient import made


def loss(model, weights, images, labels) -> float:
    """Mean cross-entropy by the probabilities of the models' own forward pass."""
    p = dense.forward(weights, images, model.activation, model.output, np.float64)[-1]
    return float(-np.log(p[np.arange(len(labels)), labels]).mean())


def test_a_batch_of_all_agrees_with_all_and_one_image_less() -> None:
    model, weights, images, labels = made((12, 7, 5), "tanh", images=40)
    images[:, :3] = 0
    images[0, 3:] = 0  # an image without ink touches nothing
    found = gradient.backward(model, weights, images, labels)
    one, ten, every = gradient_batch.agreements(found, labels, 1, (1, 10, 40))
    assert every.cosines == pytest.approx(np.ones(len(every.cosines)))
    assert set(every.touched) == {9} and set(one.touched) <= {0, 9}
    assert set(one.classes) == {1} and set(every.classes) == {len(set(labels))}
    assert np.median(one.cosines) < np.median(ten.cosines) < 1
    singles = [gradient.backward(model, weights, images[i : i + 1], labels[i : i + 1]).kernel(1) for i in range(40)]
    possible = [gradient_batch.cosine(single, found.kernel(1)) for single in singles]
    assert all(np.isclose(possible, cosine, atol=1e-12).any() for cosine in one.cosines)
    assert gradient_batch.cosine(np.zeros(3), np.ones(3)) == 0


@pytest.mark.parametrize("sizes", [(6, 4), (9, 6, 5, 3)])
def test_the_line_is_where_the_steps_end(sizes: tuple[int, ...]) -> None:
    model, weights, images, labels = made(sizes, "relu", images=7)
    slope = gradient.backward(model, weights, images, labels).gradient()
    rates = [0.0, 1e-4, 0.1, 1.0, 10.0]
    ours = gradient_line.along(model, weights, slope, images, labels, rates)
    theirs = [loss(model, gradient.stepped(weights, slope, rate), images, labels) for rate in rates]
    np.testing.assert_allclose(ours, theirs, rtol=1e-4)


def test_verdicts_by_hand() -> None:
    assert gradient_line.verdicts(np.array([0.99, 0.85, 0.5, 0.9, 1.2]), 1.0) == ["too small", "right", "right", "right", "too large"]
    assert gradient_line.verdicts(np.array([1.5, 2.0]), 1.0) == ["too large", "too large"]


@pytest.mark.parametrize("activation", TABLE)
def test_the_flow_is_what_autograd_finds_at_the_sums(activation: str) -> None:
    model, weights, images, labels = made((9, 6, 5, 4), activation, images=8)
    tensors = {name: torch.tensor(array, requires_grad=True) for name, array in weights.items()}
    x, sums, outputs = torch.tensor(images), [], []
    for layer in (1, 2, 3):
        z = x @ tensors[f"dense{layer}.kernel"] + tensors[f"dense{layer}.bias"]
        z.retain_grad()
        sums.append(z)
        x = getattr(torch.nn.functional, activation)(z)
        x.retain_grad()
        outputs.append(x)
    torch.nn.functional.cross_entropy(sums[-1], torch.tensor(labels), reduction="sum").backward()
    parts = gradient_flow.flow(model, weights, gradient.backward(model, weights, images, labels))
    for layer, part in enumerate(parts, start=1):
        assert part.error == pytest.approx(float(sums[layer - 1].grad.square().mean().sqrt()))
        kernel = tensors[f"dense{layer}.kernel"].grad / len(labels)
        assert part.gradient == pytest.approx(float(kernel.square().mean().sqrt()))
        if layer < 3:
            assert part.sent == pytest.approx(float(outputs[layer - 1].grad.square().mean().sqrt()))
            assert part.through == pytest.approx(part.error / part.sent)
    assert parts[-1].sent is None and parts[-1].through is None


def test_dead_units_are_counted() -> None:
    model, weights, images, labels = made((9, 6, 4), "relu", images=30)
    weights["dense1.bias"][:2] = -100
    assert gradient_flow.flow(model, weights, gradient.backward(model, weights, images, labels))[0].dead >= 2
    weights["dense1.bias"][:] = 100
    assert gradient_flow.flow(model, weights, gradient.backward(model, weights, images, labels))[0].dead == 0


def test_sigmoid_lets_less_through_than_tanh_and_relu() -> None:
    rng = np.random.default_rng(0)
    images, labels = rng.random((64, 50)), rng.integers(0, 5, 64)
    sizes = {a: gradient_flow.errors_by_layer(*gradient_flow.fresh(50, 5, 16, 10, a), images, labels) for a in TABLE}
    assert all(len(one) == 11 for one in sizes.values())
    shares = {name: one[0] / one[-1] for name, one in sizes.items()}
    assert shares["sigmoid"] < 1e-4 < shares["tanh"] < 1
    assert shares["sigmoid"] < 0.25**10 * 16, "each slope is at most a quarter"


@pytest.mark.parametrize(("sizes", "layer"), [((6, 4), 1), ((9, 6, 5, 3), 1), ((9, 6, 5, 3), 2)])
@pytest.mark.parametrize("same", [False, True])
def test_the_surface_is_the_loss_of_changed_weights(sizes: tuple[int, ...], layer: int, same: bool) -> None:
    model, weights, images, labels = made(sizes, "tanh", images=7)
    places = (Place(layer, 0, 1), Place(layer, 3, 1 if same else 2))
    first, second = np.linspace(-2, 2, 5), np.linspace(-1, 3, 4)
    ours = Ground(model, weights, places, images, labels).losses(first, second)
    for row, high in enumerate(second):
        for column, wide in enumerate(first):
            changed = {name: array.copy() for name, array in weights.items()}
            changed[f"dense{layer}.kernel"][0, 1] = wide
            changed[f"dense{layer}.kernel"][3, places[1].unit] = high
            assert ours[row, column] == pytest.approx(loss(model, changed, images, labels), rel=1e-5)


def moved(weights: dict[str, np.ndarray], places: tuple[Place, Place], values: np.ndarray) -> dict[str, np.ndarray]:
    """The weights with those at two places put to these values."""
    changed = {name: array.copy() for name, array in weights.items()}
    for place, value in zip(places, values, strict=True):
        changed[place.name][place.source, place.unit] = value
    return changed


@pytest.mark.parametrize("places", [(Place(2, 0, 1), Place(2, 3, 4)), (Place(1, 0, 1), Place(1, 8, 1)), (Place(3, 0, 1), Place(3, 4, 2))])
def test_the_slope_is_that_of_the_surface(places: tuple[Place, Place]) -> None:
    model, weights, images, labels = made((9, 6, 5, 3), "tanh", images=7)
    there = np.array([0.4, -0.7])
    slope = Ground(model, weights, places, images, labels, np.float64).slope(there)
    for axis in (0, 1):
        nudge = np.eye(2)[axis] * 1e-5
        up, down = (loss(model, moved(weights, places, there + sign * nudge), images, labels) for sign in (1, -1))
        assert slope[axis] == pytest.approx((up - down) / 2e-5, abs=1e-8)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("SGD", lambda p: torch.optim.SGD(p, lr=0.3)),
        ("momentum", lambda p: torch.optim.SGD(p, lr=0.3, momentum=0.9)),
        ("Adam", lambda p: torch.optim.Adam(p, lr=0.3)),
    ],
)
def test_walks_are_those_of_torchs_optimisers(name: str, make) -> None:
    model, weights, images, labels = made((9, 6, 3), "sigmoid", images=12)
    places, start = (Place(1, 0, 1), Place(1, 3, 2)), np.array([2.0, -2.0])
    halves, ground = (slice(6), slice(6, None)), Ground(model, weights, places, images, labels, np.float64)  # a batch a step

    def slopes():
        count = iter(range(100))
        return lambda place: ground.slope(place, halves[next(count) % 2])

    ours = list(islice(gradient_surface.WALKS[name](slopes(), start, 0.3), 12))
    theirs, slope = torch.tensor(start, requires_grad=True), slopes()
    optimizer = make([theirs])
    for place in ours:
        theirs.grad = torch.tensor(slope(theirs.detach().numpy()))
        optimizer.step()
        np.testing.assert_allclose(place, theirs.detach().numpy(), atol=1e-9)


def test_two_weights_that_span_no_surface() -> None:
    with pytest.raises(ValueError, match="one layer"):
        gradient_surface.check((Place(1, 0, 0), Place(2, 0, 0)))
    with pytest.raises(ValueError, match="the same one"):
        gradient_surface.check((Place(1, 0, 0), Place(1, 0, 0)))
