"""Dense networks on MNIST: five layers from two starts, and one wide hidden layer with ReLU."""

from dataclasses import replace

from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec

_RANDOM = RunSpec(
    DataSpec("mnist", train=54_000, validation=6_000, test=10_000),
    ModelSpec("dense", sizes=(784, 49, 7, 15, 15, 10), activation="tanh", initializer="glorot_normal"),
    TrainSpec(optimizer="adam", learning_rate=2e-3, batch=128, epochs=50),
)

RUNS = {
    "mlp-random": _RANDOM,
    "mlp-diagonal": replace(_RANDOM, model=replace(_RANDOM.model, initializer="alternating_diagonal")),
    "mlp-relu": RunSpec(
        _RANDOM.data,
        ModelSpec("dense", sizes=(784, 128, 10), activation="relu", initializer="he"),
        TrainSpec(optimizer="adam", learning_rate=1e-3, batch=128, epochs=16, first_epoch_states=4),
    ),
}

TITLES = {
    "mlp-random": ("Five dense layers, random start", "784-49-7-15-15-10, tanh, on MNIST; weights start at random."),
    "mlp-diagonal": (
        "Five dense layers, alternating diagonal start",
        "The same network; each matrix starts as a diagonal of -1 and +1 in turn.",
    ),
    "mlp-relu": ("One hidden layer of 128, ReLU", "784-128-10, ReLU, on MNIST; weights start at random (He normal)."),
}
