"""The digit CNN in torch: conv 8 of 5x5, ReLU, max-pool 2, conv 16 of 5x5, ReLU, max-pool 2, dense 10; softmax in the loss."""

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

from core.models.digit_layers import POOL, weight_shapes
from core.specs import ModelSpec, SpecError

CHUNK = 250  # images at a time: their maps stay in the cache
STORED_AS = {  # name in a run -> name in torch
    "conv1.kernel": "conv1.weight",
    "conv1.bias": "conv1.bias",
    "conv2.kernel": "conv2.weight",
    "conv2.bias": "conv2.bias",
    "dense1.kernel": "logits.weight",
    "dense1.bias": "logits.bias",
}


class DigitCNN(nn.Module):
    """A network of the shape that the spec asks for; its sub-modules carry the names of `digit_layers.layers`."""

    def __init__(self, model: ModelSpec) -> None:
        super().__init__()
        shapes = weight_shapes(model)
        first, second = model.channels
        self.conv1 = nn.Conv2d(1, first, model.kernel_size)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(POOL)
        self.conv2 = nn.Conv2d(first, second, model.kernel_size)
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(POOL)
        inputs, units = shapes["dense1.kernel"]
        self.logits = nn.Linear(inputs, units)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (batch, 10) of images (batch, 1, 28, 28) in [0, 1]."""
        x = self.pool1(self.relu1(self.conv1(images)))  # (batch, 8, 12, 12)
        x = self.pool2(self.relu2(self.conv2(x)))  # (batch, 16, 4, 4)
        return self.logits(x.flatten(1))  # (batch, 256) -> (batch, 10)


def build(model: ModelSpec) -> DigitCNN:
    """A new network, its weights drawn by the spec's initialiser and seed.

    Raises:
        SpecError: the shape or the initialiser does not fit a digit CNN.
    """
    shapes = weight_shapes(model)  # checks the shape first
    network = DigitCNN(model)
    generator = torch.Generator().manual_seed(model.seed)
    arrays = {}
    for name, shape in shapes.items():
        if name.endswith(".bias"):
            arrays[name] = np.zeros(shape, np.float32)
        else:
            arrays[name] = _draw(model, name, shape, generator)
    if model.start_scale != 1:
        for name in ("conv1.kernel", "conv2.kernel"):
            arrays[name] = arrays[name] * np.float32(model.start_scale)
    load_weights(network, arrays)
    return network


def _draw(model: ModelSpec, name: str, shape: tuple[int, ...], generator: torch.Generator) -> np.ndarray:
    """One kernel's start, (shape) float32."""
    field = math.prod(shape[2:])
    fan_in, fan_out = (shape[1] * field, shape[0] * field) if len(shape) == 4 else shape
    if model.initializer == "zeros":
        return np.zeros(shape, np.float32)
    if model.initializer in ("glorot_uniform", "torch"):
        bound = math.sqrt(6 / (fan_in + fan_out)) if model.initializer == "glorot_uniform" else 1 / math.sqrt(fan_in)
        return (torch.rand(shape, generator=generator) * (2 * bound) - bound).numpy()
    if model.initializer == "he":
        variance = 2 / fan_in if name.startswith("conv") else 2 / (fan_in + fan_out)  # no ReLU follows the dense layer
    elif model.initializer == "glorot_normal":
        variance = 2 / (fan_in + fan_out)
    else:
        raise SpecError(f"The initialiser {model.initializer!r} does not fit a digit CNN; choose he, glorot_normal or glorot_uniform.")
    return (torch.randn(shape, generator=generator) * math.sqrt(variance)).numpy()


def weights_of(network: DigitCNN) -> dict[str, np.ndarray]:
    """Every parameter under its stored name, float32; the dense kernel as (inputs, outputs)."""
    tensors = dict(network.named_parameters())
    arrays = {ours: tensors[theirs].detach().cpu().numpy().astype(np.float32) for ours, theirs in STORED_AS.items()}
    arrays["dense1.kernel"] = arrays["dense1.kernel"].T
    return {name: np.array(array, order="C") for name, array in arrays.items()}  # copies


def load_weights(network: DigitCNN, weights: Mapping[str, np.ndarray]) -> DigitCNN:
    """Put stored parameters into a network and return it.

    Raises:
        KeyError: a parameter is missing.
    """
    tensors = dict(network.named_parameters())
    with torch.no_grad():
        for ours, theirs in STORED_AS.items():
            values = torch.from_numpy(np.ascontiguousarray(weights[ours]))
            tensors[theirs].copy_(values.T if ours == "dense1.kernel" else values)
    return network
