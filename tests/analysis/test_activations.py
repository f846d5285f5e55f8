"""Activations and ledgers against torch's forward hooks and sums of their own."""

import numpy as np
import pytest

from core.analysis.activations import NAMES, activations, change, convolve, max_pool, softmax
from core.analysis.terms import convolution_terms, dense_terms, pool_terms
from core.models.digit_layers import layers
from core.runs import shipped, store

RUN = "digit-cnn-small"


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random((6, 28, 28)).astype(np.float32)


@pytest.fixture(scope="module", params=[0, -1])
def weights(request):
    return store.load(shipped.RUNS[RUN].key).state(request.param)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-6), (np.float32, 1e-6)])
def test_equal_to_forward_hooks(weights, images, dtype, tolerance):
    """float32 sums differ in their last digits, so they are held to 1e-6 of the layer's largest value; float64 to 1e-6 itself."""
    torch = pytest.importorskip("torch")
    from core.models.digit_cnn import DigitCNN, load_weights

    network = load_weights(DigitCNN(shipped.RUNS[RUN].model), weights).to(torch.float64 if dtype is np.float64 else torch.float32)
    seen: dict[str, np.ndarray] = {}
    hooks = [
        m.register_forward_hook(lambda m, i, o, name=name: seen.update({name: o.detach().numpy()})) for name, m in network.named_children()
    ]
    logits = network(torch.from_numpy(images.astype(dtype))[:, None])
    for hook in hooks:
        hook.remove()
    seen["probabilities"] = torch.softmax(logits, 1).detach().numpy()
    found = activations(weights, images, dtype)
    assert set(seen) == set(NAMES) - {"input"}
    for name, expected in seen.items():
        size = 1.0 if dtype is np.float64 else max(1.0, np.abs(expected).max())
        assert np.abs(found[name] - expected).max() <= tolerance * size, name


def test_shapes_are_those_of_the_layer_table(weights, images):
    found = activations(weights, images)
    for layer in layers(shipped.RUNS[RUN].model):
        assert found[layer.name].shape == (6, *layer.shape)
    assert list(found) == list(NAMES)


def test_nothing_it_was_given_is_changed(weights, images):
    before = {name: array.copy() for name, array in weights.items()}
    pixels = images.copy()
    activations(weights, images)
    assert all(np.array_equal(before[name], weights[name]) for name in weights) and np.array_equal(pixels, images)


def test_a_convolution_by_hand():
    x = np.arange(9.0).reshape(1, 1, 3, 3)
    kernel = np.array([[[[1.0, 0.0], [0.0, -1.0]]]])
    assert convolve(x, kernel, 10)[0, 0].tolist() == [[6, 6], [6, 6]]  # 0 - 4 + 10, ...; not flipped
    assert max_pool(np.arange(25.0).reshape(1, 1, 5, 5))[0, 0].tolist() == [[6, 8], [16, 18]]  # the odd edge is dropped
    assert softmax(np.array([1e4, 0.0])).tolist() == [1, 0]
    assert change(np.zeros(3), np.array([3.0, 4, 0])) == 1 and change(np.ones(2), np.zeros(2)) == 0


@pytest.mark.parametrize("layer", ["conv1", "conv2"])
def test_the_ledgers_total_is_the_shown_value(weights, images, layer):
    found = activations(weights, images)
    rng = np.random.default_rng(1)
    _, channels, height, width = found[layer].shape
    for _ in range(40):
        image, channel, row, column = (int(rng.integers(n)) for n in (6, channels, height, width))
        terms = convolution_terms(weights, found, image, layer, channel, row, column)
        assert terms.products.sum() + terms.bias == pytest.approx(found[layer][image, channel, row, column], abs=1e-5)
        assert terms.channels.sum() + terms.bias == pytest.approx(terms.before, abs=1e-12)
        assert terms.after == pytest.approx(found[f"relu{layer[-1]}"][image, channel, row, column], abs=1e-5)


@pytest.mark.parametrize("layer", ["pool1", "pool2"])
def test_a_pooled_value_is_the_largest_of_its_four(weights, images, layer):
    found = activations(weights, images)
    terms = pool_terms(found, 2, layer, 3, 1, 2)
    assert terms.values.shape == (2, 2) and terms.largest == found[layer][2, 3, 1, 2] and terms.corner == (2, 4)


def test_the_dense_ledger(weights, images):
    found = activations(weights, images)
    for unit in range(10):
        terms = dense_terms(weights, found, 1, unit)
        assert terms.products.sum() + terms.bias == pytest.approx(found["logits"][1, unit], abs=1e-5)
        assert terms.logit == pytest.approx(found["logits"][1, unit], abs=1e-5)
        assert terms.probability == found["probabilities"][1, unit]
