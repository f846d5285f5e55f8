"""Every kind of network by one way in: the same names, the answers of its own torch network, and nothing else touched."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from pulse_reference import reference

from core.models import dense, network
from core.models.digit_cnn import DigitCNN, build, load_weights, weights_of
from core.models.pulse_cnn import PulseCNN, restore
from core.models.sequence import weight_shapes
from core.specs import MODEL_KINDS, ModelSpec

MODELS = {
    "dense": ModelSpec(sizes=(36, 9, 7, 4), activation="relu", initializer="he"),
    "softmax": ModelSpec(sizes=(36, 4), initializer="torch"),
    "tanh": ModelSpec(sizes=(36, 5, 4), activation="elu", output="tanh"),
    "digit_cnn": ModelSpec("digit_cnn", sizes=(10,), initializer="he", channels=(3, 4), kernel_size=5),
    "pulse_cnn": ModelSpec("pulse_cnn", sizes=(16, 8, 3), initializer="he", channels=(3, 2), kernel_size=9, image=30),
    "sequence": ModelSpec(
        "sequence",
        sizes=(7, 4),
        image=14,
        layers=(
            "input units=1 kernel=14x14 value=2.0 shift=-1.0",
            "conv units=4 kernel=3x3 pad=1,1,1,1",
            "norm value=1e-05",
            "relu",
            "maxpool kernel=2x2 stride=2x2",
            "conv units=6 kernel=3x3 stride=2x2 groups=2",
            "elu",
            "flatten",
            "dense units=7",
            "gelu",
            "dense units=4",
            "softmax",
        ),
    ),
    "pulse_tanh": ModelSpec("pulse_cnn", sizes=(8, 3), output="tanh", initializer="torch", channels=(2, 1), kernel_size=3, image=30),
}
NAMES = {
    "dense": "input dense1 dense2 logits probabilities",
    "softmax": "input logits probabilities",
    "tanh": "input dense1 logits outputs",
    "digit_cnn": "input conv1 relu1 pool1 conv2 relu2 pool2 logits probabilities",
    "pulse_cnn": "input conv1 relu1 conv2 relu2 pool2 dense1 dense2 logits probabilities",
    "sequence": "input conv1 norm1 relu1 pool1 conv2 elu1 dense1 logits probabilities",
    "pulse_tanh": "input conv1 relu1 conv2 relu2 pool2 dense1 logits outputs",
}


def weights_and_images(name: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """A start of the network and nine images as its data set holds them, uint8; nothing of them can be written to."""
    model, rng = MODELS[name], np.random.default_rng(0)
    if model.kind == "dense":
        weights, images = dense.initial(model), rng.integers(0, 256, (9, 6, 6), dtype=np.uint8)
    elif model.kind == "sequence":
        rng = np.random.default_rng(1)
        weights = {n: rng.uniform(0.1, 0.5, s).astype(np.float32) * rng.choice((-1, 1), s) for n, s in weight_shapes(model).items()}
        weights["norm1.variance"] = np.abs(weights["norm1.variance"])
        weights, images = {n: v.astype(np.float32) for n, v in weights.items()}, rng.integers(0, 256, (9, 14, 14), dtype=np.uint8)
    elif model.kind == "digit_cnn":
        weights, images = weights_of(build(model)), rng.integers(0, 256, (9, 28, 28), dtype=np.uint8)
    else:
        weights, images = PulseCNN(model).weights(), (rng.random((9, 30, 30)) < 0.1).astype(np.uint8)
    for array in (*weights.values(), images):
        array.setflags(write=False)
    return weights, images


def torchs_answers(name: str, weights: dict[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """The last layer's sums by torch's own layers, in float32."""
    model = MODELS[name]
    with torch.no_grad():
        if model.kind == "dense":
            x = torch.from_numpy(images / np.float32(255)).flatten(1)
            kernels, biases = dense.layers_of(weights)
            for i, (kernel, bias) in enumerate(zip(kernels, biases, strict=True), start=1):
                x = torch.nn.functional.linear(x, torch.tensor(kernel.T), torch.tensor(bias))
                x = x if i == len(kernels) else getattr(torch.nn.functional, model.activation)(x)
        elif model.kind == "sequence":
            w = {n: torch.tensor(v) for n, v in weights.items()}
            f = torch.nn.functional
            x = torch.from_numpy(images / np.float32(255))[:, None] * 2 - 1
            x = f.conv2d(x, w["conv1.kernel"], w["conv1.bias"], padding=1)
            x = f.batch_norm(x, w["norm1.mean"], w["norm1.variance"], w["norm1.gamma"], w["norm1.beta"], eps=1e-5)
            x = f.max_pool2d(f.relu(x), 2)
            x = f.elu(f.conv2d(x, w["conv2.kernel"], w["conv2.bias"], stride=2, groups=2)).flatten(1)
            x = f.gelu(x @ w["dense1.kernel"] + w["dense1.bias"]) @ w["dense2.kernel"] + w["dense2.bias"]
        elif model.kind == "digit_cnn":
            x = load_weights(DigitCNN(model), {k: v.copy() for k, v in weights.items()})(
                torch.from_numpy(images / np.float32(255))[:, None]
            )
        else:
            x = reference(restore(model, weights))(torch.tensor(images).float()[:, None])
            return x.numpy() if model.output == "tanh" else torch.softmax(x, 1).numpy()
        return torch.tanh(x).numpy() if model.output == "tanh" else torch.softmax(x, 1).numpy()


def test_every_kind_is_here() -> None:
    assert set(network.MODULES) == set(MODEL_KINDS) == {model.kind for model in MODELS.values()}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_names_types_and_answers(name: str, dtype: type) -> None:
    weights, images = weights_and_images(name)
    found = network.activations(MODELS[name], weights, images, dtype)
    assert list(found) == NAMES[name].split()
    assert all(array.dtype == dtype and len(array) == 9 for array in found.values())
    expected = torchs_answers(name, weights, images)
    np.testing.assert_allclose(list(found.values())[-1], expected, atol=1e-5)
    np.testing.assert_allclose(network.answers(MODELS[name], weights, images), expected, atol=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_logits_give_the_answers_and_parts_change_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    weights, images = weights_and_images(name)
    logits = torch.from_numpy(network.activations(MODELS[name], weights, images)["logits"])
    whole = network.answers(MODELS[name], weights, images)
    said = torch.tanh(logits) if MODELS[name].output == "tanh" else torch.softmax(logits, 1)
    np.testing.assert_allclose(whole, said.numpy(), atol=1e-5)
    monkeypatch.setattr(network, "PART", 4)
    np.testing.assert_allclose(network.answers(MODELS[name], weights, images), whole, atol=1e-6)
    assert network.answers(MODELS[name], weights, images[:0]).shape == (0, MODELS[name].sizes[-1])


@pytest.mark.parametrize("kind", MODEL_KINDS)
def test_pages_can_ask_without_torch(kind: str) -> None:
    code = f"import sys, core.models.network, {network.MODULES[kind]}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
