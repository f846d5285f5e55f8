"""What became of a pulse CNN in training: learned, waiting or dead, and since when. Reads a history alone.

Dead is an act of exactly 0 that stays: runs with an act of 0.0002 have come back.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

GOOD = 0.95  # share of test images right from which a network has learned
BETTER = 1.2  # times a guess among the classes: below it nothing is learned
NEAR = 0.07  # of a share: so near to k of the classes, k of them are told apart
WORDS = {2: "two", 3: "three", 4: "four"}


@dataclass(frozen=True)
class Fate:
    """How a run ended."""

    kind: str  # learned, dropped, dead, held, waiting or unknown
    epoch: float | None  # from which on act is 0, where it is
    best: float  # highest share of test images right
    best_epoch: float
    last: float  # share of test images right at the end
    act: float  # at the end
    classes: int  # of pulses

    @property
    def sentence(self) -> str:
        """The fate in words, with its numbers."""
        best = f"{self.best:.1%} of the test pulses right at epoch {self.best_epoch:g}"
        if self.kind == "unknown":
            return "What became of it can't be told: its history says nothing of the test pulses or of act."
        if self.kind == "dropped":
            return (
                f"It learned ({best}) and died by epoch {self.epoch:g}: from then on the second convolution gives nothing above 0, "
                f"so no gradient reaches a kernel; {self.last:.1%} at the end, one class for all."
            )
        if self.kind == "dead":
            when = "before its first state was kept" if self.epoch == 0 else f"by epoch {self.epoch:g}"
            return (
                f"It died {when}, before it had learned: the second convolution gives nothing above 0, its ReLU passes nothing back, "
                f"and the kernels learn nothing more; {self.last:.1%} at the end, as good as a guess."
            )
        if self.kind == "learned":
            return f"It learned: {self.last:.1%} of the test pulses right at the end, {best}."
        if self.kind == "held":
            return f"It is held {self._apart()}: {self.last:.1%} at the end. Its act is {self.act:.2g}, so it is not dead."
        return (
            f"It waits: {self.last:.1%} at the end, no better than a guess, but act is {self.act:.2g} and not 0, "
            "so gradients still reach the kernels."
        )

    def _apart(self) -> str:
        """Where it is held, in words."""
        told = round(self.last * self.classes)
        if 2 <= told < self.classes and abs(self.last - told / self.classes) <= NEAR:
            return f"where {WORDS.get(told, told)} classes of {WORDS.get(self.classes, self.classes)} are told apart"
        return "where it has learned a part"


def died(history: Mapping[str, np.ndarray]) -> float | None:
    """The first epoch from which act is 0 to the end, or None while it lives."""
    alive = np.flatnonzero(history["act"] > 0)
    if len(alive) and alive[-1] == len(history["act"]) - 1:
        return None
    return float(history["epoch"][alive[-1] + 1 if len(alive) else 0])


def known(history: Mapping[str, np.ndarray]) -> bool:
    """Whether the history tells act and the share of test images right at every state."""
    return all(name in history and np.isfinite(history[name]).all() for name in ("act", "accuracy_test"))


def fate(history: Mapping[str, np.ndarray], classes: int = 3) -> Fate:
    """What became of the run with this history, whose test images are of so many classes."""
    if not known(history):
        none = float("nan")
        return Fate("unknown", None, none, none, none, none, classes)
    right, epochs = history["accuracy_test"], history["epoch"]
    end, best = died(history), int(np.argmax(right))
    if end is not None:
        before = float(right[epochs < end].max(initial=0.0))
        kind = "dropped" if before >= GOOD else "dead"
    else:
        kind = "learned" if right[-1] >= GOOD else "held" if right[-1] >= BETTER / classes else "waiting"
    return Fate(kind, end, float(right[best]), float(epochs[best]), float(right[-1]), float(history["act"][-1]), classes)


def state_now(history: Mapping[str, np.ndarray], state: int) -> str:
    """ "learned", "waiting" or "dead" at one state, from what is known there."""
    if history["act"][state] == 0:
        return "dead"
    return "learned" if history["accuracy_test"][state] >= GOOD else "waiting"


def quiet(history: Mapping[str, np.ndarray], classes: int, epochs: float = 5) -> np.ndarray:
    """States, so many epochs in or later, at which nothing is learned yet: there loss alone cannot tell waiting from dead."""
    if not known(history):
        return np.empty(0, int)
    return np.flatnonzero((history["accuracy_test"] < BETTER / classes) & (history["epoch"] >= epochs))
