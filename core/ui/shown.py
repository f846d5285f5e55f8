"""One network at one of its stored states: what every panel of every page gets."""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import numpy as np
import streamlit as st

from core.runs import catalog, room, store
from core.runs.run import Run
from core.ui import cached

MOST_OWN = 100  # keys of own runs that a browser keeps
_PERSON, _KEY = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True)
class Shown:
    """One run at one stored state. Sizes, layers, epochs and words come from here and from nowhere else."""

    run: Run
    state: int  # index of the stored state, 0 = the start
    id: str  # how links call the run: its shipped name or its key

    @property
    def key(self) -> str:
        """The run's key, for caches."""
        return self.run.key

    @property
    def title(self) -> str:
        """What people call the run."""
        return catalog.entry(self.run.spec).title

    @property
    def last(self) -> bool:
        """Whether this is the last stored state."""
        return self.state == self.run.states - 1

    @property
    def epoch(self) -> float:
        """Epochs completed."""
        return float(self.run.epochs[self.state])

    @property
    def words(self) -> str:
        """The state in words: "untrained", "step 40 of epoch 1", "epoch 12"."""
        return state_words(self.run, self.state)

    @property
    def weights(self) -> dict[str, np.ndarray]:
        """Every parameter that is kept of this state, float32, read-only."""
        return cached.state(self.run, self.state)

    def over_states(self, parameter: str) -> np.ndarray:
        """One parameter over all stored states, (states, ...) float32, read-only."""
        return cached.stack(self.run, parameter)

    def at(self, state: int) -> "Shown":
        """The same run at another state; negative numbers count from the end."""
        return replace(self, state=state % self.run.states)


def state_words(run: Run, state: int) -> str:
    """A stored state in words."""
    epoch = float(run.epochs[state])
    if epoch == 0:
        return "untrained"
    if epoch % 1 == 0:
        return f"epoch {epoch:g}"
    inside = int(epoch) + 1
    if "step" not in run.history:
        return f"epoch {epoch:.3g}"
    before = run.history["step"][: state + 1][run.epochs[: state + 1] <= int(epoch)]
    return f"step {int(run.history['step'][state] - before[-1]):,} of epoch {inside}"


def labels(run: Run) -> list[str]:
    """Each stored state as links and players call it: the epochs completed, short (12, or 0.04 inside the first)."""
    return [f"{epoch:.4g}" for epoch in run.epochs]


def nearest(run: Run, epoch: float) -> int:
    """The stored state nearest to so many epochs."""
    return int(np.abs(run.epochs - epoch).argmin())


def of(id_: str, state: int | None = None) -> Shown:
    """A run of the catalogue at a state, the last unless another is asked for; beyond the last is the last.

    Raises:
        core.runs.store.MissingRun, core.runs.store.DamagedRun: with a sentence for the page.
    """
    run = cached.run(id_)
    room.use(run.key)
    index = run.states - 1 if state is None else min(state, run.states - 1)
    return Shown(run, index, catalog.find(id_).id)


def person() -> str:
    """Who this visitor is, for trainings that they want: a random name that the browser keeps, see core/ui/screen/person.js."""
    return st.session_state.setdefault("_person", uuid4().hex)


def own() -> list[str]:
    """Keys of the runs that this person trained or brought, newest first."""
    return st.session_state.setdefault("_own-runs", [])


def add_own(key: str) -> None:
    """Remember a run as this person's own."""
    if key in own():
        own().remove(key)
    own().insert(0, key)


def own_sets() -> list[str]:
    """Names of the sets of images that this person has had kept, newest first; those of their runs are among them."""
    found: list[str] = st.session_state.setdefault("_own-sets", [])
    for key in own():
        with suppress(store.MissingRun, store.DamagedRun):
            data = catalog.find(key).spec.data
            if data.own is not None and data.name not in found:
                found.append(data.name)
    return found


def add_set(name: str) -> None:
    """Remember a set of images as this person's own."""
    if name not in own_sets():
        own_sets().insert(0, name)


def meet(name: Any, keys: Any) -> None:
    """Take this visitor for somebody who was here before, by what their browser has kept; what is not of its form counts for nothing."""
    if isinstance(name, str) and _PERSON.fullmatch(name):
        st.session_state["_person"] = name
    for key in keys[:MOST_OWN] if isinstance(keys, list) else ():
        if isinstance(key, str) and _KEY.fullmatch(key) and key not in own():
            own().append(key)
