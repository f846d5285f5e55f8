"""How a network is trained."""

from dataclasses import dataclass

from core.specs.data import MOST_SEED
from core.specs.fields import check, choice, number, whole

LOSSES = {"cross_entropy": "cross-entropy", "l1": "L1"}
OPTIMIZERS = {"adam": "Adam", "sgd": "SGD"}
DECAYS = {"all": "all weights", "kernels": "the convolution kernels"}
STORES = {
    "all": "every parameter of every state",
    "kernels": "convolution kernels of every state, everything of the last",
    "history": "the history alone",
}


@dataclass(frozen=True)
class TrainSpec:
    """How a network is trained and which of its states are kept."""

    loss: str = choice("cross_entropy", LOSSES, title="Loss", help="What the training makes small.")
    optimizer: str = choice("adam", OPTIMIZERS, title="Optimiser", help="How a step follows from the gradient.")
    learning_rate: float = number(
        2e-3, title="Learning rate", least=0, most=10, above=True, step=1e-4, help="How far a step goes along the gradient."
    )
    batch: int = whole(128, title="Batch size", unit="images", least=1, most=100_000, help="Images that a step is worked out from.")
    epochs: int = whole(50, title="Epochs", least=0, most=2_000, help="Passes over the training images; state 0 comes before the first.")
    weight_decay: float = number(
        0.0, title="Weight decay", least=0, most=10, step=1e-4, help="Pulls weights towards 0: this share of each is added to its gradient."
    )
    decay_on: str = choice("all", DECAYS, title="Decay on", help="Which weights the decay pulls; biases never.")
    seed: int = whole(0, title="Seed of the order", least=0, most=MOST_SEED, help="Another seed, another order of the images.")
    first_epoch_states: int = whole(
        0, title="States inside the first epoch", least=0, most=1_000, help="States kept there besides its start and its end."
    )
    store: str = choice("all", STORES, title="What is stored", help="Weights of all states, of kernels alone, or none.")
    threads: int = whole(1, title="Threads", least=1, most=64, help="Of torch; a part of the result, since float sums follow it.")

    def __post_init__(self) -> None:
        check(self)
