"""A run in training, read from the files that its worker writes; analysis sees no difference from a stored one."""

import json
from functools import cached_property
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from core.runs import store
from core.runs.run import Run, frozen
from core.specs import RunSpec
from core.training.loop import EpochRecord, last_only

HISTORY = "history.jsonl"  # a line a state
EVALUATION = "evaluation/"  # before the name of what was counted, in a state's file


class LiveRun(Run):
    """What is known so far: one state a file, those whose line stands in the history."""

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        if self.spec.train.store == "history":
            return {}
        with safe_open(state_file(self.folder, self.states - 1), framework="numpy") as file:
            names = [name for name in file.keys() if not name.startswith(EVALUATION)]  # noqa: SIM118
            return {name: (self._count(name), *file.get_slice(name).get_shape()) for name in names}

    def _count(self, name: str) -> int:
        return 1 if last_only(self.spec.train, name) else self.states

    def weights(self, name: str) -> np.ndarray:
        if name not in self.shapes:
            raise KeyError(f"run {self.key} stores no {name!r}")
        return frozen(np.stack([self._tensor(i, name) for i in range(self.states - self.shapes[name][0], self.states)]).astype(np.float32))

    def state(self, index: int) -> dict[str, np.ndarray]:
        if not -self.states <= index < self.states:
            raise IndexError(f"run {self.key} has states 0 to {self.states - 1} so far, not {index}")
        index %= self.states
        names = [name for name, shape in self.shapes.items() if shape[0] == self.states or index == self.states - 1]
        return {name: frozen(self._tensor(index, name).astype(np.float32)) for name in names}

    def evaluation(self, name: str) -> np.ndarray:
        try:
            return frozen(np.stack([self._tensor(i, EVALUATION + name) for i in range(self.states)]))
        except (KeyError, FileNotFoundError):
            raise KeyError(f"run {self.key} stores no {name!r}") from None

    def _tensor(self, index: int, name: str) -> np.ndarray:
        with safe_open(state_file(self.folder, index), framework="numpy") as file:
            if name not in file.keys():  # noqa: SIM118
                raise KeyError(name)
            return file.get_tensor(name)


def state_file(folder: Path, index: int) -> Path:
    """The file of one state."""
    return folder / f"state-{index:05d}.safetensors"


def write(folder: Path, spec: RunSpec, index: int, record: EpochRecord) -> None:
    """Add one state: its tensors first, then its line, so that a line never promises what is not there."""
    if spec.train.store != "history":
        tensors = {name: np.ascontiguousarray(value, dtype=np.float16) for name, value in record.weights.items()}
        tensors |= {EVALUATION + name: np.ascontiguousarray(value) for name, value in record.evaluation.items()}
        save_file(tensors, state_file(folder, index))
        if index > 1 and spec.train.store == "kernels":
            _drop_large(folder, spec, index - 2)  # not the one before, which somebody may be reading as the last
    row = {"epoch": record.epoch, "step": record.step, "seconds": record.seconds, **record.metrics}
    with (folder / HISTORY).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def _drop_large(folder: Path, spec: RunSpec, index: int) -> None:
    """Write a state again without what is kept of the last state alone."""
    path = state_file(folder, index)
    with safe_open(path, framework="numpy") as file:
        kept = {name: file.get_tensor(name) for name in file.keys() if name.startswith(EVALUATION) or not last_only(spec.train, name)}  # noqa: SIM118
    save_file(kept, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


def read(folder: Path, spec: RunSpec) -> LiveRun | None:
    """The run so far, or None before its first state."""
    try:
        lines = (folder / HISTORY).read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return None
    rows = [json.loads(line) for line in lines[:-1]]  # what follows the last line break is still being written
    return LiveRun(spec, {}, folder, store.stack_history(rows)) if rows else None
