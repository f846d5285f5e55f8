"""How a network is trained."""

from dataclasses import dataclass
from typing import Any

from core.specs.data import MOST_SEED
from core.specs.fields import check, choice, number, parts, require, whole

LOSSES = {"cross_entropy": "cross-entropy", "l1": "L1"}
OPTIMIZERS = {"adam": "Adam", "sgd": "SGD"}
DECAYS = {"all": "all weights", "kernels": "the convolution kernels"}
STORES = {
    "all": "every parameter of every state",
    "kernels": "convolution kernels of every state, everything of the last",
    "history": "the history alone",
}


MOST_EPOCHS = 2_000
MOST_CHANGES = 100


def _rate(default: float) -> Any:
    return number(default, title="Learning rate", least=0, most=10, above=True, step=1e-4, help="How far a step goes along the gradient.")


def _decay() -> Any:
    return number(
        0.0, title="Weight decay", least=0, most=10, step=1e-4, help="Pulls weights towards 0: this share of each is added to its gradient."
    )


def _momentum() -> Any:
    return number(
        0.0,
        title="Momentum",
        least=0,
        most=1,
        below=True,
        step=0.01,
        help="How much of the step before each SGD step keeps; Adam has its own.",
    )


@dataclass(frozen=True)
class Change:
    """What holds from an epoch on, changed while a network trained."""

    epoch: int = whole(1, title="After epoch", least=1, most=MOST_EPOCHS, help="Epochs that were completed when it was changed.")
    learning_rate: float = _rate(2e-3)
    momentum: float = _momentum()
    weight_decay: float = _decay()

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class TrainSpec:
    """How a network is trained and which of its states are kept."""

    loss: str = choice("cross_entropy", LOSSES, title="Loss", help="What the training makes small.")
    optimizer: str = choice("adam", OPTIMIZERS, title="Optimiser", help="How a step follows from the gradient.")
    learning_rate: float = _rate(2e-3)
    batch: int = whole(128, title="Batch size", unit="images", least=1, most=100_000, help="Images that a step is worked out from.")
    epochs: int = whole(
        50, title="Epochs", least=0, most=MOST_EPOCHS, help="Passes over the training images; state 0 comes before the first."
    )
    weight_decay: float = _decay()
    decay_on: str = choice("all", DECAYS, title="Decay on", help="Which weights the decay pulls; biases never.")
    seed: int = whole(0, title="Seed of the order", least=0, most=MOST_SEED, help="Another seed, another order of the images.")
    first_epoch_states: int = whole(
        0, title="States inside the first epoch", least=0, most=1_000, help="States kept there besides its start and its end."
    )
    store: str = choice("all", STORES, title="What is stored", help="Weights of all states, of kernels alone, or none.")
    threads: int = whole(1, title="Threads", least=1, most=64, help="Of torch; a part of the result, since float sums follow it.")
    momentum: float = _momentum()
    changes: tuple[Change, ...] = parts(
        Change, MOST_CHANGES, title="Changes on the way", help="Learning rate, momentum and decay that hold from some epoch on."
    )

    def __post_init__(self) -> None:
        check(self)
        epochs = [change.epoch for change in self.changes]
        require(
            epochs == sorted(set(epochs)) and (not epochs or epochs[-1] < self.epochs),
            f"Changes on the way: give them in order, each after another epoch and before the last of the {self.epochs:,} epochs.",
        )
        require(
            self.optimizer == "sgd" or not any(part.momentum for part in self.rates),
            "Momentum is a choice of SGD; set it to 0 for Adam, which has its own.",
        )

    @property
    def rates(self) -> "tuple[TrainSpec | Change, ...]":
        """What says learning rate, momentum and decay, at the start and after each change."""
        return (self, *self.changes)

    def at(self, epoch: int) -> "TrainSpec | Change":
        """What says learning rate, momentum and decay of the epoch that begins after so many."""
        return next((change for change in reversed(self.changes) if change.epoch <= epoch), self)
