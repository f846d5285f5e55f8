"""The digit CNN's activations in numpy against torch's forward hooks and sums by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models.digit_layers import activations, convolve, layers, max_pool
from core.runs import shipped, store

RUN = "digit-cnn-small"
MODEL = shipped.RUNS[RUN].model


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

    network = load_weights(DigitCNN(MODEL), weights).to(torch.float64 if dtype is np.float64 else torch.float32)
    seen: dict[str, np.ndarray] = {}
    hooks = [
        m.register_forward_hook(lambda m, i, o, name=name: seen.update({name: o.detach().numpy()})) for name, m in network.named_children()
    ]
    logits = network(torch.from_numpy(images.astype(dtype))[:, None])
    for hook in hooks:
        hook.remove()
    seen["probabilities"] = torch.softmax(logits, 1).detach().numpy()
    found = activations(MODEL, weights, images, dtype)
    assert set(seen) == set(found) - {"input"}
    for name, expected in seen.items():
        size = 1.0 if dtype is np.float64 else max(1.0, np.abs(expected).max())
        assert np.abs(found[name] - expected).max() <= tolerance * size, name


def test_shapes_are_those_of_the_layer_table(weights, images):
    found = activations(MODEL, weights, images)
    for layer in layers(MODEL):
        assert found[layer.name].shape == (6, *layer.shape)
    assert list(found) == [layer.name for layer in layers(MODEL)]


def test_nothing_it_was_given_is_changed(weights, images):
    before = {name: array.copy() for name, array in weights.items()}
    pixels = images.copy()
    activations(MODEL, weights, images)
    assert all(np.array_equal(before[name], weights[name]) for name in weights) and np.array_equal(pixels, images)


def test_a_convolution_by_hand():
    x = np.arange(9.0).reshape(1, 1, 3, 3)
    kernel = np.array([[[[1.0, 0.0], [0.0, -1.0]]]])
    assert convolve(x, kernel, 10)[0, 0].tolist() == [[6, 6], [6, 6]]  # 0 - 4 + 10, ...; not flipped
    assert max_pool(np.arange(25.0).reshape(1, 1, 5, 5))[0, 0].tolist() == [[6, 8], [16, 18]]  # the odd edge is dropped


def test_bytes_are_read_as_shares_of_255(weights):
    pixels = np.random.default_rng(2).integers(0, 256, (2, 28, 28), dtype=np.uint8)
    found = activations(MODEL, weights, pixels)
    assert np.array_equal(found["input"][:, 0], pixels / np.float32(255))
    assert np.array_equal(found["logits"], activations(MODEL, weights, pixels / np.float32(255))["logits"])


@given(rows=st.integers(2, 15), columns=st.integers(2, 15), seed=st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_pooling_equals_torch(rows, columns, seed):
    torch = pytest.importorskip("torch")
    maps = np.random.default_rng(seed).uniform(-1, 1, (2, 3, rows, columns))
    np.testing.assert_array_equal(max_pool(maps), torch.nn.functional.max_pool2d(torch.from_numpy(maps), 2).numpy())
