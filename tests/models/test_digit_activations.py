"""Every layer of digit CNNs of many shapes against torch's forward hooks."""

import numpy as np
import pytest

from core.models.digit_layers import activations, convolve, layers, max_pool, onward, seen, sums
from core.models.digit_layers import activations as of_any_network
from core.runs import shipped, store
from core.specs import ModelSpec
from tests.digit_case import MODELS, weights

SMALL = shipped.RUNS["digit-cnn-small"]
CASES = {"shipped, untrained": 0, "shipped, trained": -1, **MODELS}


@pytest.fixture(params=list(CASES))
def network(request):
    """A model and its weights."""
    case = CASES[request.param]
    return (case, weights(case)) if isinstance(case, ModelSpec) else (SMALL.model, store.load(SMALL.key).state(case))


def images(model: ModelSpec) -> np.ndarray:
    return np.random.default_rng(0).random((6, model.image, model.image)).astype(np.float32)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-6), (np.float32, 1e-6)])
def test_equal_to_forward_hooks(network, dtype, tolerance):
    """float32 sums differ in their last digits, so they are held to 1e-6 of the layer's largest value; float64 to 1e-6 itself."""
    torch = pytest.importorskip("torch")
    from core.models.digit_cnn import DigitCNN, load_weights

    model, values = network
    built = load_weights(DigitCNN(model), values).to(torch.float64 if dtype is np.float64 else torch.float32)
    found_by_torch: dict[str, np.ndarray] = {}

    def keep(name, module, inputs, output):
        hidden = name.startswith("dense")  # the module gives its sums, the layer what the activation makes of them
        found_by_torch[name] = (getattr(torch, model.activation)(output) if hidden else output).detach().numpy()

    hooks = [m.register_forward_hook(lambda m, i, o, name=name: keep(name, m, i, o)) for name, m in built.named_children()]
    logits = built(torch.from_numpy(images(model).astype(dtype))[:, None])
    for hook in hooks:
        hook.remove()
    found_by_torch["probabilities"] = torch.softmax(logits, 1).detach().numpy()
    found = activations(model, values, images(model), dtype)
    assert set(found_by_torch) == {layer.name for layer in layers(model)} - {"input"}
    for name, expected in found_by_torch.items():
        size = 1.0 if dtype is np.float64 else max(1.0, np.abs(expected).max())
        assert np.abs(found[name] - expected).max() <= tolerance * size, name


def test_shapes_and_order_are_those_of_the_layers(network):
    model, values = network
    found = activations(model, values, images(model))
    assert [(name, array.shape[1:]) for name, array in found.items()] == [(layer.name, layer.shape) for layer in layers(model)]


def test_whole_numbers_are_pixels_of_255(network):
    model, values = network
    levels = (images(model) * 255).astype(np.uint8)
    found = of_any_network(model, values, levels)
    assert np.allclose(found["logits"], activations(model, values, levels / np.float32(255))["logits"], rtol=0, atol=1e-6)


def test_nothing_it_was_given_is_changed(network):
    model, values = network
    before, pixels = {name: array.copy() for name, array in values.items()}, images(model)
    activations(model, values, pixels)
    assert all(np.array_equal(before[name], values[name]) for name in values) and np.array_equal(pixels, images(model))


def test_from_the_middle_on_it_gives_the_same(network):
    model, values = network
    found = activations(model, values, images(model))
    for layer in layers(model):
        if layer.weights:
            rest = onward(model, values, layer.weights, sums(values, layer.weights, found[layer.below]))
            assert all(np.array_equal(rest[name], found[name]) for name in rest) and "probabilities" in rest


def test_a_convolution_by_hand():
    x = np.arange(9.0).reshape(1, 1, 3, 3)
    kernel = np.array([[[[1.0, 0.0], [0.0, -1.0]]]])
    assert convolve(x, kernel, 10)[0, 0].tolist() == [[6, 6], [6, 6]]  # 0 - 4 + 10, ...; not flipped
    assert max_pool(np.arange(25.0).reshape(1, 1, 5, 5))[0, 0].tolist() == [[6, 8], [16, 18]]  # the odd edge is dropped


@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_what_a_value_sees_is_where_the_input_changes_it(model):
    """Pixels whose change can change the value at row 0, column 0, and its neighbour's, by trying each pixel."""
    values = {name: np.abs(array) + 0.1 for name, array in weights(model).items()}  # all positive: no ReLU hides a pixel
    base = np.full((1, model.image, model.image), 0.5)
    for number in range(1, len(model.channels) + 1):
        step, side = seen(model, number)
        before = activations(model, values, base)[f"conv{number}"][0, 0]
        reached = {}
        for at in ((0, 0), (0, 1)):
            if at[1] >= before.shape[1]:
                continue
            columns = []
            for column in range(model.image):
                changed = base.copy()
                changed[0, :, column] = 1.0
                columns.append(activations(model, values, changed)[f"conv{number}"][0, 0][at] != before[at])
            reached[at] = np.flatnonzero(columns)
        assert reached[0, 0].tolist() == list(range(side))
        if (0, 1) in reached:
            assert reached[0, 1].tolist() == list(range(step, step + side))
