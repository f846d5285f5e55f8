"""A small training of each kind of network, and images for it."""

import numpy as np

from core.specs import DataSpec, ModelSpec, PulseSpec, RunSpec, TrainSpec

_FEW = DataSpec(train=60, validation=0, test=80)
TINY = {
    "dense": RunSpec(_FEW, ModelSpec(sizes=(784, 12, 10)), TrainSpec(batch=10, epochs=5)),
    "digit_cnn": RunSpec(
        _FEW,
        ModelSpec("digit_cnn", sizes=(10,), activation="relu", initializer="he", channels=(8, 16), kernel_size=5),
        TrainSpec(optimizer="sgd", learning_rate=0.1, batch=20, epochs=2),
    ),
    "pulse_cnn": RunSpec(
        DataSpec("pulses", train=40, validation=0, test=80, pulses=PulseSpec(size=40)),
        ModelSpec("pulse_cnn", sizes=(32, 16, 3), initializer="he", channels=(5, 1), kernel_size=9, image=40),
        TrainSpec(batch=20, epochs=2, store="kernels"),
    ),
}


def images(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Noise with a bright row whose height is the label."""
    rng = np.random.default_rng(["train", "validation", "test"].index(split))
    pixels, labels = rng.integers(0, 128, (80, 28, 28), dtype=np.uint8), rng.integers(0, 10, 80, dtype=np.uint8)
    pixels[np.arange(80), 2 * labels + 4] = 255
    return pixels, labels
