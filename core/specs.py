"""What was asked for: the frozen choices behind a data set, a network, its training and so a run.

The same object is the form, the link, the run's key and the header of its files.
"""

import dataclasses
import hashlib
import json
import re
import types
import typing
from dataclasses import dataclass, field
from typing import Any, TypeVar

APP_VERSION = "0.1.0"
FORMAT = 1  # of the stored run; part of every key

MODEL_KINDS = {"dense": "dense layers", "digit_cnn": "digit CNN", "pulse_cnn": "pulse CNN"}
ACTIVATIONS = ("tanh", "sigmoid", "relu")
OUTPUTS = ("softmax", "tanh")
INITIALIZERS = {
    "glorot_normal": "random (Glorot normal)",
    "glorot_uniform": "random (Glorot uniform)",
    "alternating_diagonal": "alternating diagonal",
    "zeros": "all zero",
    "he": "random (He normal, Xavier before tanh and softmax)",
    "torch": "torch's default",
}
LOSSES = {"cross_entropy": "cross-entropy", "l1": "L1"}
OPTIMIZERS = {"adam": "Adam", "sgd": "SGD"}
STORES = {
    "all": "every parameter of every state",
    "kernels": "convolution kernels of every state, everything of the last",
    "history": "the history alone",
}
PULSE_CLASSES = ("square", "gaussian", "sinusoid", "sawtooth")

T = TypeVar("T")
Range = tuple[float, float]


class SpecError(ValueError):
    """A choice that cannot be; the message is a sentence that names the cure."""


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise SpecError(sentence)


def _one_of(value: str, options: typing.Collection[str], what: str) -> None:
    _require(value in options, f"{what} is {value!r}; choose one of: {', '.join(options)}.")


@dataclass(frozen=True)
class PulseSpec:
    """How pulse images are drawn. Lengths are shares of the image side unless they say pixels."""

    size: int = 100  # image side in pixels, 28-500
    classes: tuple[str, ...] = ("square", "gaussian", "sinusoid")  # of PULSE_CLASSES, in label order
    line: int = 2  # line width in pixels, 1-9
    amplitude: Range = (0.10, 0.60)  # height from the base line to the top; peak to peak of a wave
    square_width: Range = (0.04, 0.40)  # full width of the square
    gaussian_sd: Range = (0.02, 0.12)  # sd of exp(-(x-x0)^2 / (2 sd^2))
    frequency: Range = (2.0, 12.5)  # cycles per image width, sinusoid and saw-tooth
    phase: Range = (0.0, 1.0)  # in cycles
    x_offset: Range = (0.0, 1.0)  # where the pulse may sit, as a share of the room it has left
    y_offset: Range = (0.0, 1.0)  # likewise, upwards
    pixel_noise: float = 0.0  # chance that a pixel is flipped, 0-0.2
    missing_columns: float = 0.0  # chance that a column is blank, 0-0.5
    drift: float = 0.0  # rise of the base line across the image, -0.3-0.3: drawn from (-drift, drift)

    def __post_init__(self) -> None:
        _require(28 <= self.size <= 500, f"Image size {self.size} is outside 28 to 500 pixels.")
        _require(1 <= self.line <= 9, f"Line width {self.line} is outside 1 to 9 pixels.")
        _require(len(self.classes) >= 1, "Choose at least one pulse class.")
        _require(len(set(self.classes)) == len(self.classes), "Each pulse class can be chosen once.")
        for name in self.classes:
            _one_of(name, PULSE_CLASSES, "The pulse class")
        limits = {
            "amplitude": (0.0, 1.0),
            "square_width": (0.01, 1.0),
            "gaussian_sd": (0.005, 0.5),
            "frequency": (0.25, 50.0),
            "phase": (0.0, 1.0),
            "x_offset": (0.0, 1.0),
            "y_offset": (0.0, 1.0),
        }
        for name, (least, most) in limits.items():
            low, high = getattr(self, name)
            _require(
                least <= low <= high <= most,
                f"The range of {name} is {low} to {high}; it must rise and stay within {least} to {most}.",
            )
        _require(0 <= self.pixel_noise <= 0.2, "Pixel noise must stay within 0 to 0.2.")
        _require(0 <= self.missing_columns <= 0.5, "Missing columns must stay within 0 to 0.5.")
        _require(0 <= self.drift <= 0.3, "Baseline drift must stay within 0 to 0.3.")


@dataclass(frozen=True)
class DataSpec:
    """Which images, and how many of them train, validate and test."""

    name: str = "mnist"  # of the data catalogue, which alone knows what there is
    train: int = 54_000  # images
    validation: int = 6_000  # images
    test: int = 10_000  # images
    seed: int = 0  # of drawing pulses, or of choosing a part of a set
    pulses: PulseSpec | None = None  # for name == "pulses"

    def __post_init__(self) -> None:
        _require(
            re.fullmatch("[a-z0-9-]{1,40}", self.name) is not None,
            f"{self.name!r} names no data set; a name has 1 to 40 lower-case letters, digits and dashes.",
        )
        _require(self.train >= 1, "At least one training image is needed.")
        _require(self.validation >= 0 and self.test >= 0, "Numbers of images cannot be negative.")
        _require((self.pulses is not None) == (self.name == "pulses"), "Pulse settings go with pulse data, and only with it.")


@dataclass(frozen=True)
class ModelSpec:
    """A network's shape and its start."""

    kind: str = "dense"  # key of MODEL_KINDS
    sizes: tuple[int, ...] = (784, 49, 7, 15, 15, 10)  # dense: units from input to output; CNNs: dense units after flattening
    activation: str = "tanh"  # of the hidden dense layers
    output: str = "softmax"  # of the last layer
    initializer: str = "glorot_normal"  # key of INITIALIZERS
    seed: int = 0  # of the initial weights
    channels: tuple[int, ...] = ()  # CNNs: maps out of each convolution
    kernel_size: int = 0  # CNNs: side of the convolution kernels in pixels
    image: int = 28  # CNNs: side of the input image in pixels
    start_scale: float = 1.0  # CNNs: factor on the initial convolution kernels
    centred: bool = False  # CNNs: kernels kept at mean 0 and convolution biases at 0
    dropout: float = 0.0  # CNNs: share dropped before the dense layers

    def __post_init__(self) -> None:
        _one_of(self.kind, MODEL_KINDS, "The kind of network")
        _one_of(self.activation, ACTIVATIONS, "The activation")
        _one_of(self.output, OUTPUTS, "The output")
        _one_of(self.initializer, INITIALIZERS, "The initialiser")
        _require(len(self.sizes) >= (2 if self.kind == "dense" else 1), "A network needs an input and an output size.")
        _require(all(1 <= n <= 16_384 for n in self.sizes), "Layer sizes must be 1 to 16,384 units.")
        if self.kind != "dense":
            _require(len(self.channels) >= 1, "A CNN needs at least one convolution.")
            _require(all(1 <= n <= 64 for n in self.channels), "A convolution may have 1 to 64 kernels.")
            _require(3 <= self.kernel_size <= 41, "Kernel size must be 3 to 41 pixels.")
            _require(0 <= self.dropout < 1, "Dropout must be at least 0 and below 1.")


@dataclass(frozen=True)
class TrainSpec:
    """How a network is trained and which of its states are kept."""

    loss: str = "cross_entropy"  # key of LOSSES
    optimizer: str = "adam"  # key of OPTIMIZERS
    learning_rate: float = 2e-3
    batch: int = 128  # images a step
    epochs: int = 50  # passes over the training images; state 0 comes before the first
    weight_decay: float = 0.0  # L2, added to the gradient
    decay_on: str = "all"  # "all" weights, or the convolution "kernels" alone; biases never
    seed: int = 0  # of the order of the images
    first_epoch_states: int = 0  # states kept inside the first epoch, besides its start and end
    store: str = "all"  # key of STORES
    threads: int = 1  # torch threads, part of the result since float sums follow it

    def __post_init__(self) -> None:
        _one_of(self.loss, LOSSES, "The loss")
        _one_of(self.optimizer, OPTIMIZERS, "The optimiser")
        _one_of(self.store, STORES, "What is stored")
        _one_of(self.decay_on, ("all", "kernels"), "Weight decay")
        _require(self.learning_rate > 0, "The learning rate must be above 0.")
        _require(self.batch >= 1, "A batch needs at least one image.")
        _require(0 <= self.epochs <= 2_000, "Epochs must be 0 to 2,000.")
        _require(self.weight_decay >= 0, "Weight decay cannot be negative.")
        _require(0 <= self.first_epoch_states <= 1_000, "States inside the first epoch must be 0 to 1,000.")
        _require(1 <= self.threads <= 64, "Threads must be 1 to 64.")


@dataclass(frozen=True)
class RunSpec:
    """One trained network: data, model and training together."""

    data: DataSpec = field(default_factory=DataSpec)
    model: ModelSpec = field(default_factory=ModelSpec)
    train: TrainSpec = field(default_factory=TrainSpec)

    @property
    def key(self) -> str:
        """Twelve hex digits that name this run everywhere."""
        text = f"{FORMAT}:{json.dumps(to_dict(self), sort_keys=True, separators=(',', ':'))}"
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def to_dict(spec: Any) -> dict[str, Any]:
    """Plain JSON values of a spec; fields at their default are left out, so that new ones keep old keys."""
    out: dict[str, Any] = {}
    for f in dataclasses.fields(spec):
        value = getattr(spec, f.name)
        default = f.default_factory() if f.default_factory is not dataclasses.MISSING else f.default
        if value == default and not dataclasses.is_dataclass(value):
            continue
        out[f.name] = to_dict(value) if dataclasses.is_dataclass(value) else list(value) if isinstance(value, tuple) else value
    return out


def from_dict(cls: type[T], values: Any) -> T:
    """The spec that `to_dict` wrote.

    Raises:
        SpecError: unknown field, wrong type or a value out of range, in a sentence.
    """
    _require(isinstance(values, dict), f"{cls.__name__} must be a JSON object.")
    hints = typing.get_type_hints(cls)
    unknown = sorted(set(values) - set(hints))
    _require(not unknown, f"{cls.__name__} has no field {', '.join(unknown)}; it has: {', '.join(hints)}.")
    return cls(**{name: _coerce(hints[name], value, name) for name, value in values.items()})


def _coerce(hint: Any, value: Any, name: str) -> Any:
    """`value` as the type that the field asks for."""
    if isinstance(hint, types.UnionType):
        if value is None:
            return None
        hint = next(h for h in typing.get_args(hint) if h is not type(None))
    if dataclasses.is_dataclass(hint):
        return from_dict(typing.cast(type, hint), value)
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        _require(isinstance(value, (list, tuple)), f"{name} must be a list.")
        _require(
            Ellipsis in typing.get_args(hint) or len(value) == len(typing.get_args(hint)),
            f"{name} must hold {len(typing.get_args(hint))} values.",
        )
        return tuple(_coerce(inner, v, name) for v in value)
    if hint is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    _require(type(value) is hint, f"{name} must be of type {getattr(hint, '__name__', hint)}, not {value!r}.")
    return value
