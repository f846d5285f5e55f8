"""The gradient through sequences against torch's own."""

import numpy as np
import pytest
import torch
from torch.nn import functional as f

from core.analysis import attribution
from core.models import sequence
from core.models.sequence_steps import POINTWISE
from core.specs import ModelSpec, read_step

LAYERS = {
    "any": (
        "input transposed units=1 kernel=20x20 value=3.25 shift=-0.42 mode=scale",
        "conv units=6 kernel=3x3 pad=1,1,1,1",
        "norm value=0.001",
        "elu",
        "maxpool kernel=3x3 stride=2x2 pad=1,1,1,1",
        "conv units=6 kernel=3x3 dilation=2x2 stride=2x1 groups=3",
        "prelu",
        "avgpool kernel=2x2 stride=1x1",
        "conv units=5 kernel=1x1",
        "avgpool",
        "flatten",
        "softmax",
    ),
    "resized": (
        "input units=3 kernel=32x32 value=2.0 shift=-1.0 mode=pad",
        "conv units=4 kernel=5x3 stride=2x2",
        "silu",
        "pad pad=1,0,1,0",
        "avgpool kernel=3x3 stride=3x3 pad=1,1,1,1 mode=inside",
        "flatten",
        "dense units=12",
        "norm value=1e-05",
        "tanh",
        "dense units=5",
        "sigmoid",
    ),
    "boxed": ("input units=1 kernel=8x8 mode=box", "flatten", "dense units=9", "softplus", "dense units=5", "softmax"),
}
TORCH = {"elu": f.elu, "silu": f.silu, "tanh": torch.tanh, "softplus": f.softplus}


def by_torch(model: ModelSpec, weights: dict[str, np.ndarray], image: np.ndarray, label: int) -> np.ndarray:
    given = read_step(model.layers[0])
    x = leaf = torch.tensor(image, dtype=torch.float64, requires_grad=True)
    x = x[None, None].repeat(1, given.units, 1, 1)
    if given.mode == "box":
        x = x[:, :, 4:24, 4:24]
    if given.mode == "pad":
        x = f.pad(x, (2, 2, 2, 2))
    elif tuple(x.shape[2:]) != given.kernel:
        down = torch.from_numpy(sequence.resampling(x.shape[2], given.kernel[0])).double()
        x = down @ x @ down.T
    if "transposed" in given.flags:
        x = x.swapaxes(2, 3)
    x = x * given.value + given.shift
    for part in sequence.parts(model):
        step = part.step
        of = {name.split(".")[1]: torch.from_numpy(v).double() for name, v in weights.items() if name.startswith(f"{part.weights}.")}
        top, left, bottom, right = step.pad
        match step.kind:
            case "conv":
                x = f.conv2d(f.pad(x, (left, right, top, bottom)), of["kernel"], of["bias"], step.stride, 0, step.dilation, step.groups)
            case "norm":
                x = f.batch_norm(x, of["mean"], of["variance"], of["gamma"], of["beta"], eps=step.value)
            case "prelu":
                x = f.prelu(x, of["slope"])
            case "maxpool":
                x = f.max_pool2d(x, step.kernel, step.stride, (top, left))
            case "avgpool" if step.kernel == (0, 0):
                x = f.adaptive_avg_pool2d(x, 1)
            case "avgpool":
                x = f.avg_pool2d(x, step.kernel, step.stride, (top, left), count_include_pad=step.mode != "inside")
            case "pad":
                x = f.pad(x, (left, right, top, bottom))
            case "flatten":
                x = x.flatten(1)
            case "dense":
                x = x.flatten(1) @ of["kernel"] + of["bias"]
            case _:
                x = TORCH[step.kind](x)
        if part.name == "logits":
            break
    x[0, label].backward()
    return leaf.grad.numpy()


@pytest.mark.parametrize("name", LAYERS)
def test_it_is_that_of_torch(name: str) -> None:
    model = ModelSpec("sequence", (5,), image=28, layers=LAYERS[name])
    rng = np.random.default_rng(1)
    weights = {
        n: (np.abs(rng.normal(size=s)) + 0.5 if n.endswith("variance") else rng.normal(size=s)).astype(np.float32)
        for n, s in sequence.weight_shapes(model).items()
    }
    image = rng.uniform(size=(28, 28))
    found = attribution.gradient(model, weights, image, 3)
    expected = by_torch(model, weights, image, 3)
    np.testing.assert_allclose(found, expected, atol=1e-6 * np.abs(expected).max() + 1e-8)
    assert np.abs(expected).max() > 1e-4


def test_black_or_white_has_no_slope() -> None:
    model = ModelSpec("sequence", (2,), image=4, layers=("input binary units=1 kernel=4x4", "flatten", "dense units=2", "softmax"))
    weights = {"dense1.kernel": np.ones((16, 2), np.float32), "dense1.bias": np.zeros(2, np.float32)}
    assert not attribution.gradient(model, weights, np.ones((4, 4)), 0).any()
    assert set(POINTWISE) >= {"relu", "tanh"}
