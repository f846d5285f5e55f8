"""What an answer hangs on: against torch's autograd, finite differences, and squares put one by one."""

import numpy as np
import pytest

from core.analysis import attribution
from core.data import stand_in
from core.models import network
from core.runs import shipped, store
from core.specs import ModelSpec
from tests.digit_case import MODELS, weights

DENSE = {
    "one layer": ModelSpec(sizes=(784, 10)),
    "three layers": ModelSpec(sizes=(784, 20, 12, 10), activation="elu"),
}
CASES = [*MODELS, *DENSE]


def case(name: str) -> tuple[ModelSpec, dict[str, np.ndarray], np.ndarray]:
    """A network with random weights, and an image of its size."""
    rng = np.random.default_rng(1)
    if name in MODELS:
        return MODELS[name], weights(MODELS[name]), rng.random((MODELS[name].image,) * 2)
    model, state = DENSE[name], {}
    for i, (inputs, outputs) in enumerate(zip(model.sizes, model.sizes[1:], strict=False), start=1):
        state |= {f"dense{i}.kernel": rng.normal(0, inputs**-0.5, (inputs, outputs)), f"dense{i}.bias": rng.normal(0, 0.1, outputs)}
    return model, state, rng.random((28, 28))


@pytest.mark.parametrize("name", CASES)
def test_the_gradient_is_autograd_s(name: str) -> None:
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    model, state, image = case(name)
    label = model.sizes[-1] - 1
    tensors = {key: torch.tensor(array, dtype=torch.float64) for key, array in state.items()}
    x = start = torch.tensor(image, dtype=torch.float64, requires_grad=True)
    x = x[None, None]
    for i in range(1, len(model.channels) + 1):
        x = functional.max_pool2d(functional.conv2d(x, tensors[f"conv{i}.kernel"], tensors[f"conv{i}.bias"]).relu(), 2)
    x = x.flatten(1)
    last = sum(key.endswith(".kernel") for key in state) - len(model.channels)
    for i in range(1, last + 1):
        x = x @ tensors[f"dense{i}.kernel"] + tensors[f"dense{i}.bias"]
        if i < last:
            x = functional.elu(x) if model.activation == "elu" else getattr(torch, model.activation)(x)
    x[0, label].backward()
    np.testing.assert_allclose(attribution.gradient(model, state, image, label), start.grad.numpy(), atol=1e-10)


@pytest.mark.parametrize("name", CASES)
def test_the_gradient_is_what_a_nudge_does(name: str) -> None:
    model, state, image = case(name)
    found, step = attribution.gradient(model, state, image, 1), 1e-6
    rng = np.random.default_rng(2)
    for row, column in rng.integers(0, len(image), (8, 2)):
        nudged = np.repeat(image[None], 2, 0)
        nudged[:, row, column] += (step, -step)
        high, low = network.activations(model, state, nudged)["logits"][:, 1]
        assert found[row, column] == pytest.approx((high - low) / (2 * step), abs=1e-6)


def test_one_layer_s_gradient_is_its_template_and_its_products_are_the_logit() -> None:
    model, state, image = case("one layer")
    found = attribution.gradient(model, state, image, 4)
    np.testing.assert_allclose(found.ravel(), state["dense1.kernel"][:, 4])
    logit = network.activations(model, state, image[None])["logits"][0, 4]
    assert (found * image).sum() + state["dense1.bias"][4] == pytest.approx(logit)


def test_squares_are_put_one_by_one() -> None:
    run = store.load(shipped.RUNS["digit-cnn"].key)
    state, image = run.state(-1), stand_in.load("test")[0][5] / 255
    whole = network.answers(run.spec.model, state, image[None].astype(np.float32))[0]
    label = int(whole.argmax())
    found = attribution.occlusion(run.spec.model, state, image, label)
    assert found.shape == (22, 22)
    for row, column in ((0, 0), (5, 9), (10, 11), (21, 21)):
        covered = image.astype(np.float32).copy()
        covered[row : row + 7, column : column + 7] = 0
        after = network.answers(run.spec.model, state, covered[None])[0, label]
        assert found[row, column] == pytest.approx(whole[label] - after, abs=1e-6)
    assert found[0, 0] == pytest.approx(0, abs=1e-6), "paper on paper changes nothing"


def test_each_pixel_has_the_mean_of_its_squares() -> None:
    falls = np.random.default_rng(0).random((4, 5))
    found = attribution.spread(falls, 3)
    assert found.shape == (6, 7)
    for row in range(6):
        for column in range(7):
            over = [falls[r, c] for r in range(4) for c in range(5) if 0 <= row - r < 3 and 0 <= column - c < 3]
            assert found[row, column] == pytest.approx(np.mean(over))


def test_stretches_are_blanked_one_by_one() -> None:
    run = store.load(shipped.RUNS["digit-cnn"].key)
    state, image = run.state(-1), stand_in.load("test")[0][5] / np.float32(255)
    firsts, says = attribution.stretches(run.spec.model, state, image, 4, 9)
    assert firsts[0] == 0 and firsts[-1] == 24 and len(firsts) == len(says) == 9
    for first, answer in zip(firsts, says, strict=True):
        blank = np.concatenate([image[:, :first], np.zeros((28, 4), np.float32), image[:, first + 4 :]], 1)
        np.testing.assert_allclose(answer, network.answers(run.spec.model, state, blank[None])[0], atol=1e-6)
    firsts, _ = attribution.stretches(run.spec.model, state, image, 26, 9)
    assert list(firsts) == [0, 1, 2], "no more stretches than there are places"
