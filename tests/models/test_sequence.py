"""Sequences of layers: each step is torch's own operation, names and shapes say what activations hold, nonsense is refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as f

from core.models import sequence
from core.models.sequence_steps import POINTWISE, run
from core.specs import STEPS, ModelSpec, SpecError, Step, read_step

RNG = np.random.default_rng(0)
MAPS = RNG.normal(size=(3, 4, 9, 8)).astype(np.float32)


def conv(text: str, **options: Any) -> tuple[np.ndarray, np.ndarray]:
    """A convolution here and by torch."""
    step = read_step(text)
    kernel = RNG.normal(size=(step.units, 4 // step.groups, *step.kernel)).astype(np.float32)
    bias = RNG.normal(size=step.units).astype(np.float32)
    here = run(step, "c", {"c.kernel": kernel, "c.bias": bias}, MAPS)
    top, left, bottom, right = step.pad
    padded = f.pad(torch.from_numpy(MAPS), (left, right, top, bottom))
    there = f.conv2d(padded, torch.from_numpy(kernel), torch.from_numpy(bias), step.stride, 0, step.dilation, step.groups)
    return here, there.numpy()


@pytest.mark.parametrize(
    "text",
    [
        "conv units=5 kernel=3x3",
        "conv units=5 kernel=3x2 stride=2x1 pad=1,0,2,3",
        "conv units=6 kernel=3x3 dilation=2x2 groups=2",
        "conv units=4 kernel=3x3 pad=1,1,1,1 groups=4",
        "conv units=4 kernel=2x2 stride=2x2 groups=4",
        "conv units=8 kernel=3x3 groups=4",
        "conv units=3 kernel=1x1",
    ],
)
def test_convolutions(text: str) -> None:
    here, there = conv(text)
    np.testing.assert_allclose(here, there, atol=1e-4)


POOLS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "maxpool kernel=2x2 stride=2x2": lambda x: f.max_pool2d(x, 2),
    "maxpool kernel=3x3 stride=2x2 pad=1,1,1,1": lambda x: f.max_pool2d(x, 3, 2, 1),
    "maxpool kernel=2x2 stride=2x2 pad=0,0,1,0": lambda x: f.max_pool2d(x, 2, ceil_mode=True),
    "avgpool kernel=2x3 stride=2x1": lambda x: f.avg_pool2d(x, (2, 3), (2, 1)),
    "avgpool kernel=3x3 stride=2x2 pad=1,1,1,1": lambda x: f.avg_pool2d(x, 3, 2, 1),
    "avgpool kernel=3x3 stride=2x2 pad=1,1,1,1 mode=inside": lambda x: f.avg_pool2d(x, 3, 2, 1, count_include_pad=False),
    "avgpool": lambda x: f.adaptive_avg_pool2d(x, 1),
    "maxpool": lambda x: f.adaptive_max_pool2d(x, 1),
}


@pytest.mark.parametrize("text", POOLS)
def test_pools(text: str) -> None:
    np.testing.assert_allclose(run(read_step(text), "", {}, MAPS), POOLS[text](torch.from_numpy(MAPS)).numpy(), atol=1e-6)


FUNCTIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "relu": f.relu,
    "relu6": f.relu6,
    "leaky value=0.1": lambda z: f.leaky_relu(z, 0.1),
    "elu": f.elu,
    "elu value=0.5": lambda z: f.elu(z, 0.5),
    "selu": f.selu,
    "gelu": f.gelu,
    "gelu mode=tanh": lambda z: f.gelu(z, approximate="tanh"),
    "silu": f.silu,
    "mish": f.mish,
    "softplus": f.softplus,
    "softsign": f.softsign,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "hardsigmoid value=0.16666666666666666 shift=0.5": f.hardsigmoid,
    "hardtanh": f.hardtanh,
    "hardswish": f.hardswish,
    "square": torch.square,
    "abs": torch.abs,
    "sine": torch.sin,
    "sign": torch.sign,
    "exp": torch.exp,
    "scale value=2.0 shift=-0.5": lambda z: 2 * z - 0.5,
    "softmax": lambda z: torch.softmax(z, -1),
}


@pytest.mark.parametrize("text", FUNCTIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_functions_of_single_values(text: str, dtype: type) -> None:
    z = np.concatenate([np.linspace(-9, 9, 61), [0.0, -40.0, 40.0]]).astype(dtype)
    here = run(read_step(text), "", {}, z[None])
    assert here.dtype == dtype
    np.testing.assert_allclose(here[0], FUNCTIONS[text](torch.from_numpy(z)).numpy(), rtol=2e-6, atol=2e-6)


def test_every_step_is_tested_here() -> None:
    with_parameters = {"input", "conv", "dense", "norm", "prelu", "pad", "flatten"}
    named = {text.split()[0] for text in (*FUNCTIONS, *POOLS)}
    assert named | with_parameters == set(STEPS)
    assert set(POINTWISE) == {text.split()[0] for text in FUNCTIONS}


def test_norm_and_prelu() -> None:
    four = {f"n.{part}": RNG.uniform(0.5, 1.5, 4).astype(np.float32) for part in ("gamma", "beta", "mean", "variance")}
    here = run(Step("norm", value=1e-3), "n", four, MAPS)
    t = {name: torch.from_numpy(value) for name, value in four.items()}
    there = f.batch_norm(torch.from_numpy(MAPS), t["n.mean"], t["n.variance"], t["n.gamma"], t["n.beta"], eps=1e-3)
    np.testing.assert_allclose(here, there.numpy(), atol=1e-5)
    slope = np.array([0.1, 0.2, 0.3, 0.4], np.float32)
    there = f.prelu(torch.from_numpy(MAPS), torch.from_numpy(slope))
    np.testing.assert_allclose(run(Step("prelu"), "p", {"p.slope": slope}, MAPS), there.numpy(), atol=1e-7)


MODEL = ModelSpec(
    "sequence",
    (6, 3),
    image=12,
    layers=(
        "input units=1 kernel=12x12",
        "conv units=4 kernel=3x3",
        "relu",
        "norm value=0.001",
        "maxpool kernel=2x2 stride=2x2",
        "conv units=2 kernel=1x1",
        "tanh",
        "dense units=6",
        "elu",
        "dense units=3",
        "softmax",
    ),
)


def test_layers_say_what_activations_hold() -> None:
    weights = {n: np.ones(s, np.float32) for n, s in sequence.weight_shapes(MODEL).items()}
    found = sequence.activations(MODEL, weights, np.zeros((2, 12, 12), np.uint8))
    layers = sequence.layers(MODEL)
    assert [layer.name for layer in layers] == list(found)
    assert " ".join(found) == "input conv1 relu1 norm1 pool1 conv2 tanh1 dense1 logits probabilities"
    assert [layer.shape for layer in layers] == [value.shape[1:] for value in found.values()]
    assert sum(layer.parameters for layer in layers) == sum(value.size for value in weights.values())
    assert [layer.kind for layer in layers] == [
        "input",
        "conv",
        "activation",
        "norm",
        "pool",
        "conv",
        "activation",
        "dense",
        "logits",
        "probabilities",
    ]
    assert [layer.below for layer in layers] == ["", *list(found)[:-1]]


def test_images_are_fitted_scaled_and_turned() -> None:
    images = RNG.integers(0, 256, (2, 28, 28), dtype=np.uint8)
    unit = images / np.float32(255)

    def read(text: str, given: np.ndarray = images) -> np.ndarray:
        return sequence.pixels(ModelSpec("sequence", (1,), layers=(text, "flatten")), given)

    np.testing.assert_array_equal(read("input units=1 kernel=28x28")[:, 0], unit)
    np.testing.assert_allclose(read("input units=1 kernel=28x28 value=2.0 shift=-1.0")[:, 0], unit * 2 - 1, atol=1e-6)
    np.testing.assert_array_equal(read("input transposed units=1 kernel=28x28")[:, 0], unit.swapaxes(1, 2))
    np.testing.assert_array_equal(read("input binary units=1 kernel=28x28")[:, 0], images > 127)
    np.testing.assert_array_equal(read("input units=1 kernel=32x32 mode=pad")[:, 0], np.pad(unit, ((0, 0), (2, 2), (2, 2))))
    np.testing.assert_array_equal(read("input units=1 kernel=20x20 mode=pad")[:, 0], unit[:, 4:24, 4:24])
    for side in (14, 32):
        there = [np.asarray(Image.fromarray(one).resize((side, side), Image.Resampling.BILINEAR)) for one in unit]
        np.testing.assert_allclose(read(f"input units=1 kernel={side}x{side} mode=scale")[:, 0], there, atol=1e-5)
    assert read("input units=3 kernel=28x28").shape == (2, 3, 28, 28)
    colours = RNG.integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)
    np.testing.assert_allclose(read("input units=3 kernel=8x8", colours), colours.transpose(0, 3, 1, 2) / np.float32(255), atol=1e-6)


@pytest.mark.parametrize(
    ("layers", "sentence"),
    [
        (("conv units=2 kernel=9x9", "dense units=3"), "leaves nothing of maps of 8x8 pixels"),
        (("flatten", "conv units=2 kernel=1x1"), "reads maps, and there are 64 single values"),
        (("conv units=3 kernel=1x1 groups=2", "dense units=3"), "2 groups do not divide 1 channels"),
        (("dense units=4",), "ends in 4 values, not in 3 classes"),
        (("input units=1 kernel=8x8", "dense units=3"), "one input, at its start"),
        (("pad pad=512,512,512,512", "pad pad=512,512,512,512", "pad pad=512,512,512,512", "dense units=3"), "values an image"),
    ],
)
def test_steps_that_cannot_follow_each_other(layers: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        sequence.parts(ModelSpec("sequence", (3,), layers=("input units=1 kernel=8x8", *layers)))
