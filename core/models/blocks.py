"""A network of convolutions seen block by block: a convolution, and what follows it up to the next layer with weights of its own.

For digit CNNs and sequences alike; needs no torch.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from core.models import sequence
from core.models.digit_layers import POOL, Layer
from core.models.network import layer, layers
from core.specs import ModelSpec, Step, read_step

POINTS = ("norm", "relu", "activation")  # kinds of layers that work on each value by itself
AMOUNTS = ("relu", "relu6", "sigmoid", "softplus", "hardsigmoid", "exp", "square", "abs", "softmax")  # activations that are never below 0


@dataclass(frozen=True)
class Reach:
    """What the values of a map see of the network's input, in pixels, rows and columns apart."""

    first: tuple[int, int]  # of the pixels that the value at row 0, column 0 sees; below 0 where padding lies before them
    step: tuple[int, int]  # from a value to its neighbour
    size: tuple[int, int]  # pixels that a value sees


def convolutions(model: ModelSpec) -> list[Layer]:
    """The convolutions, in order."""
    return [one for one in layers(model) if one.kind == "conv"]


def convolution(model: ModelSpec, number: int) -> Layer:
    """A convolution by its number, from 1."""
    return convolutions(model)[number - 1]


def block(model: ModelSpec, number: int) -> list[Layer]:
    """A convolution and the layers that follow it, up to the next layer with weights: batch norm, activation, pool."""
    found = layers(model)
    at = found.index(convolution(model, number))
    out = [found[at]]
    for one in found[at + 1 :]:
        if one.flat or one.kind in ("conv", "dense", "logits", "probabilities"):
            break
        out.append(one)
    return out


def output_of(model: ModelSpec, number: int) -> Layer:
    """What a convolution lets through: the last layer of its block that works on each value by itself."""
    inside = block(model, number)
    count = next((i for i, one in enumerate(inside) if i and one.kind not in POINTS), len(inside))
    return inside[count - 1]


def end_of(model: ModelSpec, number: int) -> Layer:
    """What a convolution's block hands on."""
    return block(model, number)[-1]


def source(model: ModelSpec, one: Layer) -> tuple[Layer, list[Layer]]:
    """The convolution, pool, dense layer or input that a layer's values come from, and the steps on single values from there to it."""
    steps: list[Layer] = []
    while one.kind in POINTS or (one.kind == "logits" and not one.weights):
        steps.insert(0, one)
        one = layer(model, one.below)
    return one, steps


def hidden_behind(model: ModelSpec) -> set[str]:
    """Names of layers that say nothing that the next one does not say better: sums before their batch norm or activation, and padding."""
    found = layers(model)
    before = {one.name for one, after in pairwise(found) if one.kind in ("conv", *POINTS) and after.kind in POINTS}
    return before | {one.name for one in found if one.kind in ("pad", "probabilities")}


def is_signed(model: ModelSpec, one: Layer) -> bool:
    """Whether a layer's values may lie below 0."""
    if one.kind in ("pool", "pad"):
        return is_signed(model, layer(model, one.below))
    if one.kind == "input":
        scaled = read_step(model.layers[0]) if model.kind == "sequence" else Step("input", 1, (1, 1))
        return min(scaled.shift, scaled.value + scaled.shift) < 0
    if one.kind in ("relu", "activation"):
        return one.name.rstrip("0123456789") not in AMOUNTS
    return not (one.kind == "dense" and one.activation in AMOUNTS)


def step_of(model: ModelSpec, one: Layer) -> Step:
    """The convolution or pool of a layer with its stride and padding."""
    if model.kind == "digit_cnn":
        size = (one.kernel, one.kernel)
        return Step("maxpool", kernel=size, stride=(POOL, POOL)) if one.kind == "pool" else Step("conv", one.shape[0], size)
    return next(part.step for part in sequence.parts(model) if part.name == one.name)


@lru_cache(maxsize=256)
def reach(model: ModelSpec, name: str) -> Reach:
    """What the values of a layer of maps see."""
    first, step, size = [0, 0], [1, 1], [1, 1]
    for one in layers(model)[1:]:
        if one.kind in ("conv", "pool", "pad"):
            this = step_of(model, one)
            sides = layer(model, one.below).shape[1:]
            for axis in (0, 1):
                if one.kind == "pad":
                    first[axis] -= this.pad[axis] * step[axis]
                    continue
                kernel = this.kernel[axis] or sides[axis]
                first[axis] -= this.pad[axis] * step[axis]
                size[axis] += (kernel - 1) * this.dilation[axis] * step[axis]
                step[axis] *= this.stride[axis]
        if one.name == name:
            break
    return Reach((first[0], first[1]), (step[0], step[1]), (size[0], size[1]))
