"""Digit CNNs' shapes, parameters and start, against torch and against the seed's network."""

from dataclasses import replace

import numpy as np
import pytest

from core.models.digit_layers import layers, weight_shapes
from core.runs.shipped.digits import MODEL
from core.specs import SpecError
from tests.digit_case import MODELS

EVERY = {"the seed's": MODEL, **MODELS}
every = pytest.mark.parametrize("model", EVERY.values(), ids=list(EVERY))


@every
def test_layers_are_those_of_torch(model):
    torch = pytest.importorskip("torch")
    from core.models.digit_cnn import build

    network = build(model)
    seen = {}
    hooks = [m.register_forward_hook(lambda m, i, o, name=n: seen.update({name: tuple(o.shape[1:])})) for n, m in network.named_children()]
    with torch.no_grad():
        network(torch.zeros(1, 1, model.image, model.image))
    for hook in hooks:
        hook.remove()
    described = {layer.name: layer for layer in layers(model)}
    assert list(seen) == [name for name in described if name not in ("input", "probabilities")]
    assert {name: described[name].shape for name in seen} == seen
    for name, module in network.named_children():
        assert described[name].parameters == sum(p.numel() for p in module.parameters()), name


def test_the_seeds_network_has_its_parameters():
    assert sum(layer.parameters for layer in layers(MODEL)) == 208 + 3_216 + 2_570  # worked out by hand


@every
def test_weights_go_out_and_in_unchanged(model):
    pytest.importorskip("torch")
    from core.models.digit_cnn import build, load_weights, weights_of

    first, other = build(model), build(replace(model, seed=1))
    weights = weights_of(first)
    assert {name: array.shape for name, array in weights.items()} == weight_shapes(model)
    assert not np.array_equal(weights["conv1.kernel"], weights_of(other)["conv1.kernel"])
    back = weights_of(load_weights(other, weights))
    assert all(np.array_equal(back[name], weights[name]) for name in weights)
    assert np.array_equal(weights_of(build(model))["dense1.kernel"], weights["dense1.kernel"])  # the seed decides
    assert np.shares_memory(weights["conv1.kernel"], first.conv1.weight.detach().numpy()) is False


@pytest.mark.parametrize(
    ("initializer", "deviation"),
    [("he", (2 / 200) ** 0.5), ("glorot_normal", (2 / 600) ** 0.5), ("glorot_uniform", (2 / 600) ** 0.5), ("zeros", 0)],
)
def test_spread_of_the_second_kernel_at_the_start(initializer, deviation):
    """conv 2 has 8 * 25 inputs and 16 * 25 outputs a position."""
    pytest.importorskip("torch")
    from core.models.digit_cnn import build, weights_of

    kernel = weights_of(build(replace(MODEL, initializer=initializer)))["conv2.kernel"]
    assert kernel.std() == pytest.approx(deviation, rel=0.05)


@pytest.mark.parametrize(
    ("activation", "deviations"), [("relu", ((2 / 256) ** 0.5, (2 / 310) ** 0.5)), ("tanh", ((2 / 556) ** 0.5, (2 / 310) ** 0.5))]
)
def test_he_starts_a_hidden_dense_layer_by_what_follows_it(activation, deviations):
    """256 inputs, 300 units and 10 classes: He's variance before ReLU, Glorot's before tanh and softmax."""
    pytest.importorskip("torch")
    from core.models.digit_cnn import build, weights_of

    weights = weights_of(build(replace(MODEL, sizes=(300, 10), activation=activation)))
    for name, deviation in zip(("dense1", "dense2"), deviations, strict=True):
        assert weights[f"{name}.kernel"].std() == pytest.approx(deviation, rel=0.05)


@pytest.mark.parametrize(
    "change",
    [{"channels": (8, 8, 8)}, {"channels": (8,) * 3, "kernel_size": 3, "image": 20}, {"kernel_size": 27}, {"output": "tanh"}],
)
def test_shapes_that_cannot_be_get_a_sentence(change):
    with pytest.raises(SpecError, match=r"\.$"):
        layers(replace(MODEL, **change))


def test_an_initialiser_that_does_not_fit_gets_a_sentence():
    pytest.importorskip("torch")
    from core.models.digit_cnn import build

    with pytest.raises(SpecError, match=r"choose he.*\.$"):
        build(replace(MODEL, initializer="alternating_diagonal"))
