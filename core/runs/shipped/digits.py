"""The shipped runs of the digits page: the seed's small training, and the same network on all of MNIST."""

from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec

MODEL = ModelSpec("digit_cnn", sizes=(10,), activation="relu", initializer="he", channels=(8, 16), kernel_size=5)
SMALL = RunSpec(
    DataSpec("mnist", train=500, validation=100, test=10_000),
    MODEL,
    TrainSpec(optimizer="sgd", learning_rate=0.15, batch=64, epochs=10, first_epoch_states=4),
)
LARGE = RunSpec(
    DataSpec("mnist", train=54_000, validation=6_000, test=10_000),
    MODEL,
    TrainSpec(optimizer="sgd", learning_rate=0.15, batch=64, epochs=16, first_epoch_states=8),
)

RUNS: dict[str, RunSpec] = {"digit-cnn-small": SMALL, "digit-cnn": LARGE}
SEEDS = (0, 1, 2, 3, 4)

TITLES = {
    "digit-cnn": ("Digit recogniser", "Two convolutions and a dense layer, trained on 54,000 digits of MNIST."),
    "digit-cnn-small": ("Digit recogniser, 500 digits", "The same network, trained on 500 digits in ten epochs."),
}
