"""One network at one of its stored states: what every panel of every page gets."""

from dataclasses import dataclass, replace

import numpy as np

from core.runs import catalog, room
from core.runs.run import Run
from core.ui import cached


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
