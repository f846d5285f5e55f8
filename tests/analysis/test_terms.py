"""The ledgers of digit CNNs of many shapes: their terms add up to what the layers give."""

import numpy as np
import pytest

from core.analysis.terms import convolution_terms, dense_terms, pool_terms
from core.models.digit_layers import activations, layers
from core.runs import shipped, store
from core.specs import ModelSpec
from tests.digit_case import MODELS, weights

SMALL = shipped.RUNS["digit-cnn-small"]
CASES = {"shipped": None, **MODELS}


@pytest.fixture(scope="module", params=list(CASES))
def network(request):
    """A model, its weights and what it gives for six images."""
    case = CASES[request.param]
    model, values = (case, weights(case)) if isinstance(case, ModelSpec) else (SMALL.model, store.load(SMALL.key).state(-1))
    images = np.random.default_rng(0).random((6, model.image, model.image)).astype(np.float32)
    return model, values, activations(model, values, images)


def test_a_convolutions_total_is_the_shown_value(network):
    model, values, found = network
    rng = np.random.default_rng(1)
    for layer in (one for one in layers(model) if one.kind == "conv"):
        channels, height, width = layer.shape
        for _ in range(40):
            image, channel, row, column = (int(rng.integers(n)) for n in (6, channels, height, width))
            terms = convolution_terms(values, found, image, layer, channel, row, column)
            assert terms.products.sum() + terms.bias == pytest.approx(found[layer.name][image, channel, row, column], abs=1e-5)
            assert terms.channels.sum() + terms.bias == pytest.approx(terms.before, abs=1e-12)
            assert terms.after == pytest.approx(found[f"relu{layer.number}"][image, channel, row, column], abs=1e-5)


def test_a_pooled_value_is_the_largest_of_its_four(network):
    model, _, found = network
    for layer in (one for one in layers(model) if one.kind == "pool"):
        row = layer.shape[1] - 1
        terms = pool_terms(found, 2, layer, 1, row, 0)
        assert terms.values.shape == (2, 2) and terms.largest == found[layer.name][2, 1, row, 0] and terms.corner == (2 * row, 0)


def test_a_dense_units_total_is_the_shown_value(network):
    model, values, found = network
    functions = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}
    for layer in (one for one in layers(model) if one.weights.startswith("dense")):
        after = functions[model.activation] if layer.kind == "dense" else lambda z: z
        for unit in range(layer.shape[0]):
            terms = dense_terms(values, found, 1, layer, unit)
            assert terms.products.sum() + terms.bias == pytest.approx(terms.before, abs=1e-9)
            assert len(terms.parts) == len(found[layer.below][1]) and terms.parts.sum() == pytest.approx(terms.products.sum(), abs=1e-9)
            assert after(terms.before) == pytest.approx(found[layer.name][1, unit], abs=1e-5)
