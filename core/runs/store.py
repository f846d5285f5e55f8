"""Save, load and list runs: a run is on disk whole or not at all."""

import dataclasses
import hashlib
import json
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from core.runs.run import EVALUATION, HISTORY, MANIFEST, SEEDS, SPEC, WEIGHTS, Run, read_table, write_table
from core.specs import APP_VERSION, FORMAT, RunSpec, SpecError, from_dict

SHIPPED_FOLDER = Path(__file__).parents[2] / "cache" / "runs"
_KEY = re.compile(r"[0-9a-f]{12}")


class MissingRun(LookupError):
    """No run of that key is stored."""


class DamagedRun(Exception):
    """A stored run whose files are not what was written; the message names the run and the cure."""

    def __init__(self, folder: Path, what: str) -> None:
        super().__init__(
            f"Run {folder.name} is damaged: {what}. Delete the folder {folder.name} in the run store and fetch or train it again "
            f"(`git checkout -- cache/runs/{folder.name}` for a shipped run, `python -m core.training train` for another)."
        )
        self.key = folder.name


def folders() -> list[Path]:
    """Where runs are looked for: KERNEL_EXPLORER_RUNS first, if set, then the shipped ones. New runs go to the first."""
    own = os.environ.get("KERNEL_EXPLORER_RUNS")
    return [Path(own), SHIPPED_FOLDER] if own else [SHIPPED_FOLDER]


def folder_of(key: str) -> Path:
    """The folder that holds a run.

    Raises:
        MissingRun: none does.
    """
    for folder in folders() if _KEY.fullmatch(key) else []:
        if (folder / key).is_dir():
            return folder / key
    raise MissingRun(f"No run {key} is stored; `python -m core.training list` shows those that are.")


def load(key: str) -> Run:
    """The stored run, every file checked against its SHA-256.

    Raises:
        MissingRun: no such run.
        DamagedRun: a file is missing, cut or changed.
    """
    folder = folder_of(key)
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        for name in (SPEC, HISTORY):
            if name not in manifest["sha256"]:
                raise DamagedRun(folder, f"its manifest does not name {name}")
        for name, digest in manifest["sha256"].items():
            if not (folder / name).exists():
                raise DamagedRun(folder, f"{name} is missing")
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                raise DamagedRun(folder, f"{name} does not match its checksum")
        header = json.loads((folder / SPEC).read_text(encoding="utf-8"))
        spec = from_dict(RunSpec, header.pop("spec"))
        run = Run(spec, header, folder, read_table(folder / HISTORY))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedRun(folder, f"its files cannot be read ({type(error).__name__})") from error
    if run.key != key:
        raise DamagedRun(folder, f"its spec belongs to run {run.key}")
    _check_stacks(run)
    return run


def _check_stacks(run: Run) -> None:
    """Every stored stack must span all states or the last alone, and nothing promised may be missing."""
    try:
        shapes = run.shapes
        for name in run.header.get("parameters", []):
            if name not in shapes:
                raise DamagedRun(run.folder, f"the parameter {name} is missing")
        for name, shape in shapes.items():
            if shape[0] not in (1, run.states):
                raise DamagedRun(run.folder, f"{name} holds {shape[0]} states, its history {run.states}")
        if (run.folder / EVALUATION).exists():
            with safe_open(run.folder / EVALUATION, framework="numpy"):
                pass
    except SafetensorError as error:
        raise DamagedRun(run.folder, "its tensors cannot be read") from error


def find(spec: RunSpec) -> Run | None:
    """The stored run of these choices, or None.

    Raises:
        DamagedRun: it is stored but damaged.
    """
    try:
        return load(spec.key)
    except MissingRun:
        return None


def keys() -> Iterator[str]:
    """Keys of all stored runs, damaged ones too, each once; what a save in progress has written so far is no run."""
    seen = set()
    for folder in folders():
        found: list[str] = []
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
            found = sorted(entry.name for entry in entries if _KEY.fullmatch(entry.name) and entry.is_dir())
        for name in found:
            if name not in seen:
                seen.add(name)
                yield name


def size() -> int:
    """Bytes of the folder that new runs go to, with what is in training."""
    total = 0
    for path in folders()[0].rglob("*"):
        with suppress(OSError):  # a training that has just ended
            total += path.stat().st_size if path.is_file() else 0
    return total


def save(
    spec: RunSpec,
    history: Mapping[str, Any],
    weights: Mapping[str, np.ndarray],
    evaluation: Mapping[str, np.ndarray] | None = None,
    *,
    seeds: Mapping[str, np.ndarray] | None = None,
    header: Mapping[str, Any] | None = None,
    folder: Path | None = None,
) -> Run:
    """Write a run under its key: to a temporary name, synced, then renamed. An older one of that key is replaced.

    Args:
        history: column -> (states,), with "epoch".
        weights: parameter -> (states, ...) or (1, ...) for the last state alone; stored as float16.
        evaluation: name -> (states, ...) counts.
        seeds: column -> (rows,), with "seed" and "epoch": the histories of other seeds.
        header: facts for spec.json, such as the data hash and names.
    """
    home = folder or folders()[0]
    home.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f".{spec.key}-", dir=home))
    try:
        head = {
            "spec": dataclasses.asdict(spec),  # every field, those at their default too
            "key": spec.key,
            "format": FORMAT,
            "versions": versions(),
            "parameters": sorted(weights),
            **(header or {}),
        }
        (place / SPEC).write_text(json.dumps(head, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        write_table(place / HISTORY, {k: np.asarray(v) for k, v in history.items()})
        if weights:
            save_file({k: np.ascontiguousarray(v, dtype=np.float16) for k, v in weights.items()}, place / WEIGHTS)
        if evaluation:
            save_file({k: np.ascontiguousarray(v) for k, v in evaluation.items()}, place / EVALUATION)
        if seeds:
            write_table(place / SEEDS, {k: np.asarray(v) for k, v in seeds.items()})
        _seal(place)
        place.chmod(0o755)
        _swap(place, home / spec.key)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return load(spec.key)


def _swap(place: Path, target: Path) -> None:
    """Put a finished folder where an older one may stand; a reader meets the old run, the new one or, for a moment, none."""
    old = target.with_name(f"{place.name}-old")
    try:
        for _ in range(5):  # another process may save the same run now
            if target.exists():
                target.rename(old)
            try:
                place.rename(target)
                break
            except OSError:
                shutil.rmtree(old, ignore_errors=True)
        else:
            raise OSError(f"{target} could not be replaced")
        _sync(target.parent)
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _sync(path: Path) -> None:
    """Have a file or a folder's names on the disk itself."""
    if os.name == "nt" and path.is_dir():  # Windows does so by itself
        return
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _seal(place: Path) -> None:
    """Sync every file of a folder and write their SHA-256 beside them."""
    names = sorted(p.name for p in place.iterdir())
    digests = {name: hashlib.sha256((place / name).read_bytes()).hexdigest() for name in names}
    (place / MANIFEST).write_text(json.dumps({"sha256": digests}, indent=1) + "\n", encoding="utf-8")
    for name in [*names, MANIFEST]:
        _sync(place / name)
    _sync(place)


def versions() -> dict[str, str]:
    """Versions that a result may depend on."""
    out = {"app": APP_VERSION, "python": platform.python_version()}
    for name in ("torch", "numpy"):
        try:
            out[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return out


def stack_history(rows: Iterable[Mapping[str, float]]) -> dict[str, np.ndarray]:
    """Rows of numbers as column -> (rows,); a column that a row lacks is NaN there."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {name: np.array([row.get(name, np.nan) for row in rows], dtype=np.float64) for name in names}


__all__ = ["DamagedRun", "MissingRun", "SpecError", "find", "folder_of", "keys", "load", "save", "size", "stack_history", "versions"]
