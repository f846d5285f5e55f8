"""What came of a training, of whatever kind of network: how well it ended, whether it got stuck, and why."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.analysis import fate, health
from core.runs.run import Run

HARDLY = 0.02  # of its first value: a loss that has fallen by less has not fallen
SURE = 0.5  # share right from which a network had learned something before it was lost
SPLITS = {"accuracy_test": "test", "accuracy_validation": "validation", "accuracy_train": "training"}


@dataclass(frozen=True)
class Outcome:
    """How a training ended."""

    last: float  # share of `split` images right at the end; NaN where its history does not say
    best: float
    best_epoch: float
    loss: float  # of the training images at the end
    split: str  # "test", or what there is: "validation", "training"
    stuck: str  # why it has not learned, in a sentence; empty where it has


def outcome(run: Run, labelled: tuple[np.ndarray, np.ndarray] | None = None) -> Outcome:
    """What came of a run.

    Args:
        labelled: some images as it reads them and their labels, for a look at its units.
    """
    history = run.history
    column = next((name for name in SPLITS if name in history and np.isfinite(history[name]).any()), "")
    loss = float(history["loss"][-1]) if "loss" in history else float("nan")
    if not column:
        return Outcome(float("nan"), float("nan"), float("nan"), loss, "", "")
    right = np.nan_to_num(history[column])
    best = int(right.argmax())
    found = (float(right[-1]), float(right[best]), float(run.epochs[best]), loss, SPLITS[column])
    return Outcome(*found, _stuck(run, right, labelled) if run.epochs[-1] > 0 else "")


def _stuck(run: Run, right: np.ndarray, labelled: tuple[np.ndarray, np.ndarray] | None) -> str:
    """Why a run is stuck, from what is plain to what is likely; empty where it has learned."""
    model, classes = run.spec.model, run.spec.model.sizes[-1]
    if model.kind == "pulse_cnn" and fate.known(run.history):
        end = fate.fate(run.history, classes)
        return "" if end.kind == "learned" or (end.kind == "held" and end.last >= fate.GOOD - fate.NEAR) else end.sentence
    if right[-1] >= fate.BETTER / classes:
        return ""
    lost = f"It had {right.max():.1%} right and lost it: " if right.max() >= SURE else ""
    guess = f"{right[-1]:.1%} right at the end, as good as guessing among {classes}"
    last = run.state(-1)
    if model.initializer == "zeros" and _alike(last):
        return f"All units of a layer started alike, at 0, and got the same gradient ever since, so they cannot come apart; {guess}."
    loss = run.history.get("loss", np.empty(0))
    if len(loss) > 1 and loss[-1] > loss[0] * (1 + HARDLY):
        return f"{lost}The loss rose from {loss[0]:.3g} to {loss[-1]:.3g}: its steps are too long. Try a smaller learning rate; {guess}."
    found = [] if labelled is None or not last else health.layers(run.spec, last, *labelled)
    kind, sentence = health.verdict(run.spec, run.history, found)
    if kind in ("dead", "saturated"):
        return f"{lost}{sentence} {guess[0].upper()}{guess[1:]}."
    if len(loss) > 1 and loss[-1] > loss[0] * (1 - HARDLY):
        steps = "its steps may be too short, or there were too few of them"
        return f"The loss has hardly fallen ({loss[0]:.3g} to {loss[-1]:.3g} in {run.epochs[-1]:g} epochs): {steps}; {guess}."
    return f"{lost}{guess[0].upper()}{guess[1:]}, although the loss on its own images fell."


def _alike(weights: Mapping[str, np.ndarray]) -> bool:
    """Whether the units of the first layer with weights still have the same ones."""
    name = next((name for name in ("conv1.kernel", "dense1.kernel") if name in weights), "")
    if not name:
        return False
    kernel = weights[name]
    units = kernel.reshape(len(kernel), -1).T if kernel.ndim == 4 else kernel  # (inputs, units)
    return units.shape[1] > 1 and "dense2.kernel" in weights and bool((units == units[:, :1]).all())
