"""The digit CNN's shapes, parameters and start, against torch and against the seed's network."""

from dataclasses import replace

import numpy as np
import pytest

from core.models.digit_layers import layers, weight_shapes
from core.runs.shipped.digits import MODEL
from core.specs import SpecError


def test_layers_are_those_of_torch():
    torch = pytest.importorskip("torch")
    from core.models.digit_cnn import build

    network = build(MODEL)
    seen = {}
    hooks = [m.register_forward_hook(lambda m, i, o, name=n: seen.update({name: tuple(o.shape[1:])})) for n, m in network.named_children()]
    with torch.no_grad():
        network(torch.zeros(1, 1, 28, 28))
    for hook in hooks:
        hook.remove()
    described = {layer.name: layer for layer in layers(MODEL)}
    assert {name: described[name].shape for name in seen} == seen
    for name in ("conv1", "conv2", "logits"):
        assert described[name].parameters == sum(p.numel() for p in getattr(network, name).parameters())
    assert sum(layer.parameters for layer in layers(MODEL)) == 208 + 3_216 + 2_570  # worked out by hand


def test_weights_go_out_and_in_unchanged():
    pytest.importorskip("torch")
    from core.models.digit_cnn import build, load_weights, weights_of

    first, other = build(MODEL), build(replace(MODEL, seed=1))
    weights = weights_of(first)
    assert {name: array.shape for name, array in weights.items()} == weight_shapes(MODEL)
    assert not np.array_equal(weights["conv1.kernel"], weights_of(other)["conv1.kernel"])
    back = weights_of(load_weights(other, weights))
    assert all(np.array_equal(back[name], weights[name]) for name in weights)
    assert np.array_equal(weights_of(build(MODEL))["dense1.kernel"], weights["dense1.kernel"])  # the seed decides
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


@pytest.mark.parametrize("change", [{"channels": (8,)}, {"sizes": (20, 10)}, {"kernel_size": 27}, {"initializer": "alternating_diagonal"}])
def test_shapes_that_cannot_be_get_a_sentence(change):
    pytest.importorskip("torch")
    from core.models.digit_cnn import build

    with pytest.raises(SpecError, match=r"\.$"):
        build(replace(MODEL, **change))
