"""A digit CNN in torch: convolutions, each with ReLU and max-pooling, then dense layers; softmax in the loss."""

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from core.models.digit_layers import POOL, Layer, layers, weight_shapes
from core.specs import ModelSpec, SpecError

CHUNK = 250  # images at a time: their maps stay in the cache


class DigitCNN(nn.Module):
    """A network of the shape that the spec asks for; its sub-modules carry the names of `digit_layers.layers`, in their order.

    Raises:
        SpecError: the shape cannot be built.
    """

    def __init__(self, model: ModelSpec) -> None:
        super().__init__()
        self._activation = getattr(functional, model.activation)
        self.stored_as = stored_as(model)
        for layer in layers(model):
            made = _module(model, layer)
            if made is not None:
                self.add_module(layer.name, made)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (batch, classes) of images (batch, 1, side, side) in [0, 1]."""
        x = images
        for name, module in self.named_children():
            x = module(x.flatten(1) if isinstance(module, nn.Linear) else x)  # (batch, maps, h, w), then (batch, units)
            if isinstance(module, nn.Linear) and name != "logits":
                x = self._activation(x)
        return x


def _module(model: ModelSpec, layer: Layer) -> nn.Module | None:
    """What torch has for a layer; None for the input and for the softmax."""
    shapes = weight_shapes(model)
    if layer.kind == "conv":
        outputs, inputs, k, _ = shapes[f"{layer.weights}.kernel"]
        return nn.Conv2d(inputs, outputs, k)
    if layer.weights:
        inputs, outputs = shapes[f"{layer.weights}.kernel"]
        return nn.Linear(inputs, outputs)
    return {"relu": nn.ReLU(), "pool": nn.MaxPool2d(POOL)}.get(layer.kind)


def stored_as(model: ModelSpec) -> dict[str, str]:
    """Name of each parameter in a run -> its name in torch."""
    return {
        f"{layer.weights}.{ours}": f"{layer.name}.{theirs}"
        for layer in layers(model)
        if layer.weights
        for ours, theirs in (("kernel", "weight"), ("bias", "bias"))
    }


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
            continue
        arrays[name] = _draw(model, name, shape, generator)
        if name.startswith("conv"):
            arrays[name] *= np.float32(model.start_scale)
    return load_weights(network, arrays)


def _draw(model: ModelSpec, name: str, shape: tuple[int, ...], generator: torch.Generator) -> np.ndarray:
    """One kernel's start, (shape) float32."""
    field = math.prod(shape[2:])
    fan_in, fan_out = (shape[1] * field, shape[0] * field) if len(shape) == 4 else shape
    if model.initializer == "zeros":
        return np.zeros(shape, np.float32)
    if model.initializer in ("glorot_uniform", "torch"):
        bound = math.sqrt(6 / (fan_in + fan_out)) if model.initializer == "glorot_uniform" else 1 / math.sqrt(fan_in)
        return (torch.rand(shape, generator=generator) * (2 * bound) - bound).numpy()
    if model.initializer == "he":  # made for what ReLU follows
        rectified = name.startswith("conv") or (model.activation == "relu" and name != f"dense{len(model.sizes)}.kernel")
        variance = 2 / fan_in if rectified else 2 / (fan_in + fan_out)
    elif model.initializer == "glorot_normal":
        variance = 2 / (fan_in + fan_out)
    else:
        raise SpecError(f"The initialiser {model.initializer!r} does not fit a digit CNN; choose he, glorot_normal or glorot_uniform.")
    return (torch.randn(shape, generator=generator) * math.sqrt(variance)).numpy()


def weights_of(network: DigitCNN) -> dict[str, np.ndarray]:
    """Every parameter under its stored name, float32; dense kernels as (inputs, outputs)."""
    tensors = dict(network.named_parameters())
    arrays = {ours: tensors[theirs].detach().cpu().numpy().astype(np.float32) for ours, theirs in network.stored_as.items()}
    return {name: np.array(array.T if array.ndim == 2 else array, order="C") for name, array in arrays.items()}  # copies


def load_weights(network: DigitCNN, weights: Mapping[str, np.ndarray]) -> DigitCNN:
    """Put stored parameters into a network and return it.

    Raises:
        KeyError: a parameter is missing.
    """
    tensors = dict(network.named_parameters())
    with torch.no_grad():
        for ours, theirs in network.stored_as.items():
            values = torch.from_numpy(np.ascontiguousarray(weights[ours]))
            tensors[theirs].copy_(values.T if values.ndim == 2 else values)
    return network
