"""The ledgers of a digit CNN add up to the values shown, and how far two activations are apart, by hand."""

import numpy as np
import pytest

from core.analysis.change import change
from core.analysis.terms import convolution_terms, dense_terms, pool_terms
from core.models.digit_layers import activations
from core.runs import shipped, store

MODEL = shipped.RUNS["digit-cnn-small"].model


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random((6, 28, 28)).astype(np.float32)


@pytest.fixture(scope="module", params=[0, -1])
def weights(request):
    return store.load(shipped.RUNS["digit-cnn-small"].key).state(request.param)


def test_change_by_hand():
    assert change(np.zeros(3), np.array([3.0, 4, 0])) == 1 and change(np.ones(2), np.zeros(2)) == 0


@pytest.mark.parametrize("layer", ["conv1", "conv2"])
def test_the_ledgers_total_is_the_shown_value(weights, images, layer):
    found = activations(MODEL, weights, images)
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
    found = activations(MODEL, weights, images)
    terms = pool_terms(found, 2, layer, 3, 1, 2)
    assert terms.values.shape == (2, 2) and terms.largest == found[layer][2, 3, 1, 2] and terms.corner == (2, 4)


def test_the_dense_ledger(weights, images):
    found = activations(MODEL, weights, images)
    for unit in range(10):
        terms = dense_terms(weights, found, 1, unit)
        assert terms.products.sum() + terms.bias == pytest.approx(found["logits"][1, unit], abs=1e-5)
        assert terms.logit == pytest.approx(found["logits"][1, unit], abs=1e-5)
        assert terms.probability == found["probabilities"][1, unit]
