"""Any sequence of convolutions, pools, batch norms, dense layers and activations, as its spec writes it. Needs no torch.

Names: input, conv1, relu1, pool1, norm1, ..., each kind counted for itself; a dense layer's after its activation; then logits, and
probabilities, or outputs after tanh.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image

from core.models.digit_layers import Layer
from core.models.sequence_steps import output_shape, parameter_shapes, run
from core.specs import ModelSpec, SpecError, Step, read_step
from core.specs.steps import POINTWISE

MOST_VALUES = 1 << 22  # of one image in any layer


@dataclass(frozen=True)
class Part:
    """A step in its place."""

    step: Step
    name: str  # of its activation; empty where the next step's is taken, as of a flatten
    weights: str  # "conv1": its parameters are <weights>.kernel, ...; empty where it has none
    before: tuple[int, ...]  # shape of its input for one image: (channels, height, width) or (units,)
    after: tuple[int, ...]  # shape of its output


@lru_cache(maxsize=1_024)
def parts(model: ModelSpec) -> tuple[Part, ...]:
    """The steps behind the input, in order.

    Raises:
        SpecError: they cannot follow each other.
    """
    first, *steps = (read_step(text) for text in model.layers)
    shape: tuple[int, ...] = (first.units, *first.kernel)
    counts: dict[str, int] = {}
    found: list[Part] = []
    names = _names(steps)
    for step, name in zip(steps, names, strict=True):
        if step.kind == "input":
            raise SpecError("Layers: a network has one input, at its start.")
        if len(shape) == 1 and step.kind in ("conv", "maxpool", "avgpool", "pad"):
            raise SpecError(f"Layers: {step.title} reads maps, and there are {shape[0]:,} single values.")
        if step.kind == "conv" and (shape[0] % step.groups or step.units % step.groups):
            raise SpecError(f"Layers: {step.groups:,} groups do not divide {shape[0]:,} channels into {step.units:,} maps.")
        after = output_shape(step, shape)
        if min(after) < 1:
            raise SpecError(
                f"Layers: {step.title} leaves nothing of maps of {shape[1]}x{shape[2]} pixels; choose another order or padding."
            )
        if math.prod(after) > MOST_VALUES:
            raise SpecError(f"Layers: {step.title} gives {math.prod(after):,} values an image; {MOST_VALUES:,} is the most.")
        weights = ""
        if parameters := parameter_shapes(step, shape):
            counts[step.kind] = counts.get(step.kind, 0) + 1
            weights = f"{step.kind}{counts[step.kind]}"
            if sum(map(math.prod, parameters.values())) > 1 << 25:
                raise SpecError(f"Layers: {step.title} has more than {1 << 25:,} parameters.")
        found.append(Part(step, name, weights, shape, after))
        shape = after
    if len(shape) != 1 or shape[0] != model.sizes[-1]:
        raise SpecError(f"Layers: the sequence ends in {'x'.join(map(str, shape))} values, not in {model.sizes[-1]} classes.")
    return tuple(found)


def _names(steps: list[Step]) -> list[str]:
    """What the output of each step is called."""
    out: list[str] = []
    counts: dict[str, int] = {}

    def numbered(kind: str) -> str:
        counts[kind] = counts.get(kind, 0) + 1
        return f"{kind}{counts[kind]}"

    last = len(steps) - 1
    ends = steps[last].kind in POINTWISE | {"softmax"}
    before = last - 1 if ends else last
    for i, step in enumerate(steps):
        follows = steps[i + 1].kind if i < last else ""
        if i == last and ends:
            name = "outputs" if step.kind == "tanh" else "probabilities"  # after sigmoid each class has one for itself
        elif i == before:
            name = "logits"
            counts[step.kind] = counts.get(step.kind, 0) + 1
        elif step.kind == "flatten":
            name = ""
        elif step.kind == "dense":
            name = numbered("dense")
            if follows in POINTWISE and i + 1 != last:
                out.append("")  # the activation's output is the layer's
                counts["taken"] = 1
                continue
        elif counts.pop("taken", 0):
            name = f"dense{counts['dense']}"
        elif step.kind in ("maxpool", "avgpool"):
            name = numbered("pool")
        else:
            name = numbered(step.kind)
        out.append(name)
    return out


@lru_cache(maxsize=1_024)
def layers(model: ModelSpec) -> tuple[Layer, ...]:
    """The named layers from input to the answers, as `digit_layers.layers` gives those of a digit CNN.

    Kinds: input, conv, norm, activation, pool, pad, dense, logits, probabilities.

    Raises:
        SpecError: the steps cannot follow each other.
    """
    first = read_step(model.layers[0])
    out = [Layer("input", "Input", "input", 0, (first.units, *first.kernel))]
    number = 0
    pending: Part | None = None
    for part in parts(model):
        step = part.step
        if part.weights and step.kind in ("conv", "dense"):
            number = int(part.weights.removeprefix(step.kind))
        if not part.name:
            pending = part if step.kind == "dense" else pending
            continue
        weighted = pending or part
        kind = part.name if part.name in ("logits", "probabilities", "outputs") else _KINDS.get(step.kind, "activation")
        kind = "dense" if pending and kind != "logits" else kind
        count = sum(map(math.prod, parameter_shapes(weighted.step, weighted.before).values()))
        found = re.search(r"\d+$", part.name)
        title = f"{(pending or part).step.title} {found[0] if found else ''}".strip()
        out.append(
            Layer(
                part.name,
                title[0].upper() + title[1:],
                kind,
                number,
                part.after,
                out[-1].name,
                weighted.weights,
                count,
                max(step.kernel),
                max(step.stride),
                step.kind if pending else "",
            )
        )
        pending = None
    return tuple(out)


_KINDS = {"conv": "conv", "dense": "dense", "norm": "norm", "maxpool": "pool", "avgpool": "pool", "pad": "pad"}


def weight_shapes(model: ModelSpec) -> dict[str, tuple[int, ...]]:
    """Shape of each parameter as a run stores it: convolutions (out, in / groups, height, width), dense kernels (inputs, outputs)."""
    return {
        f"{part.weights}.{name}": shape
        for part in parts(model)
        if part.weights
        for name, shape in parameter_shapes(part.step, part.before).items()
    }


def pixels(model: ModelSpec, images: np.ndarray, dtype: Any = np.float32) -> np.ndarray:
    """What the network reads of images: (batch, channels, height, width), fitted to its size, then scaled.

    Args:
        images: (batch, height, width) or (batch, height, width, 3), floats in [0, 1], ink 1, or uint8, ink 255.
    """
    step = read_step(model.layers[0])
    x = np.asarray(images / np.float32(255) if images.dtype == np.uint8 else images, dtype)
    x = x[:, None] if x.ndim == 3 else x.transpose(0, 3, 1, 2)  # (batch, channels, height, width)
    if x.shape[1] != step.units:
        x = np.repeat(x, step.units, 1) if x.shape[1] == 1 else x.mean(1, keepdims=True, dtype=x.dtype).repeat(step.units, 1)
    x = fitted(x, step.kernel, step.mode)
    if "transposed" in step.flags:
        x = x.swapaxes(2, 3)
    if "binary" in step.flags:
        x = (x > 0.5).astype(dtype)
    if (step.value, step.shift) != (1.0, 0.0):
        x = x * np.asarray(step.value, x.dtype) + np.asarray(step.shift, x.dtype)
    return np.ascontiguousarray(x)


def fitted(x: np.ndarray, size: tuple[int, int], mode: str) -> np.ndarray:
    """Images (batch, channels, h, w) brought to another size: scaled, or, with "pad", laid into the middle with nothing around them.

    "box" takes the middle 20 of 28 pixels before it scales, which is the ink of a digit.
    """
    height, width = x.shape[2:]
    if mode == "box":
        edge = round(height * 4 / 28), round(width * 4 / 28)
        x = x[:, :, edge[0] : height - edge[0], edge[1] : width - edge[1]]
    if x.shape[2:] == size:
        return x
    if mode == "pad":
        top, left = (size[0] - height) // 2, (size[1] - width) // 2
        out = np.zeros((*x.shape[:2], *size), x.dtype)
        out[:, :, max(top, 0) : max(top, 0) + height, max(left, 0) : max(left, 0) + width] = x[
            :, :, max(-top, 0) : max(-top, 0) + size[0], max(-left, 0) : max(-left, 0) + size[1]
        ]
        return out
    down, across = (resampling(old, new).astype(x.dtype) for old, new in zip(x.shape[2:], size, strict=True))
    return down @ x @ across.T


@lru_cache(maxsize=64)
def resampling(old: int, new: int) -> np.ndarray:
    """The matrix (new, old) that scales a column of pixels linearly, averaged when it shrinks, as Pillow does."""
    eye = Image.fromarray(np.eye(old, dtype=np.float32))
    return np.asarray(eye.resize((old, new), Image.Resampling.BILINEAR))


def activations(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray, dtype: Any = np.float64) -> dict[str, np.ndarray]:
    """Every activation by name: maps (batch, channels, height, width), dense layers, logits and probabilities (batch, units)."""
    x = pixels(model, images, dtype)
    out = {"input": x}
    for part in parts(model):
        x = run(part.step, part.weights, weights, x)
        if part.name:
            out[part.name] = x
    return out


def onward(model: ModelSpec, weights: Mapping[str, np.ndarray], name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    """Every activation behind a named one, whose values are given."""
    found = parts(model)
    at = next(i for i, part in enumerate(found) if part.name == name)
    out: dict[str, np.ndarray] = {}
    x = values
    for part in found[at + 1 :]:
        x = run(part.step, part.weights, weights, x)
        if part.name:
            out[part.name] = x
    return out


def looked_at(model: ModelSpec, images: np.ndarray) -> np.ndarray:
    """Images as the network gets them, in its size and the right way up, before their pixels are scaled: (batch, h, w) float32 in [0, 1].

    Args:
        images: (batch, height, width) or (batch, height, width, 3), uint8 or floats.
    """
    step = read_step(model.layers[0])
    x = np.asarray(images / np.float32(255) if images.dtype == np.uint8 else images, np.float32)
    x = x[:, None] if x.ndim == 3 else x.mean(-1)[:, None]  # (batch, 1, height, width)
    return fitted(x, step.kernel, step.mode)[:, 0].clip(0, 1)


def answers(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """What one state says to each image, (images, classes) float32."""
    x = pixels(model, images, np.float32)
    for part in parts(model):
        x = run(part.step, part.weights, weights, x)
    return x
