"""Ways out: a state of any network here as safetensors, PyTorch's state_dict with its script, ONNX or Keras's HDF5.

Each file carries the steps of the network in a header of its own (`HEADER`), so that it comes back bit for bit; what other programs
read of it does not depend on that header.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from core.importing.leaving_keras import keras
from core.importing.leaving_onnx import onnx
from core.importing.leaving_torch import torch
from core.importing.own_header import HEADER, Array, Steps, header
from core.importing.refusal import refuse
from core.models import sequence
from core.models.sequence_steps import parameter_shapes
from core.specs import ModelSpec, Step, read_step

FORMATS = {"safetensors": ".safetensors", "torch": ".pt", "onnx": ".onnx", "keras": ".h5"}


def steps_of(model: ModelSpec, weights: Mapping[str, Array], shape: tuple[int, ...]) -> tuple[Step, Steps]:
    """The input and the steps of a network of any kind, with their parameters.

    Args:
        weights: one state as a run stores it.
        shape: of the images that a dense network reads, (height, width) or (height, width, 3).

    Raises:
        Refused: a state that is not whole.
    """

    def of(name: str, *parts: str) -> dict[str, Array]:
        missing = [part for part in parts if f"{name}.{part}" not in weights]
        if missing:
            refuse("This state does not keep all of its weights; choose the last one.")
        return {part: np.asarray(weights[f"{name}.{part}"], np.float32) for part in parts}

    out: Steps = []
    if model.kind == "sequence":
        for part in sequence.parts(model):
            out.append((part.step, of(part.weights, *parameter_shapes(part.step, part.before)) if part.weights else {}))
        return read_step(model.layers[0]), out
    if model.kind != "dense":
        for i, channels in enumerate(model.channels, start=1):
            out.append((Step("conv", channels, (model.kernel_size,) * 2), of(f"conv{i}", "kernel", "bias")))
            out.append((Step("relu"), {}))
            if model.kind == "digit_cnn" or i == len(model.channels):
                out.append((Step("maxpool", kernel=(2, 2), stride=(2, 2)), {}))
    out.append((Step("flatten"), {}))
    units = model.sizes[1:] if model.kind == "dense" else model.sizes
    for i, count in enumerate(units, start=1):
        first_of_pulses = model.kind == "pulse_cnn" and i == 1
        end = model.output if i == len(units) else "relu" if first_of_pulses else model.activation
        out.append((Step("dense", count), of(f"dense{i}", "kernel", "bias")))
        out.append((Step(end), {}))
    if model.kind == "dense":
        channels, sides = (shape[2] if len(shape) == 3 else 1), (shape[0], shape[1])
        kernel = out[1][1]["kernel"]
        if channels > 1:  # a dense network reads red, green and blue of a pixel side by side; steps read map by map
            order = np.arange(kernel.shape[0]).reshape(*sides, channels).transpose(2, 0, 1).ravel()
            out[1][1]["kernel"] = np.ascontiguousarray(kernel[order])
        return Step("input", channels, sides), out
    return Step("input", 1, (model.image, model.image)), out


def named(steps: Steps) -> dict[str, Array]:
    """Parameters by the names of this app: conv1.kernel, ..."""
    counts: dict[str, int] = {}
    out: dict[str, Array] = {}
    for step, parameters in steps:
        if parameters:
            counts[step.kind] = counts.get(step.kind, 0) + 1
            out |= {f"{step.kind}{counts[step.kind]}.{part}": value for part, value in parameters.items()}
    return out


def safetensors(given: Step, steps: Steps, classes: Sequence[str] = ()) -> bytes:
    """A safetensors file: convolutions (out, in, height, width), dense kernels (inputs, outputs)."""
    from safetensors.numpy import save

    return save({n: np.ascontiguousarray(v) for n, v in named(steps).items()}, {HEADER: header(given, steps, classes)})


WRITERS = {"safetensors": safetensors, "torch": torch, "onnx": onnx, "keras": keras}


def left(format: str, model: ModelSpec, weights: Mapping[str, Array], shape: tuple[int, ...], classes: Sequence[str] = ()) -> bytes:
    """One state of a network as a file of a format of FORMATS.

    Args:
        shape: of the data set's images, (height, width) or (height, width, 3).
        classes: names of the outputs, where they are not the data set's.

    Raises:
        Refused: the format cannot say it; in a sentence.
        KeyError: another format.
    """
    given, steps = steps_of(model, weights, shape)
    return WRITERS[format](given, steps, classes)
