"""What the network answers to, on a network small enough to check by hand."""

import numpy as np
import pandas as pd
import pytest
import torch

from core.analysis import kernels, pulse_response
from core.data.pulses import draw_one, middle
from core.models.pulse_cnn import PulseCNN
from core.specs import ModelSpec, PulseSpec

SPEC = PulseSpec(size=32)


@pytest.fixture(scope="module")
def model() -> PulseCNN:
    made = PulseCNN(ModelSpec("pulse_cnn", sizes=(8, 3), initializer="he", channels=(2, 1), kernel_size=9, image=32))
    return made.requires_grad_(False)


@pytest.mark.parametrize("kind", SPEC.classes)
def test_sweep_moves_one_parameter_and_keeps_the_rest(model, kind):
    parameter = "amplitude"
    fixed = {name: value for name, value in middle(SPEC, kind).items() if name != parameter}
    values, images = pulse_response.sweep_images(SPEC, kind, parameter, fixed, points=5)
    assert values[[0, -1]].tolist() == list(getattr(SPEC, parameter))
    for value, image in zip(values, images, strict=True):
        assert np.array_equal(image, draw_one(SPEC, kind, {**fixed, parameter: value}))


def test_sweep_reports_the_networks_own_numbers(model):
    outputs, strongest = pulse_response.sweep(model.spec, model.weights(), SPEC, "square", "square_width", {"amplitude": 0.3}, points=4)
    _, images = pulse_response.sweep_images(SPEC, "square", "square_width", {"amplitude": 0.3}, points=4)
    x = torch.from_numpy(images).float()[:, None]
    chances = torch.softmax(model(x), 1).numpy()
    np.testing.assert_allclose(
        outputs.pivot(index="value", columns="class", values="output")[list(SPEC.classes)].to_numpy(), chances, atol=1e-6
    )
    maps = torch.nn.functional.conv2d(x, model.conv1.kernel, model.conv1.bias).relu()
    found = strongest.pivot(index="value", columns="kernel", values="response")[["1", "2"]].to_numpy()
    np.testing.assert_allclose(found, maps.amax((2, 3)).numpy(), atol=1e-5)


def test_called_by_hand():
    table = {0.0: "square", 1.0: "gaussian", 2.0: "square", 3.0: "square"}  # value -> the class with the largest output
    rows = [(value, name, 0.7 if name == winner else 0.3) for value, winner in table.items() for name in ("gaussian", "square")]
    outputs = pd.DataFrame(rows, columns=["value", "class", "output"])
    assert pulse_response.called(outputs, "square", (1.0, 2.0)) == ((1, 2), (2, 2))
    assert pulse_response.called(outputs, "square", None) == ((3, 4), (0, 0))


def test_liked_patches_give_the_responses_they_claim(model):
    images = (np.random.default_rng(0).random((7, 32, 32)) < 0.1).astype(np.uint8)
    found = pulse_response.liked(model.spec, model.weights(), images, 3)
    assert len(found) == 2 * 3
    for row in found.itertuples():
        patch = images[row.image, row.row : row.row + 9, row.column : row.column + 9]
        kernel = model.conv1.kernel[row.kernel - 1, 0].numpy()
        assert (patch * kernel).sum() + float(model.conv1.bias[row.kernel - 1]) == pytest.approx(row.response, abs=1e-5)
    everywhere = torch.nn.functional.conv2d(torch.from_numpy(images).float()[:, None], model.conv1.kernel, model.conv1.bias)
    best = everywhere.amax((2, 3)).numpy()
    for kernel in (1, 2):
        mine = found.loc[found["kernel"] == kernel, "response"].to_numpy()
        np.testing.assert_allclose(mine, np.sort(best[:, kernel - 1])[::-1][:3], atol=1e-5)


def test_many_images_in_parts_give_the_same(model, monkeypatch):
    images = (np.random.default_rng(0).random((7, 32, 32)) < 0.1).astype(np.uint8)
    asked = (model.spec, model.weights(), SPEC, "square", "square_width", {"amplitude": 0.3})
    whole, swept = pulse_response.liked(model.spec, model.weights(), images, 3), pulse_response.sweep(*asked, points=5)
    monkeypatch.setattr(pulse_response, "VALUES", 2 * 3 * 32 * 32)  # two images at a time
    assert len(list(pulse_response._parts(model.spec, model.weights(), images))) == 4
    pd.testing.assert_frame_equal(pulse_response.liked(model.spec, model.weights(), images, 3), whole, atol=1e-5)
    for part, all_at_once in zip(pulse_response.sweep(*asked, points=5), swept, strict=True):
        pd.testing.assert_frame_equal(part, all_at_once, atol=1e-5)


def test_no_images_have_no_patches(model):
    assert pulse_response.liked(model.spec, model.weights(), np.zeros((0, 32, 32)), 3).empty


def test_analysis_leaves_the_weights_as_they_were(model):
    weights = model.weights()
    for array in weights.values():
        array.setflags(write=False)
    pulse_response.liked(model.spec, weights, np.ones((2, 32, 32)), 1)
    pulse_response.sweep(model.spec, weights, SPEC, "square", "square_width", {"amplitude": 0.3}, points=2)
    assert all(np.array_equal(array, model.weights()[name]) for name, array in weights.items())


def test_structure_has_a_row_for_each_kernel_and_state():
    stack = np.random.default_rng(1).normal(size=(3, 2, 9, 9))
    frame = kernels.structure(np.array([0.0, 0.5, 1.0]), stack)
    assert len(frame) == 6 and frame["kernel"].tolist() == [1, 2] * 3 and frame["epoch"].tolist() == [0, 0, 0.5, 0.5, 1, 1]


def test_stills_hold_start_and_end():
    epochs = np.concatenate([np.arange(17) / 16, np.arange(2, 9)])
    assert [float(epochs[i]) for i in kernels.stills(epochs)] == [0, 1, 4, 8]
    assert kernels.stills(np.array([0.0])) == [0]


def test_planes_and_limit():
    stack = np.arange(2 * 3 * 1 * 2 * 2).reshape(2, 3, 1, 2, 2) - 20.0
    assert kernels.planes(stack).shape == (2, 3, 2, 2) and kernels.limit(stack) == 20
    assert kernels.limit(np.zeros((1, 2, 2))) == 1
