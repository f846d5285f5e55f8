"""What a stored run must hold: a history of its states, and tensors of the shapes that its spec asks for."""

import re
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from core.runs.run import EVALUATION, WEIGHTS, Run
from core.runs.seal import Broken
from core.specs import ModelSpec

# What reading a file that somebody has changed can raise, from deep JSON to tensors of no type that numpy knows.
UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, MemoryError, SafetensorError)
FLOATS = ("F16", "F32", "F64")
COUNTS = ("I32", "I64")


def check(run: Run) -> None:
    """Hold a run against its spec.

    Raises:
        Broken: it lacks something, or something has another shape than it must have.
        One of UNREADABLE: a file cannot be read.
    """
    _check_history(run)
    try:
        _check_weights(run)
        _check_evaluation(run)
    except SafetensorError as error:
        raise Broken("its tensors cannot be read") from error


def dense_shapes(model: ModelSpec) -> dict[str, tuple[int, ...]]:
    """Shape of each parameter of dense layers: kernels (inputs, outputs), biases (outputs,)."""
    out: dict[str, tuple[int, ...]] = {}
    for i, shape in enumerate(zip(model.sizes, model.sizes[1:], strict=False), start=1):
        out |= {f"dense{i}.kernel": shape, f"dense{i}.bias": shape[1:]}
    return out


def _check_history(run: Run) -> None:
    """Its states in order, and the same of other seeds."""
    epochs = run.history.get("epoch")
    if epochs is None or not len(epochs):
        raise Broken("its history has no epochs")
    if not np.isfinite(epochs).all() or epochs[0] < 0 or (np.diff(epochs) <= 0).any():
        raise Broken("the epochs of its history do not rise")
    if not np.isfinite(run.history.get("step", epochs)).all():
        raise Broken("its history lacks steps")
    if run.seeds:
        for column in ("seed", "epoch", *(["accuracy_test"] if "accuracy_test" in run.history else [])):
            if column not in run.seeds:
                raise Broken(f"its histories with other seeds have no {column}")
        if not all(np.isfinite(run.seeds[column]).all() for column in ("seed", "epoch")):
            raise Broken("its histories with other seeds lack epochs")


def _check_weights(run: Run) -> None:
    """Every parameter spans all states or the last alone; of CNNs the pages say what a state lacks."""
    wanted = dense_shapes(run.spec.model) if run.spec.model.kind == "dense" and run.shapes else {}
    for name in [*run.header.get("parameters", []), *wanted]:
        if name not in run.shapes:
            raise Broken(f"the parameter {_called(name)} is missing")
    for name, shape in run.shapes.items():
        if not shape or shape[0] not in (1, run.states):
            raise Broken(f"{_called(name)} holds {shape[0] if shape else 0} states, its history {run.states}")
        if shape[1:] != wanted.get(name, shape[1:]):
            raise Broken(f"{name} has the shape {shape[1:]}, not {wanted[name]}")
    if run.shapes:
        _check_types(run.folder / WEIGHTS, FLOATS)


def _called(name: str) -> str:
    """A tensor's name as a sentence can hold it: whoever changed the file may have put anything there."""
    return name if re.fullmatch(r"[a-z0-9.]{1,40}", name) else "of a name that is none"


def _check_evaluation(run: Run) -> None:
    """Counts are whole numbers, classes by classes, of every state."""
    path = run.folder / EVALUATION
    if not path.exists():
        return
    classes = run.spec.model.sizes[-1]
    for name, shape in _check_types(path, (*FLOATS, *COUNTS)).items():
        if name.startswith("confusion") and shape != (run.states, classes, classes):
            raise Broken("its counts do not fit its states and classes")
        if not shape or shape[0] not in (1, run.states):
            raise Broken("its evaluation does not fit its states")


def _check_types(path: Path, types: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Shapes of the tensors in a file, each of one of these types."""
    with safe_open(path, framework="numpy") as file:
        slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
        for part in slices.values():
            if part.get_dtype() not in types:
                raise Broken("its tensors cannot be read (a type that is not used here)")
        return {name: tuple(part.get_shape()) for name, part in slices.items()}
