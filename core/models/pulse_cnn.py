"""The network that reads pulses: two convolutions with large kernels, a max-pool and dense layers, every size free.

conv -> ReLU -> conv -> ReLU -> max-pool 2 -> dense ReLU -> dense layers with the spec's activation -> output
(tanh, or logits whose softmax is the answer). Convolution is cross-correlation, without padding.
"""

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from core.models.fft_conv import conv, conv_pair
from core.models.pulse_layers import MICRO_BATCH, NOISE, check, shapes
from core.specs import ModelSpec, SpecError


class Layer(nn.Module):
    """A kernel and its bias; what they do stands in the network."""

    def __init__(self, kernel: tuple[int, ...], bias: int) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.zeros(kernel))
        self.bias = nn.Parameter(torch.zeros(bias))


class PulseCNN(nn.Module):
    """The network of a spec, started from its seed, or with zeros for weights that will be put in."""

    def __init__(self, spec: ModelSpec, *, start: bool = True) -> None:
        super().__init__()
        self.spec = spec
        sizes = shapes(spec)
        self.names = list(dict.fromkeys(name.split(".")[0] for name in sizes))
        for name in self.names:
            self.add_module(name, Layer(sizes[f"{name}.kernel"], sizes[f"{name}.bias"][0]))
        self.dense = [name for name in self.names if name.startswith("dense")]
        if start:
            initialise(self)
            self.recentre()

    def layer(self, name: str) -> Layer:
        return getattr(self, name)

    def forward(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Outputs (tanh) or logits (softmax), (batch, 1, side, side) -> (batch, classes); a generator means dropout."""
        return self.head(self.pooled(x), generator)

    def pooled(self, x: Tensor) -> Tensor:
        """What the convolutions and the pool give, (batch, 1, side, side) -> (batch, c2, pooled, pooled)."""
        first, second = self.layer("conv1"), self.layer("conv2")
        return conv_pair(x, first.kernel, first.bias, second.kernel, second.bias)

    def head(self, pooled: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """What `forward` gives, from what the pool gave, (batch, c2, pooled, pooled) -> (batch, classes)."""
        z = self.dense_layers(pooled, generator)[-1]
        return torch.tanh(z) if self.spec.output == "tanh" else z

    def dense_layers(self, pooled: Tensor, generator: torch.Generator | None = None) -> list[Tensor]:
        """What each dense layer gives, (batch, units): ReLU after the first, the spec's activation after others, of the last its sums."""
        z = pooled.flatten(1)  # (batch, c2 * pooled * pooled)
        if generator is not None and self.spec.dropout > 0:
            kept = torch.rand(z.shape, generator=generator, dtype=z.dtype) >= self.spec.dropout
            z = z * kept / (1 - self.spec.dropout)
        out = []
        for i, name in enumerate(self.dense, start=1):
            layer = self.layer(name)
            z = torch.addmm(layer.bias, z, layer.kernel)
            if i < len(self.dense):
                z = getattr(nn.functional, "relu" if i == 1 else self.spec.activation)(z)
            out.append(z)
        return out

    def answers(self, z: Tensor) -> Tensor:
        """What the network says, from what `forward` gives: tanh outputs as they are, logits as probabilities."""
        return z if self.spec.output == "tanh" else torch.softmax(z, 1)

    @torch.no_grad()
    def maps(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Both convolutions' maps before their ReLU, (batch, 1, side, side) -> (batch, c1, ...), (batch, c2, ...)."""
        first, second = self.layer("conv1"), self.layer("conv2")
        one = torch.cat([quiet(conv(part, first.kernel, first.bias), first.bias) for part in x.split(MICRO_BATCH)])
        two = torch.cat([quiet(conv(part, second.kernel, second.bias), second.bias) for part in one.relu().split(MICRO_BATCH)])
        return one, two

    @torch.no_grad()
    def recentre(self) -> None:
        """Take the mean out of each 2-D kernel and hold both convolution biases at 0, if the spec says so."""
        if self.spec.centred:
            for name in ("conv1", "conv2"):
                layer = self.layer(name)
                layer.kernel.sub_(layer.kernel.mean((2, 3), keepdim=True))
                layer.bias.zero_()

    def weights(self) -> dict[str, np.ndarray]:
        """A float32 copy of every parameter by name."""
        return {name: p.detach().numpy().copy() for name, p in self.named_parameters()}


def quiet(maps: Tensor, bias: Tensor) -> Tensor:
    """Maps with the FFT's rounding taken out: where they differ from the bias by less than it can resolve, the bias."""
    limit = NOISE * (maps - bias[:, None, None]).abs().amax((1, 2, 3), keepdim=True)
    return torch.where((maps - bias[:, None, None]).abs() <= limit, bias[:, None, None], maps)


@torch.no_grad()
def initialise(model: PulseCNN) -> None:
    """Fill the network from its spec's seed.

    "torch": weights and biases uniform within 1 / sqrt(inputs), as nn.Conv2d and nn.Linear start. "he": convolutions as
    torch does without biases, He normal before the dense ReLU, Xavier normal before the rest, biases 0. Convolution
    weights are then multiplied by `start_scale`.
    """
    spec = model.spec
    if spec.initializer not in ("torch", "he"):
        raise SpecError(f"The pulse CNN starts as 'torch' or 'he', not {spec.initializer!r}.")
    generator = torch.Generator().manual_seed(spec.seed)
    for name in model.names:
        layer = model.layer(name)
        is_conv = name.startswith("conv")
        inputs = math.prod(layer.kernel.shape[1:]) if is_conv else layer.kernel.shape[0]
        bound = 1 / math.sqrt(inputs)
        if is_conv or spec.initializer == "torch":
            layer.kernel.uniform_(-bound, bound, generator=generator)
        else:
            outputs = layer.kernel.shape[1]
            before_relu = name == model.dense[0] and len(model.dense) > 1
            deviation = math.sqrt(2 / inputs) if before_relu else math.sqrt(2 / (inputs + outputs))
            layer.kernel.normal_(0, deviation, generator=generator)
        if spec.initializer == "torch":
            layer.bias.uniform_(-bound, bound, generator=generator)
        if is_conv:
            layer.kernel.mul_(spec.start_scale)


def restore(spec: ModelSpec, weights: Mapping[str, np.ndarray]) -> PulseCNN:
    """The network of stored weights, float32, without gradients.

    Raises:
        SpecError: a parameter is missing or of another shape.
    """
    check(spec, weights)
    model = PulseCNN(spec, start=False)
    for name, parameter in model.named_parameters():
        parameter.data = torch.from_numpy(np.array(weights[name], dtype=np.float32))
    return model.requires_grad_(False).eval()
