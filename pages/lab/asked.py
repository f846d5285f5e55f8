"""What the form asks for: the kinds of trainings, the fields of each, the spec that their values make, and the way back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from core.data import catalog
from core.data.catalog import DataSet
from core.specs import PULSE_CLASSES, Change, DataSpec, ModelSpec, PulseSpec, RunSpec, SpecError, TrainSpec
from core.specs.fields import wholes

DENSE, DIGITS, PULSES = "dense", "digit_cnn", "pulse_cnn"  # kinds of networks
CNNS = (DIGITS, PULSES)


@dataclass(frozen=True)
class Layers:
    """The dense layers that a person names: input and output follow from the images and their classes."""

    hidden: tuple[int, ...] = wholes(
        (),
        title="Hidden layers",
        unit="units",
        least=1,
        most=16_384,
        count=(0, 98),
        help="Units of each dense layer between the input (or the convolutions) and the classes, as in 49-7-15; empty for none.",
    )


@dataclass(frozen=True)
class Task:
    """One kind of training."""

    title: str
    line: str
    start: RunSpec  # that its form opens with

    @property
    def kind(self) -> str:
        """Of its network."""
        return self.start.model.kind

    @property
    def data_sets(self) -> list[DataSet]:
        """Those that can train it."""
        if self.kind == PULSES:
            return [data for data in catalog.DATASETS.values() if not data.module]
        return [data for data in catalog.DATASETS.values() if data.module and (self.kind == DENSE or len(data.shape) == 2)]


_UCI = DataSpec("uci-digits", train=1_200, validation=197, test=400)
TASKS: dict[str, Task] = {
    "mlp": Task(
        "MLP",
        "Dense layers, each reading all of the one before.",
        RunSpec(_UCI, ModelSpec(sizes=(64, 32, 16, 10)), TrainSpec(learning_rate=3e-3, batch=32, epochs=30)),
    ),
    "one-layer": Task(
        "One layer",
        "Pixels straight to the classes: ten templates.",
        RunSpec(
            _UCI,
            ModelSpec(sizes=(64, 10), initializer="zeros"),
            TrainSpec(learning_rate=3e-3, batch=32, epochs=30, weight_decay=1e-4),
        ),
    ),
    "ten-hidden": Task(
        "Ten hidden units",
        "One hidden layer, narrow enough to look at each unit.",
        RunSpec(
            _UCI,
            ModelSpec(sizes=(64, 10, 10), activation="sigmoid"),
            TrainSpec(learning_rate=1e-2, batch=32, epochs=30, weight_decay=1e-4),
        ),
    ),
    "digit-cnn": Task(
        "Digit CNN",
        "Convolutions that read digits, and dense layers behind them.",
        RunSpec(
            DataSpec("uci-digits", train=500, validation=100, test=400),
            ModelSpec(DIGITS, sizes=(10,), activation="relu", initializer="he", channels=(8, 16), kernel_size=5),
            TrainSpec(optimizer="sgd", learning_rate=0.15, batch=64, epochs=10),
        ),
    ),
    "pulse-cnn": Task(
        "Pulse CNN",
        "Two large convolutions that read pulses on a screen.",
        RunSpec(
            DataSpec("pulses", train=2_000, validation=0, test=500, pulses=PulseSpec(size=64)),
            ModelSpec(
                PULSES,
                sizes=(128, 32, 3),
                output="softmax",
                initializer="he",
                channels=(5, 1),
                kernel_size=17,
                image=64,
                start_scale=0.1,
                centred=True,
                dropout=0.01,
            ),
            TrainSpec(learning_rate=1e-3, batch=25, epochs=6, store="kernels"),
        ),
    ),
}


@dataclass(frozen=True)
class Field:
    """One field of the form."""

    name: str  # in the link
    cls: type  # the spec that it belongs to
    of: str  # its name there
    group: str  # of the form: images, pulses, network or training
    kinds: tuple[str, ...] = (DENSE, *CNNS)  # of networks that have a use for it
    more: bool = field(default=False, kw_only=True)  # whether it waits behind "More"


FIELDS = (
    Field("data", DataSpec, "name", "images", (DENSE, DIGITS)),
    Field("images", DataSpec, "train", "images"),
    Field("validation", DataSpec, "validation", "images"),
    Field("test", DataSpec, "test", "images"),
    Field("data_seed", DataSpec, "seed", "images", more=True),
    Field("size", PulseSpec, "size", "pulses", (PULSES,)),
    Field("classes", PulseSpec, "classes", "pulses", (PULSES,)),
    *(Field(f.name, PulseSpec, f.name, "pulses", (PULSES,), more=True) for f in fields(PulseSpec) if f.name not in ("size", "classes")),
    Field("channels", ModelSpec, "channels", "network", CNNS),
    Field("kernel", ModelSpec, "kernel_size", "network", CNNS),
    Field("hidden", Layers, "hidden", "network"),
    Field("activation", ModelSpec, "activation", "network"),
    Field("output", ModelSpec, "output", "network", (PULSES,)),
    Field("initializer", ModelSpec, "initializer", "network"),
    Field("weights_seed", ModelSpec, "seed", "network"),
    Field("side", ModelSpec, "image", "network", (DIGITS,), more=True),
    Field("start_scale", ModelSpec, "start_scale", "network", CNNS, more=True),
    Field("centred", ModelSpec, "centred", "network", (PULSES,), more=True),
    Field("dropout", ModelSpec, "dropout", "network", (PULSES,), more=True),
    Field("loss", TrainSpec, "loss", "training", (PULSES,)),
    Field("optimizer", TrainSpec, "optimizer", "training"),
    Field("rate", TrainSpec, "learning_rate", "training"),
    Field("momentum", TrainSpec, "momentum", "training"),
    Field("batch", TrainSpec, "batch", "training"),
    Field("weight_decay", TrainSpec, "weight_decay", "training"),
    Field("epochs", TrainSpec, "epochs", "training"),
    Field("seed", TrainSpec, "seed", "training"),
    Field("decay_on", TrainSpec, "decay_on", "training", CNNS, more=True),
    Field("first_epoch_states", TrainSpec, "first_epoch_states", "training", more=True),
    Field("store", TrainSpec, "store", "training", more=True),
)
CHANGES = "changes"  # what changed on the way, which no widget asks for: a link and a run that is trained again bring it


def fields_of(task: str) -> list[Field]:
    """Those that a task's form has."""
    unused = ("hidden", "activation") if task == "one-layer" else ()
    return [one for one in FIELDS if TASKS[task].kind in one.kinds and one.name not in unused]


def made(task: str, values: Mapping[str, Any]) -> RunSpec:
    """The spec that the form's values make, by the names of its fields.

    Raises:
        SpecError: they cannot be, in a sentence.
    """
    kind = TASKS[task].kind
    parts: dict[type, dict[str, Any]] = {DataSpec: {}, PulseSpec: {}, Layers: {"hidden": ()}, ModelSpec: {"kind": kind}, TrainSpec: {}}
    for one in fields_of(task):
        parts[one.cls][one.of] = values[one.name]
    data, model, train = parts[DataSpec], parts[ModelSpec], parts[TrainSpec]
    if kind == PULSES:
        named = parts[PulseSpec].pop("classes")
        pulses = PulseSpec(classes=tuple(name for name in PULSE_CLASSES if name in named), **parts[PulseSpec])
        data |= {"name": "pulses", "pulses": pulses}
        model["image"] = pulses.size
    images = DataSpec(**data, own=catalog.own_of(data["name"]))
    sizes = (*Layers(**parts[Layers]).hidden, len(catalog.classes_of(images)))
    if train["optimizer"] != "sgd":  # what was chosen for SGD waits until it is chosen again
        train["momentum"] = 0.0
    train["changes"] = values.get(CHANGES, ())
    model["sizes"] = (catalog.pixels_of(images), *sizes) if kind == DENSE else sizes
    return RunSpec(images, ModelSpec(**model), TrainSpec(**train))


def back(spec: RunSpec) -> tuple[str, dict[str, Any]] | None:
    """The task and the form's values that make a spec; None where no form makes it."""
    model = spec.model
    if model.kind == DENSE:
        hidden = model.sizes[1:-1]
        task = {(): "one-layer", (10,): "ten-hidden"}.get(hidden, "mlp")
    else:
        hidden = model.sizes[:-1]
        task = next((name for name, one in TASKS.items() if one.kind == model.kind), "")
    if not task:
        return None
    parts = {DataSpec: spec.data, PulseSpec: spec.data.pulses, Layers: Layers(hidden), ModelSpec: model, TrainSpec: spec.train}
    values = {one.name: getattr(parts[one.cls], one.of) for one in fields_of(task) if parts[one.cls] is not None}
    values[CHANGES] = spec.train.changes
    try:
        return (task, values) if made(task, values) == spec else None
    except (SpecError, KeyError):
        return None


def read_changes(text: str) -> tuple[Change, ...]:
    """What `write_changes` wrote.

    Raises:
        ValueError: it is not of that form, or cannot be.
    """
    found = []
    for line in text[:4_000].split("_") if text else []:
        epoch, *rates = line.split(":")
        rate, momentum, decay = map(float, rates)
        found.append(Change(int(epoch), rate, momentum, decay))
    return tuple(found)


def write_changes(changes: tuple[Change, ...]) -> str:
    """Changes on the way as a link holds them: epoch, rate, momentum and decay of each."""
    return "_".join(f"{one.epoch}:{one.learning_rate!r}:{one.momentum!r}:{one.weight_decay!r}" for one in changes)
