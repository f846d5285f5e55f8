"""Files to try the page with: states of a shipped network as others publish theirs, without a word about its layers."""

import io

import numpy as np

from core.data import catalog as data
from core.importing.drop import Drop, Group
from core.importing.leaving import steps_of
from core.importing.own_header import torch_names
from core.runs import catalog
from core.ui import cached
from pages.own import choices, mine

STATES = 3
FILE = "digit_net{}.npz"


def name() -> str:
    """The shipped network that the example is made of: one whose images are here."""
    return "digit-cnn" if not data.missing("mnist") else "uci-mlp"


def file_of(id_: str, state: int) -> bytes:
    """A state of a run as an .npz file with PyTorch's names and layouts."""
    run = cached.run(id_)
    spec = run.spec
    _, steps = steps_of(spec.model, cached.state(run, state), data.shape_of(spec.data))
    arrays = {}
    having = [parameters for _, parameters in steps if parameters]
    for (step, names), parameters in zip(torch_names([step for step, _ in steps]), having, strict=True):
        for part, called in names:
            arrays[f"layers.{called}"] = parameters[part].T if step.kind == "dense" and part == "kernel" else parameters[part]
    out = io.BytesIO()
    np.savez(out, **arrays)  # type: ignore[arg-type]  # numpy's stubs know no names
    return out.getvalue()


def group(several: bool) -> Group:
    """The files of the example: the last state, or STATES of them from the start on."""
    id_ = name()
    last = cached.run(id_).states - 1
    if not several:
        return Group(FILE.format(""), ({FILE.format(""): file_of(id_, last)},))
    states = sorted({1, last // 2, last})[:STATES]
    each = tuple({FILE.format(f"_{i}"): file_of(id_, state)} for i, state in enumerate(states, start=1))
    return Group(FILE.format(""), each)


def start(several: bool) -> None:
    """Have the example read like any dropped file."""
    choices.put(data=choices.GUESS)
    mine.start(Drop([group(several)], catalog.find(name()).spec.data.name))
