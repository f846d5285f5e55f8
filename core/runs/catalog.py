"""Every run that can be opened: by its shipped name or its key, with a title and a line, and which ones fit a question.

A page asks for runs that fit ("dense, on images") and never for names; what it offers is what is stored.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.data.catalog import title_of
from core.runs import brought, contents, seal, shipped, store
from core.runs.run import SPEC, Run
from core.specs import ACTIVATIONS, MODEL_KINDS, RunSpec, SpecError, from_dict

Fits = Callable[[RunSpec], bool]
SETTLED = 1_000_000_000  # ns after which a folder's time of change is another one when it changes again


@dataclass(frozen=True)
class Entry:
    """One run that can be opened."""

    spec: RunSpec
    name: str = ""  # of a shipped run

    @property
    def key(self) -> str:
        return self.spec.key

    @property
    def id(self) -> str:
        """How links call it: its shipped name, else its key."""
        return self.name or self.key

    @property
    def title(self) -> str:
        """What people call it."""
        return shipped.TITLES[self.name][0] if self.name else described(self.spec)

    @property
    def line(self) -> str:
        """What it is, in one line."""
        return shipped.TITLES[self.name][1] if self.name else trained(self.spec)


def described(spec: RunSpec) -> str:
    """A network in a few words, from its spec: kind, sizes, activation, data, seed."""
    model = spec.model
    if spec.origin:
        return f"{spec.origin.name}, {title_of(spec.data)}"
    if model.kind == "dense":
        hidden = len(model.sizes) > 2
        what = "-".join(map(str, model.sizes)) + (f", {ACTIVATIONS[model.activation]}" if hidden else "")
    else:
        what = f"{MODEL_KINDS[model.kind]}, {'+'.join(map(str, model.channels))} kernels of {model.kernel_size}×{model.kernel_size}"
    return f"{what}, {title_of(spec.data)}, seed {model.seed}"


def _shape(spec: RunSpec) -> str:
    """Kind and sizes of a network."""
    model = spec.model
    if model.kind == "sequence":
        return f"{len(model.layers) - 1} steps to {model.sizes[-1]} classes"
    return f"{MODEL_KINDS[model.kind]} {'-'.join(map(str, (*model.channels, *model.sizes)))}"


def trained(spec: RunSpec) -> str:
    """How a network was trained, from its spec."""
    train = spec.train
    if spec.origin:
        return f"brought from {spec.origin.name}, {_shape(spec)}, run {spec.key}"
    return (
        f"{spec.data.train:,} images, {train.epochs} epochs, batch {train.batch:,}, learning rate {train.learning_rate:g}, run {spec.key}"
    )


def find(id_: str) -> Entry:
    """The run of a shipped name or a key.

    Raises:
        store.MissingRun: no such run is stored.
        store.DamagedRun: its spec cannot be read.
    """
    if id_ in shipped.RUNS:
        return Entry(shipped.RUNS[id_], id_)
    return _stored(id_)


def entry(spec: RunSpec) -> Entry:
    """How the catalogue lists this run, stored, in training or asked for."""
    return Entry(spec, shipped.NAMES.get(spec.key, ""))


def load(id_: str) -> Run:
    """The run itself, every file checked.

    Raises:
        store.MissingRun, store.DamagedRun: with a sentence for the page.
    """
    spec = shipped.RUNS.get(id_)
    return store.load(spec.key if spec else id_)


def fitting(fits: Fits, own: Iterable[str] = ()) -> list[Entry]:
    """Runs whose spec fits: the shipped ones in the order of their tables, then `own` (keys), then others in the store, newest first.

    Networks that a person brought in, or trained on images of their own, are among `own` alone, unless they are offered to everyone.
    """
    found = [Entry(spec, name) for name, spec in shipped.RUNS.items() if fits(spec)]
    seen = {entry.key for entry in found} | set(shipped.NAMES)
    own = list(own)
    for key in [*own, *_newest()]:
        if key in seen:
            continue
        seen.add(key)
        try:
            entry = _stored(key)
        except (store.MissingRun, store.DamagedRun):
            continue
        if fits(entry.spec) and (key in own or not entry.spec.private or brought.offered(key)):
            found.append(entry)
    return found


def _newest() -> tuple[str, ...]:
    """Keys in the store that are not shipped, newest first; its folders are listed anew when one of them has changed."""
    stamps = tuple((folder, _stamp(folder)) for folder in store.folders())
    just_now = time.time_ns() - SETTLED
    return _listed(stamps) if all(stamp < just_now for _, stamp in stamps) else _listed.__wrapped__(stamps)


def _stamp(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=8)
def _listed(stamps: tuple[tuple[Path, int], ...]) -> tuple[str, ...]:
    """Those keys, for the times (ns) at which the store's folders were changed last."""
    keys = [key for key in store.keys() if key not in shipped.NAMES]  # noqa: SIM118
    return tuple(sorted(keys, key=_changed, reverse=True))


def _changed(key: str) -> float:
    try:
        return (store.folder_of(key) / SPEC).stat().st_mtime
    except (OSError, store.MissingRun):
        return 0.0


def _stored(key: str) -> Entry:
    folder = store.folder_of(key)
    try:
        spec = _read(folder / SPEC, (folder / SPEC).stat().st_mtime_ns)
    except contents.UNREADABLE as error:
        raise store.DamagedRun(folder, "its spec cannot be read") from error
    if spec.key != key:
        raise store.DamagedRun(folder, f"its spec belongs to run {spec.key}")
    return entry(spec)


@lru_cache(maxsize=4_096)
def _read(path: Path, changed: int) -> RunSpec:
    """The spec in a run's header, read once for each change of the file; its hash is checked when the run is opened."""
    return from_dict(RunSpec, seal.read_json(path)["spec"])


__all__ = ["Entry", "Fits", "SpecError", "described", "find", "fitting", "load", "trained"]
