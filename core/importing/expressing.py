"""A chain as a network of this app: dense layers or a digit CNN where those can say it, else a sequence of layers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from core.importing.chain import Chain, Stage
from core.importing.refusal import Refused, refuse
from core.models import sequence
from core.models.sequence_steps import output_shape
from core.specs import ModelSpec, SpecError, Step
from core.specs.steps import POINTWISE

Array = np.ndarray
HIDDEN = {"tanh": "tanh", "sigmoid": "sigmoid", "relu": "relu", "elu": "elu"}  # step -> activation of a dense network
ENDS = {"softmax": "softmax", "tanh": "tanh"}


@dataclass
class Expressed:
    """A network of this app."""

    model: ModelSpec
    weights: dict[str, Array]  # float32, as a run stores one state
    notes: list[str] = field(default_factory=list)


def expressed(chain: Chain, given: Step, images: tuple[int, ...]) -> Expressed:
    """The network of a chain that reads images of a shape (height, width) or (height, width, 3).

    Raises:
        Refused: its steps cannot follow each other.
    """
    notes: list[str] = []
    stages = list(chain.stages)
    if stages[-1].step.kind not in ("softmax", "tanh", "sigmoid"):
        notes.append("Its file ends before a softmax; the probabilities here are the softmax of what it says.")
        stages.append(Stage(Step("softmax")))
    try:
        for express in (dense, digit_cnn):
            found = express(stages, given, images)
            if found is not None:
                found.notes[:0] = notes
                return found
        return _sequence(stages, given, chain, notes)
    except SpecError as error:
        raise Refused(str(error)) from error


def _sequence(stages: list[Stage], given: Step, chain: Chain, notes: list[str]) -> Expressed:
    shape: tuple[int, ...] = chain.size
    flat: list[Stage] = []
    for stage in stages:
        if len(shape) == 3 and (stage.step.kind == "softmax" or (stage is stages[-1] and stage.step.kind in POINTWISE)):
            flat.append(Stage(Step("flatten")))
            shape = (math.prod(shape),)
        if stage.step.kind == "flatten" and len(shape) == 1:
            continue
        flat.append(stage)
        shape = output_shape(stage.step, shape)
    units = [stage.step.units for stage in flat if stage.step.kind == "dense"]
    sizes = tuple(units) if units and units[-1] == shape[0] and max(units) <= 16_384 else (shape[0],)
    end = ENDS.get(flat[-1].step.kind, "softmax")
    model = ModelSpec("sequence", sizes, output=end, image=given.kernel[0], layers=(given.text, *(stage.step.text for stage in flat)))
    weights = {
        f"{part.weights}.{name}": value
        for part, stage in zip(sequence.parts(model), flat, strict=True)
        for name, value in stage.parameters.items()
    }
    for name, wanted in sequence.weight_shapes(model).items():
        if weights[name].shape != wanted:
            refuse("The shapes of its weights contradict each other; the file is damaged or edited.")
    return Expressed(model, weights, notes)


def folded(stages: list[Stage], given: Step) -> list[Stage] | None:
    """The stages without batch norms and scalings, each put into the layer before or behind it; None where that changes the network.

    The scaling of the input goes into the first layer.
    """
    out: list[Stage] = []
    factor: Array = np.array([given.value], np.float64)  # waiting for the next layer: its input is x * factor + shift
    shift: Array = np.array([given.shift], np.float64)
    for stage in stages:
        step, of = stage.step, stage.parameters
        if step.kind in ("norm", "scale"):
            if step.kind == "norm":
                scale = of["gamma"].astype(np.float64) / np.sqrt(of["variance"].astype(np.float64) + step.value)
                move = of["beta"] - of["mean"] * scale
            else:
                scale, move = np.array([step.value]), np.array([step.shift])
            if out and out[-1].step.kind in ("dense", "conv"):
                last = out.pop()
                kernel = last.parameters["kernel"].astype(np.float64)
                turned = scale.reshape(-1, 1, 1, 1) if last.step.kind == "conv" else scale
                changed = {
                    "kernel": (kernel * turned).astype(np.float32),
                    "bias": (last.parameters["bias"] * scale + move).astype(np.float32),
                }
                out.append(Stage(last.step, changed))
            else:
                factor, shift = factor * scale, shift * scale + move
            continue
        waiting = np.any(factor != 1) or np.any(shift != 0)
        if waiting and step.kind in ("dense", "conv"):
            kernel = of["kernel"].astype(np.float64)
            if step.kind == "dense":
                if factor.size not in (1, kernel.shape[0]):
                    return None
                rows = np.broadcast_to(factor, (kernel.shape[0],))
                bias = of["bias"] + np.broadcast_to(shift, (kernel.shape[0],)) @ kernel
                kernel = kernel * rows[:, None]
            else:
                if any(step.pad) and np.any(shift != 0):
                    return None
                inside = kernel.shape[1]
                if factor.size not in (1, inside) or step.groups != 1:
                    return None
                bias = of["bias"] + (kernel * np.broadcast_to(shift, (inside,)).reshape(1, -1, 1, 1)).sum((1, 2, 3))
                kernel = kernel * np.broadcast_to(factor, (inside,)).reshape(1, -1, 1, 1)
            out.append(Stage(step, {"kernel": kernel.astype(np.float32), "bias": bias.astype(np.float32)}))
            factor, shift = np.ones(1), np.zeros(1)
            continue
        if waiting and step.kind != "flatten" and not (step.kind in ("maxpool", "avgpool") and not any(step.pad) and np.all(factor > 0)):
            return None
        if waiting and step.kind == "flatten" and factor.size + shift.size > 2:
            return None
        out.append(stage)
    return None if np.any(factor != 1) or np.any(shift != 0) else out


def _noted(found: ModelSpec, weights: dict[str, Array], stages: list[Stage], given: Step) -> Expressed:
    notes = []
    if (given.value, given.shift) != (1.0, 0.0):
        notes.append("The scaling of its input is worked into its first layer, so that it reads pixels from 0 to 1.")
    if any(stage.step.kind in ("norm", "scale") for stage in stages):
        notes.append("Its batch norms and scalings are worked into the layers beside them, which changes no answer.")
    return Expressed(found, weights, notes)


def dense(stages: list[Stage], given: Step, images: tuple[int, ...]) -> Expressed | None:
    """The dense network that says the same, or None."""
    kinds = {stage.step.kind for stage in stages}
    fits = given.kernel == images[:2] and given.units == (images[2] if len(images) == 3 else 1)
    if not fits or "binary" in given.flags or kinds - set(HIDDEN) - {"flatten", "dense", "norm", "scale", "softmax"}:
        return None
    plain = folded(stages, given)
    if plain is None:
        return None
    plain = [stage for stage in plain if stage.step.kind != "flatten"]
    names = [stage.step.kind for stage in plain]
    layers = plain[::2]
    acts = plain[1::2]
    hidden = {(stage.step.kind, stage.step.value) for stage in acts[:-1]}
    if names[::2] != ["dense"] * len(layers) or len(acts) != len(layers) or acts[-1].step.kind not in ENDS or len(hidden) > 1:
        return None
    if hidden and not (next(iter(hidden))[0] in HIDDEN and next(iter(hidden))[1] == 1.0):
        return None
    weights: dict[str, Array] = {}
    for i, layer in enumerate(layers, start=1):
        weights[f"dense{i}.kernel"], weights[f"dense{i}.bias"] = layer.parameters["kernel"], layer.parameters["bias"]
    places = np.arange(math.prod((given.units, *given.kernel))).reshape(given.units, *given.kernel)
    if "transposed" in given.flags:
        places = places.swapaxes(1, 2)
    weights["dense1.kernel"] = np.ascontiguousarray(weights["dense1.kernel"][places.transpose(1, 2, 0).ravel()])
    sizes = (len(weights["dense1.kernel"]), *(layer.step.units for layer in layers))
    if max(sizes) > 16_384:
        return None
    activation = HIDDEN[next(iter(hidden))[0]] if hidden else "tanh"
    return _noted(ModelSpec("dense", sizes, activation=activation, output=ENDS[acts[-1].step.kind]), weights, stages, given)


def digit_cnn(stages: list[Stage], given: Step, images: tuple[int, ...]) -> Expressed | None:
    """The digit CNN that says the same, or None."""
    if given.units != 1 or given.flags or given.mode or given.kernel != images[:2] or len(images) != 2 or stages[-1].step.kind != "softmax":
        return None
    plain = folded(stages, given)
    if plain is None:
        return None
    weights: dict[str, Array] = {}
    at = 0
    channels: list[int] = []
    while at + 2 < len(plain) and plain[at].step.kind == "conv":
        conv, pair = plain[at].step, {plain[at + 1].step, plain[at + 2].step}
        pool = Step("maxpool", kernel=(2, 2), stride=(2, 2))
        usual = Step("conv", conv.units, (max(conv.kernel),) * 2)
        if pair != {Step("relu"), pool} or conv != usual or (channels and conv.kernel[0] != weights["conv1.kernel"].shape[2]):
            return None
        channels.append(conv.units)
        weights |= {f"conv{len(channels)}.{name}": value for name, value in plain[at].parameters.items()}
        at += 3
    rest = [stage for stage in plain[at:] if stage.step.kind != "flatten"]
    if not channels or not 3 <= weights["conv1.kernel"].shape[2] <= 41 or max(channels) > 64:
        return None
    layers, acts = rest[::2], rest[1::2]
    hidden = {(stage.step.kind, stage.step.value) for stage in acts[:-1]}
    if [stage.step.kind for stage in layers] != ["dense"] * len(layers) or len(acts) != len(layers) or len(hidden) > 1 or not layers:
        return None
    if hidden and not (next(iter(hidden))[0] in HIDDEN and next(iter(hidden))[1] == 1.0):
        return None
    for i, layer in enumerate(layers, start=1):
        weights |= {f"dense{i}.{name}": value for name, value in layer.parameters.items()}
    model = ModelSpec(
        "digit_cnn",
        tuple(layer.step.units for layer in layers),
        activation=HIDDEN[next(iter(hidden))[0]] if hidden else "tanh",
        channels=tuple(channels),
        kernel_size=weights["conv1.kernel"].shape[2],
        image=given.kernel[0],
    )
    return _noted(model, weights, stages, given)


def described(weights: Mapping[str, Array]) -> int:
    """How many parameters a network has."""
    return sum(value.size for value in weights.values())
