"""The pulse CNN against torch.nn, and its parameter count against the study's."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pulse_reference import reference

from core.models.pulse_cnn import PulseCNN, quiet, restore
from core.models.pulse_layers import activations, answers, map_sides, parameter_count
from core.specs import ModelSpec, SpecError

STUDY = ModelSpec(
    "pulse_cnn", sizes=(4096, 1024, 3), output="tanh", initializer="torch", channels=(5, 1), kernel_size=25, image=100, dropout=0.01
)
SMALL = ModelSpec("pulse_cnn", sizes=(16, 8, 3), initializer="he", channels=(3, 2), kernel_size=9, image=30)


def test_study_has_the_parameters_of_the_study():
    assert parameter_count(STUDY) == 6_977_651 == sum(p.numel() for p in PulseCNN(STUDY).parameters())
    assert map_sides(STUDY) == (76, 52, 26)


@given(
    channels=st.tuples(st.integers(1, 6), st.integers(1, 3)),
    kernel=st.integers(3, 13),
    extra=st.integers(2, 20),
    widths=st.lists(st.integers(1, 12), max_size=3),
    classes=st.integers(2, 4),
    output=st.sampled_from(["tanh", "softmax"]),
    start=st.sampled_from(["torch", "he"]),
)
@settings(max_examples=30, derandomize=True)
def test_any_size_equals_torchs_own_layers(channels, kernel, extra, widths, classes, output, start):
    image = 2 * (kernel - 1) + extra
    spec = ModelSpec(
        "pulse_cnn", sizes=(*widths, classes), output=output, initializer=start, channels=channels, kernel_size=kernel, image=image
    )
    model = PulseCNN(spec)
    x = (torch.rand(5, 1, image, image, generator=torch.Generator().manual_seed(1)) < 0.1).float()
    network = reference(model)
    torch.testing.assert_close(model(x), network(x), atol=1e-5, rtol=1e-4)
    assert parameter_count(spec) == sum(p.numel() for p in network.parameters())


def test_activations_are_those_of_torchs_layers():
    model = PulseCNN(SMALL)
    network = reference(model)
    x = (torch.rand(11, 1, 30, 30, generator=torch.Generator().manual_seed(2)) < 0.1).float()
    found = {name: torch.from_numpy(array) for name, array in activations(SMALL, model.weights(), x[:, 0].numpy(), np.float32).items()}
    names = ["conv1", "relu1", "conv2", "relu2", "pool2", None, None, "dense1", None, "dense2", "logits"]
    z = x
    with torch.no_grad():
        for name, layer in zip(names, network, strict=False):
            z = layer(z)
            if name is not None:
                torch.testing.assert_close(found[name], z, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(found["probabilities"], torch.softmax(network(x), 1).detach(), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(found["logits"], model(x).detach(), atol=1e-6, rtol=1e-5)
    for name, maps in zip(("conv1", "conv2"), model.maps(x), strict=True):
        torch.testing.assert_close(found[name], maps, atol=1e-5, rtol=1e-4)


@given(kernel=st.integers(3, 13), extra=st.integers(2, 20), channels=st.tuples(st.integers(1, 6), st.integers(1, 3)))
@settings(max_examples=20, derandomize=True)
def test_answers_without_torch_are_torchs(kernel, extra, channels):
    image = 2 * (kernel - 1) + extra
    spec = ModelSpec("pulse_cnn", sizes=(6, 3), initializer="torch", output="tanh", channels=channels, kernel_size=kernel, image=image)
    model = PulseCNN(spec)
    x = (torch.rand(19, 1, image, image, generator=torch.Generator().manual_seed(1)) < 0.1).to(torch.uint8)
    expected = reference(model)(x.float()).detach()
    torch.testing.assert_close(torch.from_numpy(answers(spec, model.weights(), x[:, 0].numpy())), expected, atol=1e-5, rtol=1e-5)


def test_blank_places_of_a_map_are_exactly_the_bias():
    model = PulseCNN(SMALL)
    x = torch.zeros(1, 1, 30, 30)
    x[0, 0, 2, 2] = 1
    for maps in (model.maps(x)[0], torch.from_numpy(activations(SMALL, model.weights(), x[0].numpy(), np.float32)["conv1"])):
        assert (maps[0, :, 12:, 12:] == model.layer("conv1").bias[:, None, None]).all()
        assert (maps[0, :, :3, :3] != 0).any()


def test_quiet_keeps_what_is_larger_than_rounding():
    maps = torch.tensor([[[[1.0, 1e-3, 1e-9, -0.5]]]])
    assert quiet(maps, torch.zeros(1)).flatten().tolist() == pytest.approx([1.0, 1e-3, 0.0, -0.5])


def test_centred_networks_start_with_mean_zero_and_no_bias():
    model = PulseCNN(ModelSpec("pulse_cnn", sizes=(8, 3), initializer="torch", channels=(4, 2), kernel_size=7, image=28, centred=True))
    for name in ("conv1", "conv2"):
        assert float(model.layer(name).kernel.mean((2, 3)).detach().abs().max()) < 1e-7
        assert float(model.layer(name).bias.detach().abs().max()) == 0


def test_start_follows_the_seed_and_the_scale():
    def kernel(**changes):
        return (
            PulseCNN(ModelSpec("pulse_cnn", sizes=(8, 3), initializer="he", channels=(4, 1), kernel_size=7, image=28, **changes))
            .layer("conv1")
            .kernel.detach()
        )

    assert torch.equal(kernel(), kernel()) and not torch.equal(kernel(), kernel(seed=1))
    torch.testing.assert_close(kernel(start_scale=0.1), kernel() * 0.1)
    assert float(kernel().abs().max()) <= 1 / 7


def test_dropout_needs_a_generator_and_keeps_the_mean():
    spec = ModelSpec("pulse_cnn", sizes=(3,), initializer="he", channels=(1, 1), kernel_size=3, image=40, dropout=0.5)
    model = PulseCNN(spec)
    pooled = torch.ones(2000, 1, 18, 18)
    plain = model.head(pooled)
    torch.testing.assert_close(model.head(pooled, torch.Generator().manual_seed(0)).mean(0), plain[0], atol=0.05, rtol=0.05)
    assert torch.equal(model.head(pooled), plain)


def test_restore_gives_the_same_answers_and_refuses_parts():
    model = PulseCNN(SMALL)
    x = torch.rand(2, 1, 30, 30, generator=torch.Generator().manual_seed(3))
    assert torch.equal(restore(SMALL, model.weights())(x), model(x).detach())
    kernels = {name: w for name, w in model.weights().items() if name.startswith("conv")}
    with pytest.raises(SpecError, match="no dense1"):
        restore(SMALL, kernels)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kernel_size": 16}, "15 or fewer"),
        ({"channels": (5,)}, "two convolutions"),
        ({"initializer": "glorot_normal"}, "'torch' or 'he'"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(changes, words):
    values = {"sizes": (8, 3), "initializer": "he", "channels": (3, 2), "kernel_size": 9, "image": 30} | changes
    with pytest.raises(SpecError, match=words):
        PulseCNN(ModelSpec("pulse_cnn", **values))


def test_weights_are_copies():
    model = PulseCNN(SMALL)
    model.weights()["conv1.kernel"][:] = 7
    assert np.abs(model.weights()["conv1.kernel"]).max() < 1
