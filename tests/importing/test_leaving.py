"""Taken away and brought back: bit for bit in float32, and read alike by the programs that the formats belong to."""

import io
import json
from typing import Any

import numpy as np
import pytest
import torch

from core.importing import leaving, leaving_torch
from core.importing.expressing import expressed
from core.importing.reading import understood
from core.importing.understanding import Images
from core.models import network
from core.specs import ModelSpec
from tests.models.test_network import MODELS, weights_and_images

KINDS = ("dense", "softmax", "tanh", "digit_cnn", "sequence")


def shape_of(name: str) -> tuple[int, ...]:
    return weights_and_images(name)[1].shape[1:]


def away(format: str, name: str) -> bytes:
    return leaving.left(format, MODELS[name], weights_and_images(name)[0], shape_of(name))


@pytest.mark.parametrize("format", leaving.FORMATS)
@pytest.mark.parametrize("name", KINDS)
def test_a_round_trip_is_equal_bit_for_bit(format: str, name: str) -> None:
    model, (weights, images) = MODELS[name], weights_and_images(name)
    file = {f"net{leaving.FORMATS[format]}": away(format, name)}
    found = understood(file, Images(images.shape[1], 1, 4))
    chain, given = found.puzzle.build({})
    back = expressed(chain, given, images.shape[1:])
    assert (back.model.kind, back.model.sizes, back.model.layers) == (model.kind, model.sizes, model.layers)
    assert back.weights.keys() == weights.keys()
    assert all(np.array_equal(back.weights[n], weights[n].astype(np.float32)) for n in weights)


@pytest.mark.parametrize("format", leaving.FORMATS)
@pytest.mark.parametrize("name", ["pulse_cnn", "pulse_tanh"])
def test_a_pulse_cnn_comes_back_as_the_sequence_that_it_is(format: str, name: str) -> None:
    model, (weights, images) = MODELS[name], weights_and_images(name)
    chain, given = understood({f"net{leaving.FORMATS[format]}": away(format, name)}, Images(30, 1, 3)).puzzle.build({})
    back = expressed(chain, given, images.shape[1:])
    assert back.weights.keys() == weights.keys()
    assert all(np.array_equal(back.weights[n], weights[n].astype(np.float32)) for n in weights)
    np.testing.assert_allclose(
        network.answers(back.model, back.weights, images * np.uint8(255)), network.answers(model, weights, images), atol=2e-6
    )


def pixels(name: str) -> np.ndarray:
    return weights_and_images(name)[1][:, None] / np.float32(255)


@pytest.mark.parametrize("name", KINDS)
def test_torch_reads_its_state_dict_with_the_script(name: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    weights, images = weights_and_images(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "network.pt").write_bytes(away("torch", name))
    given, steps = leaving.steps_of(MODELS[name], weights, images.shape[1:])
    scope: dict[str, Any] = {}
    exec(leaving_torch.script(given, steps), scope)
    said = scope["answers"](torch.from_numpy(pixels(name))).numpy()
    np.testing.assert_allclose(said, network.answers(MODELS[name], weights, images), atol=2e-6)


@pytest.mark.parametrize("name", KINDS)
def test_onnx_is_sound_and_says_the_same(name: str) -> None:
    onnx = pytest.importorskip("onnx")
    from onnx.reference import ReferenceEvaluator

    weights, images = weights_and_images(name)
    model = onnx.load_from_string(away("onnx", name))
    onnx.checker.check_model(model, full_check=True)
    (said,) = ReferenceEvaluator(model).run(None, {"image": pixels(name)})
    np.testing.assert_allclose(said, network.answers(MODELS[name], weights, images), atol=2e-6)


@pytest.mark.parametrize("format", ["onnx", "keras"])
def test_the_file_says_it_without_the_header_too(format: str) -> None:
    """The graph and the layers themselves are the network: without the header only the scaling of the input is asked."""
    weights, images = weights_and_images("sequence")
    data = away(format, "sequence").replace(b"kernel_explorer", b"somebody_others")
    found = understood({"net": data}, Images(14, 1, 4))
    chain, given = found.puzzle.build({q.name: q.default for q in found.puzzle.questions})
    back = expressed(chain, given, (14, 14))
    np.testing.assert_allclose(
        network.answers(back.model, back.weights, images), network.answers(MODELS["sequence"], weights, images), atol=2e-6
    )


def test_keras_gets_the_channels_last() -> None:
    h5py = pytest.importorskip("h5py")
    weights, _ = weights_and_images("digit_cnn")
    with h5py.File(io.BytesIO(away("keras", "digit_cnn")), "r") as file:
        layers = json.loads(file.attrs["model_config"])["config"]["layers"]
        kinds = [layer["class_name"] for layer in layers]
        assert kinds == ["InputLayer", *["Conv2D", "Activation", "MaxPooling2D"] * 2, "Flatten", "Dense", "Softmax"]
        dense = file["model_weights/dense_8/dense_8/kernel:0"][()]
    # row, column, map of the flattened maps (4 maps of 4x4) -> map, row, column
    np.testing.assert_array_equal(dense.reshape(4, 4, 4, 10).transpose(2, 0, 1, 3).reshape(64, 10), weights["dense1.kernel"])


def test_colours_of_a_dense_network() -> None:
    """Red, green and blue of a pixel lie side by side here, map by map in what leaves."""
    rng = np.random.default_rng(0)
    model = ModelSpec(sizes=(48, 4))
    weights = {"dense1.kernel": rng.normal(size=(48, 4)).astype(np.float32), "dense1.bias": np.zeros(4, np.float32)}
    images = rng.integers(0, 256, (5, 4, 4, 3), dtype=np.uint8)
    for format in leaving.FORMATS:
        data = leaving.left(format, model, weights, (4, 4, 3))
        chain, given = understood({"net": data}, Images(4, 3, 4)).puzzle.build({})
        back = expressed(chain, given, (4, 4, 3))
        assert all(np.array_equal(back.weights[n], weights[n]) for n in weights)
        np.testing.assert_allclose(network.answers(back.model, back.weights, images), network.answers(model, weights, images), atol=1e-6)
