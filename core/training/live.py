"""A run in training, read from the files that its worker writes; analysis sees no difference from a stored one."""

import json
import os
import shutil
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from core.runs import store
from core.runs.run import EVALUATION as COUNTS
from core.runs.run import Run, frozen
from core.specs import RunSpec
from core.training import atomic
from core.training.loop import EpochRecord, last_only

HISTORY = "history.jsonl"  # a line a state, made of what stands in the states' own files
EVALUATION = "evaluation/"  # before the name of what was counted, in a state's file
_PLACE = "state"  # which state a line is of: two workers that trained at once may both have written it


class LiveRun(Run):
    """What is known so far: one state a file, those whose line stands in the history."""

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        with safe_open(state_file(self.folder, self.states - 1), framework="numpy") as file:
            names = [name for name in file.keys() if not name.startswith(EVALUATION)]  # noqa: SIM118
            return {name: (self._count(name), *file.get_slice(name).get_shape()) for name in names}

    def _count(self, name: str) -> int:
        return 1 if last_only(self.spec.train, name) else self.states

    def weights(self, name: str) -> np.ndarray:
        return frozen(self.stored_weights(name).astype(np.float32))

    def stored_weights(self, name: str) -> np.ndarray:
        """What `weights` gives, float16 as it is stored."""
        if name not in self.shapes:
            raise KeyError(f"run {self.key} stores no {name!r}")
        return frozen(np.stack([self._tensor(i, name) for i in range(self.states - self.shapes[name][0], self.states)]))

    def state(self, index: int) -> dict[str, np.ndarray]:
        if not -self.states <= index < self.states:
            raise IndexError(f"run {self.key} has states 0 to {self.states - 1} so far, not {index}")
        index %= self.states
        names = [name for name, shape in self.shapes.items() if shape[0] == self.states or index == self.states - 1]
        return {name: frozen(self._tensor(index, name).astype(np.float32)) for name in names}

    def at(self, index: int, name: str) -> np.ndarray:
        if self.shapes.get(name, (0,))[0] != self.states:
            raise KeyError(f"run {self.key} does not keep {name!r} of every state")
        return frozen(self._tensor(index % self.states, name).astype(np.float32))

    def evaluation(self, name: str) -> np.ndarray:
        found = []
        for i in range(self.states):
            try:
                found.append(self._tensor(i, EVALUATION + name))
            except (KeyError, FileNotFoundError):  # what is the same in every state stands in the first alone
                continue
        if not found:
            raise KeyError(f"run {self.key} stores no {name!r}")
        return frozen(np.stack(found))

    def evaluation_at(self, index: int, name: str) -> np.ndarray:
        try:
            return frozen(self._tensor(index % self.states, EVALUATION + name))
        except FileNotFoundError:  # it has just ended
            raise KeyError(name) from None

    def _tensor(self, index: int, name: str) -> np.ndarray:
        with safe_open(state_file(self.folder, index), framework="numpy") as file:
            if name not in file.keys():  # noqa: SIM118
                raise KeyError(name)
            return file.get_tensor(name)


def state_file(folder: Path, index: int) -> Path:
    """The file of one state."""
    return folder / f"state-{index:05d}.safetensors"


def write(folder: Path, spec: RunSpec, index: int, record: EpochRecord) -> None:
    """Add one state: its tensors first, then its line, so that a line never promises what is not there.

    Raises:
        OSError: it cannot be written.
    """
    tensors: dict[str, np.ndarray] = {}
    if spec.train.store != "history":
        tensors = {name: np.asarray(value, dtype=np.float16) for name, value in record.weights.items()}
        tensors |= {EVALUATION + name: value for name, value in record.evaluation.items()}
    row = {_PLACE: index, "epoch": record.epoch, "step": record.step, "seconds": record.seconds, **record.metrics}
    _write(folder, index, tensors, row)
    if index > 1 and spec.train.store == "kernels":
        _drop_large(folder, spec, index - 2)  # not the one before, which somebody may be reading as the last
    with (folder / HISTORY).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def _write(folder: Path, index: int, tensors: Mapping[str, np.ndarray], row: Mapping[str, Any]) -> None:
    data = save({name: np.ascontiguousarray(value) for name, value in tensors.items()}, metadata={"row": json.dumps(row)})
    atomic.write(state_file(folder, index), data)


def _drop_large(folder: Path, spec: RunSpec, index: int) -> None:
    """Write a state again without what is kept of the last state alone."""
    tensors, row = _read(state_file(folder, index))
    kept = {name: value for name, value in tensors.items() if name.startswith(EVALUATION) or not last_only(spec.train, name)}
    _write(folder, index, kept, row)


def _read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The tensors and the line of a state."""
    with safe_open(path, framework="numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, json.loads(file.metadata()["row"])  # noqa: SIM118


def read(folder: Path, spec: RunSpec) -> LiveRun | None:
    """The run so far, or None before its first state."""
    try:
        lines = (folder / HISTORY).read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return None
    rows: list[dict[str, float]] = []
    for line in lines[:-1]:  # what follows the last line break is still being written
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if row.pop(_PLACE, None) == len(rows):
            rows.append(row)
    return LiveRun(spec, {}, folder, store.stack_history(rows)) if rows else None


def cut(folder: Path, states: int) -> bool:
    """Go back to so many states, as a checkpoint asks for; False, and none are left, if one of them is not whole."""
    rows = []
    try:
        for index in range(states):
            with safe_open(state_file(folder, index), framework="numpy") as file:
                rows.append(file.metadata()["row"])
    except (OSError, SafetensorError, KeyError, TypeError):
        return states == 0 or not cut(folder, 0)
    for path in folder.glob("state-*.safetensors"):
        if path.name >= state_file(folder, states).name:
            path.unlink(missing_ok=True)
    atomic.write(folder / HISTORY, "".join(f"{row}\n" for row in rows).encode(), sync=False)
    return True


def copy(source: Path, folder: Path, states: int) -> bool:
    """Give another job's folder the first states of this one's; False where they are not there any more."""
    try:
        for index in range(states):
            old, new = state_file(source, index), state_file(folder, index)
            try:
                os.link(old, new)  # a state's file is replaced, never changed
            except (OSError, NotImplementedError):
                shutil.copyfile(old, new)
        return cut(folder, states)
    except FileNotFoundError:
        return False


def unpack(run: Run, folder: Path) -> None:
    """Write a stored run as one in training that has come so far."""
    counts: dict[str, np.ndarray] = {}
    if (run.folder / COUNTS).exists():
        with safe_open(run.folder / COUNTS, framework="numpy") as file:
            counts = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    stacks = {name: run.weights(name).astype(np.float16) for name in run.shapes}
    for index in range(run.states):
        last = index == run.states - 1
        tensors = {name: stack[index - run.states] for name, stack in stacks.items() if len(stack) == run.states or last}
        tensors |= {EVALUATION + name: stack[index] for name, stack in counts.items() if index < len(stack)}
        _write(folder, index, tensors, {_PLACE: index, **{name: float(column[index]) for name, column in run.history.items()}})
    cut(folder, run.states)


def save_run(folder: Path, spec: RunSpec, header: Mapping[str, Any]) -> Run:
    """Store a training that has come to its end.

    Raises:
        FileNotFoundError: its files are gone.
        OSError: it cannot be stored.
    """
    run = read(folder, spec)
    if run is None:
        raise FileNotFoundError(folder.name)
    with safe_open(state_file(folder, 0), framework="numpy") as file:
        counted = [name[len(EVALUATION) :] for name in file.keys() if name.startswith(EVALUATION)]  # noqa: SIM118
    weights = {name: run.stored_weights(name) for name in run.shapes}
    return store.save(spec, run.history, weights, {name: run.evaluation(name) for name in counted}, header=header)
