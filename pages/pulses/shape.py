"""A single pulse: its kind and parameters, and how they stand in the link."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.data import pulses
from core.specs import PULSE_CLASSES


@dataclass(frozen=True)
class Shape:
    """A single pulse: its kind and the parameters that this kind uses."""

    kind: str
    values: Mapping[str, float]


START = Shape("square", {"amplitude": 0.4, "square_width": 0.14, "x_offset": 0.5, "y_offset": 0.3, "drift": 0.0})


def checked(kind: Any, values: Any) -> Shape | None:
    """A shape with every parameter within its limits, or None when the values are not of that form."""
    if kind not in PULSE_CLASSES or not isinstance(values, Mapping):
        return None
    out = {}
    for name in pulses.used(kind):
        value, meaning = values.get(name), pulses.MEANINGS[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < math.inf:
            return None
        out[name] = float(min(max(value, meaning.least), meaning.most))  # a whole number from a browser may be too large for a float
    return Shape(kind, out)


def text_of(shape: Shape) -> str:
    """A pulse as it stands in the link: its kind and its parameters in their usual order."""
    return ",".join([shape.kind, *(f"{shape.values[name]:.5g}" for name in pulses.used(shape.kind))])


def shape_of(text: str) -> Shape:
    """The pulse of `text_of`.

    Raises:
        ValueError: it is not of that form.
    """
    kind, *numbers = text[:200].split(",")
    if kind not in PULSE_CLASSES or len(numbers) != len(pulses.used(kind)):
        raise ValueError(text)
    shape = checked(kind, dict(zip(pulses.used(kind), map(float, numbers), strict=True)))
    if shape is None:
        raise ValueError(text)
    return shape
