"""The shipped runs of the templates page: one layer and ten hidden units, on digits and on pictures.

The one-layer networks start from zero: what shows in a template was learned, and it does appear out of nothing. Those of
pictures see large batches and decay, since noise of single steps and of single images is what blurs a template.
"""

from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec

_MNIST = DataSpec("mnist", train=54_000, validation=6_000, test=10_000)
_CIFAR10 = DataSpec("cifar10", train=40_000, validation=0, test=10_000)


def _pictures(weight_decay: float, epochs: int) -> RunSpec:
    """One layer on CIFAR-10."""
    return RunSpec(
        _CIFAR10,
        ModelSpec("dense", sizes=(3_072, 10), initializer="zeros"),
        TrainSpec("cross_entropy", "adam", 3e-4, batch=1_000, epochs=epochs, weight_decay=weight_decay, first_epoch_states=8),
    )


RUNS: dict[str, RunSpec] = {
    "softmax-mnist": RunSpec(
        _MNIST,
        ModelSpec("dense", sizes=(784, 10), initializer="zeros"),
        TrainSpec("cross_entropy", "adam", 1e-3, batch=128, epochs=30, weight_decay=1e-4, first_epoch_states=24),
    ),
    "softmax-cifar10": _pictures(1e-3, epochs=40),
    "softmax-cifar10-smooth": _pictures(0.1, epochs=20),  # a hundred times the decay: clearer templates, lower accuracy
    "hidden-mnist": RunSpec(
        _MNIST,
        ModelSpec("dense", sizes=(784, 10, 10), activation="sigmoid"),
        TrainSpec("cross_entropy", "adam", 3e-3, batch=128, epochs=30, weight_decay=1e-4),
    ),
    "hidden-cifar10": RunSpec(
        _CIFAR10,
        ModelSpec("dense", sizes=(3_072, 10, 10), activation="sigmoid"),
        TrainSpec("cross_entropy", "adam", 1e-3, batch=500, epochs=30, weight_decay=1e-4),
    ),
}

TITLES = {
    "softmax-mnist": ("Digits, one layer", "784 pixels straight to ten digits, on MNIST, started from zero."),
    "hidden-mnist": ("Digits, 10 hidden units", "784-10-10, sigmoid, on MNIST."),
    "softmax-cifar10": ("Pictures, one layer", "32×32 pixels in three colours straight to ten classes, on CIFAR-10."),
    "softmax-cifar10-smooth": (
        "Pictures, one layer, strong weight decay",
        "The same with a hundred times the decay: clearer templates, fewer pictures right.",
    ),
    "hidden-cifar10": ("Pictures, 10 hidden units", "3,072-10-10, sigmoid, on CIFAR-10."),
}
