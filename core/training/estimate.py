"""What a training will take, before it starts: parameters, memory, room on the disk, and time on a machine that was measured.

The time is a sum of what a training does (steps, products, pixels, bytes) times what each of these costs here, which
core.training.calibration finds out by training small networks. Seconds are those of one processor that nobody else uses.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.data import catalog
from core.models import digit_layers, network, pulse_layers
from core.specs import ModelSpec, RunSpec
from core.training.loop import last_only

BASE = 260_000_000  # bytes of a worker that has loaded torch
COUNTED = 1_000  # training pulses on which a state is counted
TERMS = (
    "trainings",  # that begin
    "drawn",  # pixels of pulses that are drawn
    "states",  # that are counted and written
    "steps",
    "layer steps",  # steps times layers
    "products",  # multiplications of dense layers, forward and back
    "windows",  # those of convolutions that slide
    "waves",  # operations of convolutions by Fourier transform
    "values",  # of all layers, for all images that go through
    "updates",  # parameters that the optimiser moves
    "written",  # parameters that are stored
)


# What each costs on one machine, in seconds: how they compare, where a short measurement of another machine can't tell them apart.
REFERENCE: dict[str, dict[str, float]] = {
    "dense": {
        "trainings": 0.07,
        "states": 2.6e-3,
        "steps": 1.9e-4,
        "layer steps": 5.3e-5,
        "products": 2.3e-11,
        "values": 6.9e-10,
        "updates": 2.5e-10,
        "written": 1.1e-7,
    },
    "digit_cnn": {
        "trainings": 0.025,
        "states": 4.3e-3,
        "steps": 1.1e-3,
        "layer steps": 5e-5,
        "products": 2.3e-11,
        "windows": 4.1e-11,
        "values": 2.6e-9,
        "updates": 8.9e-9,
        "written": 4.6e-8,
    },
    "pulse_cnn": {
        "trainings": 0.02,
        "drawn": 3.5e-9,
        "states": 4e-2,
        "steps": 2.5e-3,
        "layer steps": 5e-5,
        "products": 2.3e-11,
        "windows": 2.4e-10,
        "waves": 4.4e-10,
        "values": 1e-9,
        "updates": 8.9e-9,
        "written": 2e-8,
    },
}


@dataclass(frozen=True)
class Passes:
    """What one image costs a network on its way from the input to the answer."""

    products: float = 0.0
    windows: float = 0.0
    waves: float = 0.0
    values: float = 0.0
    layers: int = 0


def passes(model: ModelSpec) -> Passes:
    """What one image costs.

    Raises:
        core.specs.SpecError: a shape that cannot be built.
    """
    if model.kind == "dense":
        return Passes(sum(a * b for a, b in pairwise(model.sizes)), values=sum(model.sizes), layers=len(model.sizes) - 1)
    if model.kind == "digit_cnn":
        found = digit_layers.layers(model)
        shapes = digit_layers.weight_shapes(model)
        windows = sum(math.prod(one.shape[1:]) * math.prod(shapes[f"{one.weights}.kernel"]) for one in found if one.kind == "conv")
        products = sum(math.prod(shapes[f"{one.weights}.kernel"]) for one in found if one.kind in ("dense", "logits"))
        return Passes(products, windows, values=sum(math.prod(one.shape) for one in found), layers=len(model.channels) + len(model.sizes))
    return _pulses(model)


def _pulses(model: ModelSpec) -> Passes:
    first, second, pooled = pulse_layers.map_sides(model)
    c1, c2 = model.channels
    widths = (c2 * pooled**2, *model.sizes)
    products = sum(a * b for a, b in pairwise(widths))
    values = model.image**2 + c1 * first**2 + c2 * second**2 + sum(widths)
    layers = 2 + len(model.sizes)
    if model.kernel_size < pulse_layers.FFT_FROM:
        area = model.kernel_size**2
        return Passes(products, area * (c1 * first**2 + c1 * c2 * second**2), values=values, layers=layers)
    waves = 0.0
    for side, inputs, outputs in ((model.image, 1, c1), (first, c1, c2)):
        area = pulse_layers.fft_size(side) ** 2
        waves += area * ((inputs + outputs) * math.log2(area) + inputs * outputs)
    return Passes(products, waves=waves, values=values, layers=layers)


def terms(spec: RunSpec) -> np.ndarray:
    """How much of each of TERMS a training does, (terms,).

    Raises:
        core.specs.SpecError: a shape that cannot be built.
    """
    data, train, one = spec.data, spec.train, passes(spec.model)
    parameters = network.parameter_count(spec.model)
    steps = train.epochs * -(-data.train // train.batch)
    states = train.epochs + 1 + train.first_epoch_states
    counted = (
        (min(data.train, COUNTED) if data.pulses else data.train) + data.validation + data.test * (2 if spec.model.kind == "dense" else 1)
    )
    through = 3 * data.train * train.epochs + counted * states  # a step goes back too, at twice the cost
    pixels = (data.train + data.validation + data.test) * data.pulses.size**2 if data.pulses else 0
    found = {
        "trainings": 1,
        "drawn": pixels,
        "states": states,
        "steps": steps,
        "layer steps": steps * one.layers,
        "products": through * one.products,
        "windows": through * one.windows,
        "waves": through * one.waves,
        "values": through * one.values,
        "updates": steps * parameters * (2 if train.optimizer == "adam" else 1),
        "written": states * parameters,
    }
    return np.array([found[name] for name in TERMS], float)


def reference(kind: str) -> np.ndarray:
    """REFERENCE of a kind of network, (terms,); 0 where it has no such part."""
    return np.array([REFERENCE[kind].get(name, 0.0) for name in TERMS])


def seconds(spec: RunSpec, costs: np.ndarray) -> float:
    """How long a training takes at these costs (terms,) of a machine."""
    return float(terms(spec) @ costs)


def memory(spec: RunSpec) -> int:
    """Bytes that a worker needs at most, about."""
    parameters = network.parameter_count(spec.model)
    copies = 7 + (2 if spec.train.optimizer == "adam" else bool(spec.train.momentum))  # weights, gradients, what is stored of them, ...
    images = (spec.data.train + spec.data.validation + spec.data.test) * _pixel_bytes(spec)
    at_once = min(spec.train.batch, spec.data.train)
    return int(BASE + 4 * parameters * copies + images + 8 * at_once * passes(spec.model).values)


def _pixel_bytes(spec: RunSpec) -> int:
    """Bytes of an image in a worker: bytes of pixels, which a digit CNN holds as floats."""
    if spec.model.kind == "digit_cnn":
        return spec.model.image**2 * 5
    return catalog.pixels_of(spec.data)


def stored(spec: RunSpec) -> int:
    """Bytes of the stored run."""
    if spec.train.store == "history":
        return 0
    states = spec.train.epochs + 1 + spec.train.first_epoch_states
    shapes = shapes_of(spec.model)
    return sum(2 * math.prod(shape) * (1 if last_only(spec.train, name) else states) for name, shape in shapes.items())


def shapes_of(model: ModelSpec) -> Mapping[str, tuple[int, ...]]:
    """Shape of every parameter by name.

    Raises:
        core.specs.SpecError: a shape that cannot be built.
    """
    if model.kind == "digit_cnn":
        return digit_layers.weight_shapes(model)
    if model.kind == "pulse_cnn":
        return pulse_layers.shapes(model)
    out: dict[str, tuple[int, ...]] = {}
    for i, (inputs, outputs) in enumerate(pairwise(model.sizes), start=1):
        out |= {f"dense{i}.kernel": (inputs, outputs), f"dense{i}.bias": (outputs,)}
    return out
