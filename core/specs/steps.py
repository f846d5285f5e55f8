"""The steps of a network that is a sequence of layers, each written as one line: "conv units=32 kernel=3x3 pad=1,1,1,1".

What is at its default is left out, so a step has one way to be written, and a spec one key.
"""

import dataclasses
import math
import re
from dataclasses import dataclass
from functools import lru_cache

from core.specs.fields import SpecError, require, short

# kind -> (title, the options it takes besides its name)
STEPS: dict[str, tuple[str, frozenset[str]]] = {
    "input": ("input", frozenset({"units", "kernel", "value", "shift", "mode"})),
    "conv": ("convolution", frozenset({"units", "kernel", "stride", "pad", "dilation", "groups"})),
    "dense": ("dense layer", frozenset({"units"})),
    "norm": ("batch norm", frozenset({"value"})),
    "maxpool": ("max-pool", frozenset({"kernel", "stride", "pad"})),
    "avgpool": ("average pool", frozenset({"kernel", "stride", "pad", "mode"})),
    "pad": ("padding", frozenset({"pad", "value"})),
    "flatten": ("flatten", frozenset()),
    "relu": ("ReLU", frozenset()),
    "relu6": ("ReLU up to 6", frozenset()),
    "leaky": ("leaky ReLU", frozenset({"value"})),
    "prelu": ("PReLU", frozenset()),
    "elu": ("ELU", frozenset({"value"})),
    "selu": ("SELU", frozenset()),
    "gelu": ("GELU", frozenset({"mode"})),
    "silu": ("SiLU", frozenset()),
    "mish": ("Mish", frozenset()),
    "softplus": ("softplus", frozenset()),
    "softsign": ("softsign", frozenset()),
    "tanh": ("tanh", frozenset()),
    "sigmoid": ("sigmoid", frozenset()),
    "hardsigmoid": ("hard sigmoid", frozenset({"value", "shift"})),
    "hardtanh": ("hard tanh", frozenset()),
    "hardswish": ("hard swish", frozenset()),
    "square": ("square", frozenset()),
    "abs": ("absolute value", frozenset()),
    "sine": ("sine", frozenset()),
    "sign": ("sign", frozenset()),
    "exp": ("exponential", frozenset()),
    "scale": ("scaling", frozenset({"value", "shift"})),
    "softmax": ("softmax", frozenset()),
}
POINTWISE = frozenset(STEPS) - {"input", "conv", "dense", "norm", "maxpool", "avgpool", "pad", "flatten", "softmax"}
MODES = {
    "input": frozenset({"", "pad", "scale", "box"}),
    "avgpool": frozenset({"", "inside"}),  # inside: what lies outside the maps is not counted
    "gelu": frozenset({"", "tanh"}),
}
FLAGS = ("transposed", "binary")  # of the input: rows and columns change places; every pixel is 0 or 1 before it is scaled
MOST_STEPS = 200
MOST_UNITS = 65_536
MOST_SIDE = 512
LONGEST = 160  # letters of a step


@dataclass(frozen=True)
class Step:
    """One step; sizes in pixels, (down, across)."""

    kind: str  # key of STEPS
    units: int = 0  # channels of the input, maps of a convolution, units of a dense layer
    kernel: tuple[int, int] = (0, 0)  # also the size of the input; (0, 0) of a pool: all of the map
    stride: tuple[int, int] = (1, 1)
    pad: tuple[int, int, int, int] = (0, 0, 0, 0)  # top, left, bottom, right
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1
    value: float = 1.0  # slope of leaky, alpha of ELU, epsilon of batch norm, factor of a scaling
    shift: float = 0.0  # added after the factor
    mode: str = ""
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(self.kind in STEPS, f"Layers: there is no step {short(self.kind)}; choose one of: {', '.join(STEPS)}.")
        require(self.mode in MODES.get(self.kind, {""}), f"Layers: {self.kind} has no mode {short(self.mode)}.")
        sizes = (*self.kernel, *self.pad, self.units, self.groups, *self.stride, *self.dilation)
        require(all(isinstance(n, int) and 0 <= n <= MOST_UNITS for n in sizes), f"Layers: {self.kind} has a size that cannot be.")
        require(max(*self.kernel, *self.pad, *self.stride, *self.dilation) <= MOST_SIDE, f"Layers: at most {MOST_SIDE} pixels a side.")
        require(min(*self.stride, *self.dilation, self.groups) >= 1, f"Layers: strides, dilation and groups of {self.kind} start at 1.")
        require(self.units > 0 or self.kind not in ("input", "conv", "dense"), f"Layers: {self.kind} needs a number of units.")
        require(min(self.kernel) > 0 or self.kind not in ("input", "conv"), f"Layers: {self.kind} needs a size.")
        require(all(math.isfinite(x) for x in (self.value, self.shift)), f"Layers: {self.kind} needs finite numbers.")
        require(all(flag in FLAGS for flag in self.flags) and (not self.flags or self.kind == "input"), "Layers: unknown word.")

    @property
    def title(self) -> str:
        """What people call it."""
        return STEPS[self.kind][0]

    @property
    def text(self) -> str:
        """The step as one line, what is at its default left out."""
        return " ".join(
            [self.kind, *self.flags]
            + [
                f"{f.name}={_written(value)}"
                for f in dataclasses.fields(self)
                if f.name not in ("kind", "flags") and (value := getattr(self, f.name)) != f.default
            ]
        )


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ("x" if len(value) == 2 else ",").join(map(str, value))
    return repr(value) if isinstance(value, float) else str(value)


@lru_cache(maxsize=4_096)
def read_step(text: str) -> Step:
    """The step that `Step.text` wrote.

    Raises:
        SpecError: it is not of that form.
    """
    require(isinstance(text, str) and 0 < len(text) <= LONGEST, f"Layers: {short(text)} is no step.")
    kind, *words = text.split(" ")
    require(kind in STEPS, f"Layers: there is no step {short(kind)}; choose one of: {', '.join(STEPS)}.")
    values: dict[str, object] = {}
    flags: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals and kind == "input" and name in FLAGS:
            flags.append(name)
            continue
        require(name in STEPS[kind][1] and name not in values, f"Layers: {kind} takes no {short(word)}.")
        values[name] = _value(name, value)
    return Step(kind, **values, flags=tuple(flags))  # type: ignore[arg-type]  # the names are those of fields


def _value(name: str, text: str) -> object:
    if name == "mode":
        return text
    if name in ("value", "shift"):
        try:
            return float(text)
        except ValueError:
            raise SpecError(f"Layers: {short(text)} is no number.") from None
    form = {"pad": r"\d{1,5}(,\d{1,5}){3}", "units": r"\d{1,6}", "groups": r"\d{1,6}"}.get(name, r"\d{1,5}x\d{1,5}")
    require(re.fullmatch(form, text) is not None, f"Layers: {name}={short(text)} is not of the form of its sizes.")
    numbers = tuple(map(int, re.split("[x,]", text)))
    return numbers if len(numbers) > 1 else numbers[0]


def canonical(text: str) -> str:
    """A step in the one way in which it is written.

    Raises:
        SpecError: it is no step.
    """
    return read_step(text).text
