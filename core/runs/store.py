"""Save, load and list runs: a run is on disk whole or not at all."""

import dataclasses
import json
import os
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from core.runs import contents, remote, seal
from core.runs.run import EVALUATION, HISTORY, SEEDS, SPEC, WEIGHTS, Run, read_table, write_table
from core.specs import APP_VERSION, FORMAT, RunSpec, SpecError, from_dict

ROOT = Path(__file__).parents[2]
SHIPPED_FOLDER = ROOT / "cache" / "runs"
TASKS = ".tasks"  # folder beside the runs: answers of core.training.tasks
LEFT_SECONDS = 24 * 3600.0  # after which the folder of a save counts as left behind by a killed process
_KEY = re.compile(r"[0-9a-f]{12}")
_SAVING = re.compile(rf"\.{_KEY.pattern}-[a-z0-9_]{{8}}(-old)?")


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
    """Where runs are looked for: KERNEL_EXPLORER_RUNS first, if set, then the shipped ones. New runs go to the first.

    A relative path counts from the project's folder, so that it is the same for all processes, wherever they were started.
    """
    own = os.environ.get("KERNEL_EXPLORER_RUNS")
    return [remote.folder(own), SHIPPED_FOLDER] if own else [SHIPPED_FOLDER]


def folder_of(key: str) -> Path:
    """The folder that holds a run.

    Raises:
        MissingRun: none does.
    """
    for folder in folders() if _KEY.fullmatch(key) else []:
        if os.path.isdir(folder / key):  # also where nobody may look
            return folder / key
    with suppress(OSError):
        if _KEY.fullmatch(key) and remote.again(folders()[0], key):
            return folders()[0] / key
    raise MissingRun(f"No run {key} is stored; `python -m core.training list` shows those that are.")


def load(key: str) -> Run:
    """The stored run, every file checked against its SHA-256.

    Raises:
        MissingRun: no such run.
        DamagedRun: a file is missing, cut or changed.
    """
    folder = folder_of(key)
    try:
        seal.check(folder)
        header = seal.read_json(folder / SPEC)
        spec = from_dict(RunSpec, header.pop("spec"))
        run = Run(spec, header, folder, read_table(folder / HISTORY))
        if run.key != key:
            raise seal.Broken(f"its spec belongs to run {run.key}")
        contents.check(run)
    except seal.Broken as error:
        raise DamagedRun(folder, str(error)) from error
    except contents.UNREADABLE as error:
        raise DamagedRun(folder, f"its files cannot be read ({type(error).__name__})") from error
    return run


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
        with suppress(OSError), os.scandir(folder) as entries:
            found = sorted(entry.name for entry in entries if _KEY.fullmatch(entry.name) and entry.is_dir())
        for name in found:
            if name not in seen:
                seen.add(name)
                yield name


def size() -> int:
    """Bytes of the folder that new runs go to, with what is in training; answers to questions have a room of their own."""
    home, total = folders()[0], 0
    for path in home.rglob("*"):
        with suppress(OSError):  # a training that has just ended
            total += path.stat().st_size if path.is_file() and home / TASKS not in path.parents else 0
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
    precision: Any = np.float16,
) -> Run:
    """Write a run under its key: to a temporary name, synced, then renamed. An older one of that key is replaced.

    Args:
        history: column -> (states,), with "epoch".
        weights: parameter -> (states, ...) or (1, ...) for the last state alone.
        evaluation: name -> (states, ...) counts.
        seeds: column -> (rows,), with "seed" and "epoch": the histories of other seeds.
        header: facts for spec.json, such as the data hash and names.
        precision: type in which weights are stored; float32 of networks that are brought in, so that they leave as they came.
    """
    home = folder or folders()[0]
    home.mkdir(parents=True, exist_ok=True)
    _sweep(home)
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
            save_file({k: np.ascontiguousarray(v, dtype=precision) for k, v in weights.items()}, place / WEIGHTS)
        if evaluation:
            save_file({k: np.ascontiguousarray(v) for k, v in evaluation.items()}, place / EVALUATION)
        if seeds:
            write_table(place / SEEDS, {k: np.asarray(v) for k, v in seeds.items()})
        seal.apply(place)
        place.chmod(0o755)
        _swap(place, home / spec.key)
        if folder is None:
            remote.push(home / spec.key)
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
        seal.sync(target.parent)
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _sweep(home: Path) -> None:
    """Remove what a save that was killed left behind."""
    for path in home.iterdir():
        if _SAVING.fullmatch(path.name):
            with suppress(OSError):  # another process was faster, or it is in use
                newest = max(one.stat().st_mtime for one in [path, *path.iterdir()])
                if time.time() - newest > LEFT_SECONDS:
                    shutil.rmtree(path, ignore_errors=True)


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
