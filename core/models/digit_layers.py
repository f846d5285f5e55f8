"""The digit CNN layer by layer, without torch: names, shapes, parameters. Shapes follow from the ModelSpec alone.

input -> conv1 -> relu1 -> pool1 -> conv2 -> relu2 -> pool2 -> logits -> probabilities. Every activation in the app goes by these names.
"""

from dataclasses import dataclass
from math import prod

from core.specs import ModelSpec, SpecError

POOL = 2  # side and stride of max-pooling, pixels


@dataclass(frozen=True)
class Layer:
    """One step of the network."""

    name: str
    title: str  # for people
    shape: tuple[int, ...]  # of its output for one image: (maps, height, width) or (units,)
    weights: tuple[str, ...] = ()  # parameter names as a run stores them
    parameters: int = 0
    kernel: int = 0  # side in pixels, 0 where there is none
    stride: int = 0
    activation: str = ""  # what follows within the seed's layer


def check(model: ModelSpec) -> None:
    """Refuse a shape that cannot be built.

    Raises:
        SpecError: in a sentence.
    """
    if model.kind != "digit_cnn" or len(model.channels) != 2 or len(model.sizes) != 1:
        raise SpecError("A digit CNN has two convolutions and one dense layer: give two channels and one size.")
    side = model.image
    for _ in model.channels:
        side -= model.kernel_size - 1
        if side < POOL:
            raise SpecError(
                f"Kernels of {model.kernel_size} pixels leave nothing of an image of {model.image} pixels; choose smaller ones."
            )
        side //= POOL


def layers(model: ModelSpec) -> tuple[Layer, ...]:
    """The layers of a digit CNN from input to probabilities.

    Raises:
        SpecError: the shape cannot be built.
    """
    check(model)
    side, maps, k = model.image, 1, model.kernel_size
    out = [Layer("input", "Input", (1, side, side))]
    for i, channels in enumerate(model.channels, start=1):
        side -= k - 1
        count = channels * maps * k * k + channels
        names = (f"conv{i}.kernel", f"conv{i}.bias")
        out.append(Layer(f"conv{i}", f"Convolution {i}", (channels, side, side), names, count, k, 1, "ReLU"))
        out.append(Layer(f"relu{i}", f"Convolution {i} after ReLU", (channels, side, side)))
        side //= POOL
        maps = channels
        out.append(Layer(f"pool{i}", f"Max-pool {i}", (maps, side, side), kernel=POOL, stride=POOL))
    units = model.sizes[0]
    inputs = maps * side * side
    out.append(Layer("logits", "Dense", (units,), ("dense1.kernel", "dense1.bias"), inputs * units + units, activation="softmax"))
    out.append(Layer("probabilities", "Dense after softmax", (units,)))
    return tuple(out)


def weight_shapes(model: ModelSpec) -> dict[str, tuple[int, ...]]:
    """Shape of each parameter as a run stores it: convolutions (out, in, height, width), the dense kernel (inputs, outputs).

    The dense layer's inputs are pool2 laid out map by map, row by row: input = (map * height + row) * width + column.
    """
    check(model)
    first, second = model.channels
    k, units = model.kernel_size, model.sizes[0]
    flat = prod(next(layer.shape for layer in layers(model) if layer.name == "pool2"))
    return {
        "conv1.kernel": (first, 1, k, k),
        "conv1.bias": (first,),
        "conv2.kernel": (second, first, k, k),
        "conv2.bias": (second,),
        "dense1.kernel": (flat, units),
        "dense1.bias": (units,),
    }
