"""A run as two files, and back: its spec and history as JSON, its weights over all states as safetensors.

What comes back is somebody's word, and nobody has trained it here: it is kept as a network that was brought in, under a key of its own,
unless it is, weight for weight, the run that is stored already.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from core.importing.refusal import refuse, shortly
from core.models import digit_layers, pulse_layers
from core.runs import contents, store
from core.runs.run import Run
from core.specs import ModelSpec, OriginSpec, RunSpec, SpecError, from_dict, to_dict

COUNTED = "evaluation/"  # before the name of what was counted on test images, among the tensors
MOST_TEXT = 4_000_000  # bytes of the JSON
MOST_STATES = 3_000
MOST_COLUMNS = 60
_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NOT_OURS = "Drop the two files that a download of a run gives: the spec (.json) and the weights (.safetensors)."


def about(run: Run) -> str:
    """The JSON of a run: spec, history, and what it was made with."""
    history = {name: [None if value != value else value for value in column.tolist()] for name, column in run.history.items()}
    made = {name: run.header[name] for name in ("versions", "data_sha256") if name in run.header}
    return json.dumps({"spec": to_dict(run.spec), "key": run.key, "history": history, **made}, indent=1, sort_keys=True) + "\n"


def weights(run: Run) -> bytes:
    """The safetensors of a run: every parameter over its states, (states, ...) float16, and what was counted."""
    tensors = {name: run.weights(name).astype(np.float16) for name in run.shapes}
    for name in ("confusion", "confusion_float32"):
        try:
            tensors[COUNTED + name] = run.evaluation(name)
        except KeyError:
            continue
    return save({name: np.ascontiguousarray(value) for name, value in tensors.items()})


def back(text: bytes, tensors: bytes, name: str) -> Run:
    """The run of two such files, stored here.

    Args:
        name: what its owner calls it.

    Raises:
        core.importing.refusal.Refused: they are none, or do not fit each other; in a sentence.
        OSError: it cannot be stored.
    """
    spec, history = _read(text)
    stacks, counts = _tensors(tensors)
    if not stacks:
        refuse(f"There are no weights in the file. {_NOT_OURS}")
    states = max(len(stack) for stack in stacks.values())
    _check(spec.model, stacks, states)
    classes = spec.model.sizes[-1]
    for counted in counts.values():
        if counted.shape != (states, classes, classes) or counted.dtype.kind != "i" or counted.min(initial=0) < 0:
            refuse(f"The counts on test images do not fit {states} states and {classes} classes. {_NOT_OURS}")
    table = history or _usual(spec, states)
    if len(table["epoch"]) != states:
        refuse(f"The history has {len(table['epoch']):,} states, the weights {states:,}: the two files are of different runs.")
    if spec.origin is None and (same := _same(spec, stacks)) is not None:
        return same
    digest = hashlib.sha256(tensors).hexdigest()
    known = spec.origin.name if spec.origin else shortly(name.strip(), 80) or "run"
    brought = replace(spec, origin=OriginSpec(known, digest))
    precision = np.float16 if all(stack.dtype == np.float16 for stack in stacks.values()) else np.float32
    return store.save(brought, table, stacks, counts, header={"source": spec.key}, precision=precision)


def _read(text: bytes) -> tuple[RunSpec, dict[str, np.ndarray]]:
    """Spec and history; the history is empty where a spec stands alone."""
    if len(text) > MOST_TEXT:
        refuse(f"The JSON is too large for that of a run. {_NOT_OURS}")
    try:
        found = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        refuse(f"This is no JSON. {_NOT_OURS}")
    if not isinstance(found, dict):
        refuse(f"This is not the JSON of a run. {_NOT_OURS}")
    try:
        spec = from_dict(RunSpec, found.get("spec", found))
    except (SpecError, TypeError) as error:
        refuse(shortly(error, 300) if isinstance(error, SpecError) else f"This is not the JSON of a run. {_NOT_OURS}")
    if spec.model.kind == "sequence":
        refuse("This network was brought in as a sequence of layers; bring in its own file again.")
    return spec, _history(found["history"]) if "spec" in found and "history" in found else {}


def _history(found: Any) -> dict[str, np.ndarray]:
    if not isinstance(found, dict) or "epoch" not in found or len(found) > MOST_COLUMNS:
        refuse(f"The history in the JSON is not that of a run. {_NOT_OURS}")
    out: dict[str, np.ndarray] = {}
    for name, values in found.items():
        whole = isinstance(values, list) and 0 < len(values) <= MOST_STATES and len(values) == len(found["epoch"])
        if not whole or not _COLUMN.fullmatch(str(name)) or not all(map(_number, values)):
            refuse(f"The history in the JSON is not that of a run. {_NOT_OURS}")
        out[str(name)] = np.array([math.nan if value is None else float(value) for value in values])
    epochs = out["epoch"]
    if not np.isfinite(epochs).all() or epochs[0] < 0 or (np.diff(epochs) <= 0).any() or not np.isfinite(out.get("step", epochs)).all():
        refuse("The epochs of its history do not rise. Download the run again.")
    return out


def _number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300)


def _usual(spec: RunSpec, states: int) -> dict[str, np.ndarray]:
    """Epochs of the states, where nothing is known but how many there are: one after each epoch, else evenly spread."""
    end = spec.train.epochs
    epochs = np.arange(states) * 1.0 if states == end + 1 or not end else np.linspace(0, end, states)
    return {"epoch": np.array([float(end)]) if states == 1 else epochs}


def _tensors(content: bytes) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Weights, and counts on test images."""
    try:
        found = load(content)
    except (SafetensorError, ValueError, KeyError, TypeError, MemoryError, OverflowError):
        refuse(f"The weights are no safetensors file that can be read. {_NOT_OURS}")
    counts = {name.removeprefix(COUNTED): value for name, value in found.items() if name.startswith(COUNTED)}
    if any(not re.fullmatch(r"confusion(_float32)?", name) for name in counts):
        refuse(f"The file counts what no run counts. {_NOT_OURS}")
    return {name: value for name, value in found.items() if not name.startswith(COUNTED)}, counts


def _shapes(model: ModelSpec) -> Mapping[str, tuple[int, ...]]:
    if model.kind == "dense":
        return contents.dense_shapes(model)
    return digit_layers.weight_shapes(model) if model.kind == "digit_cnn" else pulse_layers.shapes(model)


def _check(model: ModelSpec, stacks: Mapping[str, np.ndarray], states: int) -> None:
    """Hold the weights against the network."""
    try:
        wanted = _shapes(model)
    except SpecError as error:
        refuse(str(error))
    if states > MOST_STATES or set(stacks) != set(wanted):
        missing = sorted(set(wanted) - set(stacks))
        refuse(f"The weights are not those of this network{f': {missing[0]} is missing' if missing else ''}. {_NOT_OURS}")
    for name, stack in stacks.items():
        if stack.ndim != len(wanted[name]) + 1 or stack.shape[1:] != wanted[name] or len(stack) not in (1, states):
            refuse(f"{name} has the shape {stack.shape[1:]}, the network's is {wanted[name]}: the two files are of different runs.")
        if stack.dtype not in (np.float16, np.float32):
            refuse(f"{name} holds numbers of another kind than float16 or float32. {_NOT_OURS}")
        if not np.isfinite(stack).all():
            refuse(f"{name} holds values that are no numbers. Download the run again.")


def _same(spec: RunSpec, stacks: Mapping[str, np.ndarray]) -> Run | None:
    """The stored run, where it has the same weights in every state."""
    try:
        run = store.find(spec)
    except store.DamagedRun:
        return None
    if run is None or set(run.shapes) != set(stacks):
        return None
    same = all(run.shapes[name] == stack.shape and np.array_equal(run.weights(name), stack) for name, stack in stacks.items())
    return run if same else None
