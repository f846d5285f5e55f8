"""A whole run, its key, and specs as JSON and back."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from core.specs.data import DataSpec
from core.specs.fields import check, meta, part, require, short
from core.specs.model import ModelSpec
from core.specs.origin import OriginSpec
from core.specs.train import TrainSpec

APP_VERSION = "0.2.0"
FORMAT = 1  # of the stored run; part of every key

T = TypeVar("T")


@dataclass(frozen=True)
class RunSpec:
    """One trained network: data, model and training together."""

    data: DataSpec = part(DataSpec, title="Data", help="Which images, and how many.")
    model: ModelSpec = part(ModelSpec, title="Network", help="Its shape and its start.")
    train: TrainSpec = part(TrainSpec, title="Training", help="How it learns and what is kept.")
    origin: OriginSpec | None = part(OriginSpec, title="Brought from", help="The file of a network trained elsewhere.", optional=True)

    def __post_init__(self) -> None:
        check(self)
        named, outputs = len(self.given_classes), self.model.sizes[-1]
        require(named in (0, outputs), f"Brought from names {named} classes; the network has {outputs} outputs.")

    @property
    def given_classes(self) -> tuple[str, ...]:
        """What its outputs stand for, where the file that it was brought in or its owner says so; else empty."""
        return self.origin.classes if self.origin else ()

    @property
    def private(self) -> bool:
        """Whether it is its owner's to show: brought in as a file, or trained on images of their own."""
        return self.origin is not None or self.data.own is not None

    @cached_property
    def key(self) -> str:
        """Twelve hex digits that name this run everywhere."""
        text = f"{FORMAT}:{json.dumps(to_dict(self), sort_keys=True, separators=(',', ':'))}"
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def to_dict(spec: Any) -> dict[str, Any]:
    """Plain JSON values of a spec; fields at their default are left out, so that new ones keep old keys."""
    out: dict[str, Any] = {}
    for f in dataclasses.fields(spec):
        value = getattr(spec, f.name)
        if dataclasses.is_dataclass(value):
            out[f.name] = to_dict(value)
        elif value != f.default:
            out[f.name] = [to_dict(v) if dataclasses.is_dataclass(v) else v for v in value] if isinstance(value, tuple) else value
    return out


def from_dict(cls: type[T], values: Any) -> T:
    """The spec that `to_dict` wrote.

    Raises:
        SpecError: unknown field, wrong type or a value out of range, in a sentence.
    """
    require(isinstance(values, dict), f"{cls.__name__} must be a JSON object, not {short(values)}.")
    names = [f.name for f in dataclasses.fields(cls)]  # type: ignore[arg-type]  # specs are dataclasses
    unknown = sorted(str(name)[:40] for name in values if name not in names)[:5]
    require(not unknown, f"{cls.__name__} has no field {', '.join(unknown)}; it has: {', '.join(names)}.")
    return cls(**{name: _part(meta(cls, name).part, value) for name, value in values.items()})


def _part(cls: type | None, value: Any) -> Any:
    """The spec or specs inside a spec; anything else as it stands."""
    if cls is None or value is None:
        return value
    return tuple(from_dict(cls, one) for one in value) if isinstance(value, list | tuple) else from_dict(cls, value)
