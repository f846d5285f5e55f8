"""Sweeps: one training for each place of a grid over one or two choices, or over seeds, all else alike.

A sweep is a small file in the store, named by a hash of what it says, so that a link opens it anywhere and nobody can change it under
somebody else: an extended one is a sweep of its own that shares the runs of the first. A place of the grid is nothing but a spec, so
what is stored already is not trained again.
"""

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

from core.runs import remote, store
from core.specs import DataSpec, Meta, ModelSpec, PulseSpec, RunSpec, SpecError, TrainSpec, from_dict, meta, to_dict
from core.training import atomic, job_folder, jobs, possible
from core.training.job import Job
from core.training.job_folder import ACTIVE, DONE, Progress

SEED = "seed"  # stands for the seed of the weights and that of the order, the same number for both
NONE = "none"  # state of a place whose training nobody has asked for, or whose end is forgotten
MOST_VALUES = 16  # of a choice
MOST_CELLS = 64
_SHARED = "sweeps/{key}.json"  # its name where machines share a store
MOST_KEPT = 2_000  # sweeps in a store; the ones written first go
_PARTS: dict[str, type] = {"data": DataSpec, "model": ModelSpec, "train": TrainSpec, "pulses": PulseSpec}
_KEY = re.compile(r"[0-9a-f]{12}")
_SWEPT = ("whole", "number", "choice", "wholes", "switch", "several", "range")
# What changes nothing that is learned, or what another choice says.
_LEFT_OUT = {"train.store", "train.threads", "train.first_epoch_states", "model.kind", "model.image"}
_OF_CNNS = {"model.channels", "model.kernel_size", "model.start_scale"}
_OF_PULSES = {"model.output", "model.centred", "model.dropout", "train.loss"}


@dataclass(frozen=True)
class Axis:
    """A choice and the values that it takes, in their order."""

    field: str  # SEED, or where it stands: "train.learning_rate", "pulses.line"
    values: tuple[Any, ...]

    def __post_init__(self) -> None:
        """Raises SpecError for a choice that is none, values that cannot be, none of them or too many."""
        known = meta_of(self.field)
        clean = tuple(dict.fromkeys(known.clean(value) for value in self.values))
        object.__setattr__(self, "values", clean)
        if not 1 <= len(clean) <= MOST_VALUES:
            raise SpecError(f"{known.title}: give 1 to {MOST_VALUES} values; there are {len(clean)}.")

    @property
    def meta(self) -> Meta:
        """The choice as a person meets it."""
        return meta_of(self.field)


@dataclass(frozen=True)
class Cell:
    """One place of the grid."""

    values: tuple[Any, ...]  # of the axes
    spec: RunSpec | None  # None where such a network cannot be
    why: str = ""  # then, in a sentence

    @property
    def key(self) -> str:
        """Of its run; empty where there can be none."""
        return self.spec.key if self.spec else ""


@dataclass(frozen=True)
class Sweep:
    """A grid over one or two choices from a base."""

    base: RunSpec
    axes: tuple[Axis, ...]

    def __post_init__(self) -> None:
        """Raises SpecError for more or fewer choices, or too large a grid."""
        if not 1 <= len(self.axes) <= 2 or len({axis.field for axis in self.axes}) < len(self.axes):
            raise SpecError("A sweep goes over one choice, or over two different ones.")
        count = len(self.axes[0].values) * (len(self.axes[1].values) if len(self.axes) > 1 else 1)
        if count > MOST_CELLS:
            raise SpecError(f"This grid has {count:,} trainings; at most {MOST_CELLS} are possible. Take out some values.")
        if self.base.origin is not None or self.base.model.kind == "sequence":
            raise SpecError("A network that was brought in is not trained here; choose another to start the sweep from.")

    @cached_property
    def key(self) -> str:
        """Twelve hex digits that name this sweep everywhere."""
        return hashlib.sha256(json.dumps(to_json(self), sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:12]

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every place, the last choice running fastest."""
        return tuple(map(self._cell, product(*(axis.values for axis in self.axes))))

    def extended(self, more: Iterable[Axis]) -> "Sweep":
        """The sweep with more values behind those of its choices.

        Raises:
            SpecError: too many.
        """
        values = {axis.field: axis.values for axis in more}
        return replace(self, axes=tuple(Axis(axis.field, (*axis.values, *values.get(axis.field, ()))) for axis in self.axes))

    def _cell(self, values: tuple[Any, ...]) -> Cell:
        try:
            spec = self.base
            for axis, value in zip(self.axes, values, strict=True):
                spec = _with(spec, axis.field, value)
            possible.check(spec)
            return Cell(values, spec)
        except SpecError as error:
            return Cell(values, None, str(error))


def meta_of(field: str) -> Meta:
    """What a choice is.

    Raises:
        SpecError: there is none of this name that a sweep may go over.
    """
    if field == SEED:
        return replace(meta(TrainSpec, "seed"), title="Seed", help="Of the weights and of the order: another start, another order.")
    part, _, name = field.partition(".")
    cls = _PARTS.get(part)
    if cls is None or field in _LEFT_OUT or name not in {f.name for f in dataclasses.fields(cls)} or meta(cls, name).kind not in _SWEPT:
        raise SpecError(f"A sweep cannot go over {field[:40]!r}; choose one of the form's fields.")
    return meta(cls, name)


def fields_of(base: RunSpec) -> list[str]:
    """The choices that matter to a network of this kind, those most asked for first."""
    kind = base.model.kind
    parts = {**_PARTS} if base.data.pulses else {name: cls for name, cls in _PARTS.items() if name != "pulses"}
    found = [f"{part}.{f.name}" for part, cls in parts.items() for f in dataclasses.fields(cls) if meta(cls, f.name).kind in _SWEPT]
    unused = _LEFT_OUT | (_OF_CNNS if kind == "dense" else set()) | (_OF_PULSES if kind != "pulse_cnn" else set())
    if base.train.optimizer != "sgd":
        unused = unused | {"train.momentum"}
    first = [SEED, "train.learning_rate", "train.batch", "model.sizes", "model.activation", "model.initializer", "model.channels"]
    found = [field for field in found if field not in unused]
    return [field for field in first if field == SEED or field in found] + [field for field in found if field not in first]


def value_of(base: RunSpec, field: str) -> Any:
    """What a spec says of a choice."""
    if field == SEED:
        return base.train.seed
    part, _, name = field.partition(".")
    return getattr(base.data.pulses if part == "pulses" else getattr(base, part), name)


def _with(spec: RunSpec, field: str, value: Any) -> RunSpec:
    """A spec with one choice made, and what follows from it."""
    if field == SEED:
        return replace(spec, model=replace(spec.model, seed=value), train=replace(spec.train, seed=value))
    part, _, name = field.partition(".")
    if part != "pulses":
        return replace(spec, **{part: replace(getattr(spec, part), **{name: value})})
    if spec.data.pulses is None:
        raise SpecError("Only pulses have such a choice; choose another.")
    pulses = replace(spec.data.pulses, **{name: value})
    sizes = (*spec.model.sizes[:-1], len(pulses.classes))  # the network follows its pulses
    return replace(spec, data=replace(spec.data, pulses=pulses), model=replace(spec.model, image=pulses.size, sizes=sizes))


# What stands in the store.


def to_json(sweep: Sweep) -> dict[str, Any]:
    """Plain values of a sweep."""
    return {"base": to_dict(sweep.base), "axes": [{"field": axis.field, "values": list(axis.values)} for axis in sweep.axes]}


def from_json(values: Any) -> Sweep:
    """The sweep that `to_json` wrote.

    Raises:
        SpecError: it is none.
    """
    try:
        axes = tuple(Axis(str(axis["field"]), tuple(axis["values"])) for axis in values["axes"])
        return Sweep(from_dict(RunSpec, values["base"]), axes)
    except (KeyError, TypeError) as error:
        raise SpecError("This is no sweep.") from error


def keep(sweep: Sweep) -> None:
    """Write a sweep into the store, for links.

    Raises:
        OSError: it cannot be written.
    """
    path = _path(sweep.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        if (shared := remote.objects()) is not None:  # other machines open its link too
            shared.write(_SHARED.format(key=sweep.key), json.dumps(to_json(sweep)).encode())
        atomic.write_json(path, to_json(sweep))
    for old in sorted(path.parent.glob("*.json"), key=_written)[:-MOST_KEPT]:
        with suppress(OSError):
            old.unlink()


def find(key: str) -> Sweep | None:
    """The sweep of a key; None if none is stored, or it cannot be read."""
    if not _KEY.fullmatch(key):
        return None
    found = atomic.read_json(_path(key))
    try:
        if found is None and (shared := remote.objects()) is not None:
            found = json.loads(shared.read(_SHARED.format(key=key)) or b"null")
        sweep = from_json(found)
    except (SpecError, ValueError, OSError):
        return None
    return sweep if sweep.key == key else None


def _path(key: str) -> Path:
    return store.folders()[0] / ".sweeps" / f"{key}.json"


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


# Its trainings.


def wanting(sweep: Sweep) -> list[RunSpec]:
    """What is neither stored nor under way, in the order of the grid; what failed or was cancelled is among it."""
    return [cell.spec for cell in sweep.cells if cell.spec is not None and progress(cell).state not in (DONE, *ACTIVE)]


def start(specs: Sequence[RunSpec], pool: Executor | None = None, *, owner: str = "") -> list[Job]:
    """Ask for the trainings of a sweep, or for those that are wanting; they wait in line, so that others have their turns."""
    return jobs.submit_all(specs, pool, owner=owner)


def cancel(sweep: Sweep, owner: str) -> None:
    """Leave what is under way or waits; what is stored stays."""
    for cell in reversed(sweep.cells):  # those that wait first, so that none of them begins meanwhile
        if cell.spec is not None and progress(cell).state in ACTIVE:
            Job(cell.spec).cancel(owner)


def progress(cell: Cell) -> Progress:
    """Where one training stands; of what nobody has asked for the state NONE."""
    if cell.spec is None:
        return Progress(job_folder.FAILED, sentence=cell.why)
    job = Job(cell.spec)
    now = job.progress()
    if now.state == job_folder.FAILED and not job.folder.exists():
        return Progress(NONE, epochs=cell.spec.train.epochs)
    return now


def seconds_left(standing: Sequence[Progress], slots: int, measured: Iterable[float] = ()) -> float | None:
    """Seconds until the last of these trainings ends, at the mean speed so far; None while that is unknown.

    Args:
        slots: trainings at a time.
        measured: seconds an epoch of those that have ended.
    """
    under_way = [now for now in standing if now.state in ACTIVE]
    measured = [*measured, *(now.seconds / now.epoch for now in under_way if now.epoch > 0)]
    if not measured:
        return None
    epoch = sum(measured) / len(measured)  # seconds
    return sum(epoch * (now.epochs - now.epoch) for now in under_way) / max(1, min(slots, len(under_way)))
