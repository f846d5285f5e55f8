"""What a run holds: its spec, its history and the weights of its stored states. Needs no torch."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open

from core.specs import RunSpec

SPEC = "spec.json"
HISTORY = "history.csv"
SEEDS = "seeds.csv"  # histories of the same run with other seeds, where a page speaks of spread
WEIGHTS = "weights.safetensors"
EVALUATION = "evaluation.safetensors"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Run:
    """One trained network as stored. Dense kernels are (inputs, outputs), convolution kernels (out, in, height, width).

    Every array that it gives is read-only, since everybody shares the run.
    """

    spec: RunSpec
    header: dict[str, Any]  # versions, data hash, names: what spec.json says beside the spec
    folder: Path
    history: dict[str, np.ndarray]  # column -> (states,), "epoch" among them; epoch 0 is the start

    def __post_init__(self) -> None:
        for column in self.history.values():
            frozen(column)

    @property
    def key(self) -> str:
        return self.spec.key

    @property
    def epochs(self) -> np.ndarray:
        """Epochs completed at each stored state, (states,); fractions lie inside the first epoch."""
        return self.history["epoch"]

    @property
    def states(self) -> int:
        """How many states are stored; state 0 is the start."""
        return len(self.epochs)

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of each stored stack, (states, ...) or (1, ...) where the last state alone is kept."""
        path = self.folder / WEIGHTS
        if not path.exists():
            return {}
        with safe_open(path, framework="numpy") as file:
            return {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118

    def weights(self, name: str) -> np.ndarray:
        """One parameter over the stored states, (states, ...) float32.

        Raises:
            KeyError: the run does not store this parameter.
        """
        return frozen(self._stack(WEIGHTS, name).astype(np.float32))

    def state(self, index: int) -> dict[str, np.ndarray]:
        """Every parameter that is kept of one state, float32; negative indices count from the end.

        Raises:
            IndexError: there is no such state.
        """
        if not -self.states <= index < self.states:
            raise IndexError(f"run {self.key} has states 0 to {self.states - 1}, not {index}")
        index %= self.states
        out: dict[str, np.ndarray] = {}
        if not self.shapes:
            return out
        with safe_open(self.folder / WEIGHTS, framework="numpy") as file:
            for name, shape in self.shapes.items():
                if shape[0] == self.states:
                    out[name] = frozen(file.get_slice(name)[index : index + 1][0].astype(np.float32))
                elif index == self.states - 1:
                    out[name] = frozen(file.get_tensor(name)[0].astype(np.float32))
        return out

    def at(self, index: int, name: str) -> np.ndarray:
        """One parameter of one state, float32, without reading the others.

        Raises:
            KeyError: the run does not keep this parameter of every state.
        """
        if self.shapes.get(name, (0,))[0] != self.states:
            raise KeyError(f"run {self.key} does not keep {name!r} of every state")
        with safe_open(self.folder / WEIGHTS, framework="numpy") as file:
            return frozen(file.get_slice(name)[index : index + 1][0].astype(np.float32))

    def evaluation(self, name: str) -> np.ndarray:
        """What was counted on the test images at each state: "confusion" is (states, classes, classes), rows actual.

        Raises:
            KeyError: the run does not store it.
        """
        return self._stack(EVALUATION, name)

    def evaluation_at(self, index: int, name: str) -> np.ndarray:
        """What was counted at one state, which may be counted from the end, without reading the others.

        Raises:
            KeyError: the run does not store it.
        """
        return self.evaluation(name)[index]

    @cached_property
    def seeds(self) -> dict[str, np.ndarray]:
        """Histories of this run with other seeds: column -> (rows,), "seed" and "epoch" among them; empty if none."""
        return read_table(self.folder / SEEDS) if (self.folder / SEEDS).exists() else {}

    def ends(self, column: str = "accuracy_test") -> np.ndarray:
        """One number of the last state over the run's seeds, (seeds,); empty where it, or other seeds, are not stored."""
        return self.seeds[column][self.seeds["epoch"] == self.epochs[-1]] if column in self.seeds else np.empty(0)

    def _stack(self, file_name: str, name: str) -> np.ndarray:
        path = self.folder / file_name
        if not path.exists():
            raise KeyError(f"run {self.key} stores no {file_name}")
        with safe_open(path, framework="numpy") as file:
            if name not in file.keys():  # noqa: SIM118
                raise KeyError(f"run {self.key} stores no {name!r}")
            return frozen(file.get_tensor(name))


def frozen(array: np.ndarray) -> np.ndarray:
    """The same array, read-only."""
    array.flags.writeable = False
    return array


def read_table(path: Path) -> dict[str, np.ndarray]:
    """A CSV file of numbers as column -> (rows,) float64, read-only.

    Raises:
        ValueError: a cell is not a number or the table is ragged.
    """
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    names = header.split(",")
    table = np.array([[float(cell) if cell else np.nan for cell in row.split(",")] for row in rows]).reshape(-1, len(names))
    return {name: frozen(table)[:, i] for i, name in enumerate(names)}


def write_table(path: Path, table: dict[str, np.ndarray]) -> None:
    """Write column -> (rows,) as CSV; numbers keep their full precision."""
    rows = zip(*(np.asarray(column).tolist() for column in table.values()), strict=True)
    lines = [",".join(table), *(",".join("" if v != v else repr(v) for v in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
