"""Units switched off, against torch with that weight row set to nothing, and in time."""

import time

import numpy as np
import pytest
import torch

from core.analysis import ablation
from core.models import dense
from core.models.activations import softmax
from tests.analysis.dense_case import SIZES, made_images, made_state, torch_activations


def torch_without(state, images, layer, units):
    """Torch's outputs when the units' outgoing weights are zero, which is what 'sends 0' means."""
    cut = {name: value.copy() for name, value in state.items()}
    cut[f"dense{layer + 1}.kernel"][units] = 0
    return torch_activations(cut, images, "tanh")[-1]


@pytest.mark.parametrize("layer", range(5))
@pytest.mark.parametrize("units", [[0], [3, 6], []])
def test_off_is_as_if_the_row_were_zero(layer, units):
    state, images = made_state(), made_images()
    activations = dense.forward(state, images, "tanh", dtype=np.float64)
    ours = softmax(ablation.outputs_without(state, activations, layer, units))
    np.testing.assert_allclose(ours, torch_without(state, images, layer, units), atol=1e-12)


def test_mean_keeps_the_average_and_drops_the_differences():
    state, images = made_state(), made_images()
    activations = dense.forward(state, images, "tanh", dtype=np.float64)
    held = [a.copy() for a in activations]
    held[4][:, 2] = held[4][:, 2].mean()
    expected = (
        torch.from_numpy(held[4]) @ torch.from_numpy(state["dense5.kernel"]).double() + torch.from_numpy(state["dense5.bias"]).double()
    )
    np.testing.assert_allclose(ablation.outputs_without(state, activations, 4, [2], "mean"), expected.numpy(), atol=1e-12)


def test_counts_and_overview_agree():
    state, images = made_state(), made_images()
    labels = np.arange(20) % 10
    activations = dense.forward(state, images, "tanh")
    each = ablation.accuracy_without_each(state, activations, labels, 3)
    assert each.shape == (15,)
    for unit in range(15):
        counts = ablation.counts_without(state, activations, labels, 3, [unit])
        assert counts.sum() == 20
        assert np.trace(counts) / 20 == pytest.approx(each[unit])


def test_analysis_leaves_the_state_alone():
    state, images = made_state(), made_images()
    activations = dense.forward(state, images, "tanh")
    before = [a.copy() for a in activations], {k: v.copy() for k, v in state.items()}
    ablation.outputs_without(state, activations, 1, [0, 1], "mean")
    assert all((a == b).all() for a, b in zip(activations, before[0], strict=True))
    assert all((state[k] == v).all() for k, v in before[1].items())


def test_bad_choices_are_named():
    state, images = made_state(), made_images()
    activations = dense.forward(state, images, "tanh")
    with pytest.raises(ValueError, match="layers 0 to 4"):
        ablation.outputs_without(state, activations, 5, [0])
    with pytest.raises(ValueError, match="units 0 to 6"):
        ablation.outputs_without(state, activations, 2, [7])
    with pytest.raises(ValueError, match="zero, mean"):
        ablation.outputs_without(state, activations, 2, [0], "gone")


@pytest.mark.parametrize("layer", range(1, 5))
def test_ten_thousand_images_take_under_200_ms(layer):
    """The best of seven, since other work may share the machine."""
    state = made_state()
    images = np.random.default_rng(5).random((10_000, 784), dtype=np.float32)
    labels = np.random.default_rng(6).integers(0, 10, 10_000)
    activations = dense.forward(state, images, "tanh")
    taken = []
    for _ in range(7):
        start = time.perf_counter()
        counts = ablation.counts_without(state, activations, labels, layer, [SIZES[layer] - 1])
        taken.append(time.perf_counter() - start)
    assert counts.sum() == 10_000
    assert min(taken) < 0.2
