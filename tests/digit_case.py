"""Digit CNNs of many shapes, their weights drawn by numpy, for the tests: none has the shape of a shipped one."""

from collections.abc import Sequence
from math import prod

import numpy as np

from core.models.digit_layers import weight_shapes
from core.runs import store
from core.runs.run import Run
from core.specs import DataSpec, ModelSpec, PulseSpec, RunSpec, TrainSpec

MODELS = {
    "one convolution": ModelSpec("digit_cnn", (10,), channels=(3,), kernel_size=3, image=20),
    "hidden dense": ModelSpec("digit_cnn", (16, 10), "tanh", channels=(4, 6), kernel_size=5, image=28),
    "three convolutions": ModelSpec("digit_cnn", (10,), channels=(2, 3, 4), kernel_size=3, image=28),
    "even kernels": ModelSpec("digit_cnn", (12, 16, 10), "relu", channels=(6, 4), kernel_size=4, image=20),
    "two classes": ModelSpec("digit_cnn", (16, 2), "relu", channels=(3,), kernel_size=5, image=28),
}
EPOCHS = (0, 0.5, 1, 2)


def weights(model: ModelSpec, seed: int = 0) -> dict[str, np.ndarray]:
    """Random parameters of a size that lets values through, float16 as a run stores them."""
    rng = np.random.default_rng(seed)
    out = {}
    for name, shape in weight_shapes(model).items():
        fan_in = prod(shape[1:]) if len(shape) == 4 else shape[0]
        scale = 0.1 if name.endswith("bias") else np.sqrt(2 / fan_in)
        out[name] = rng.normal(0, scale, shape).astype(np.float16).astype(np.float32)
    return out


def spec(model: ModelSpec, data: DataSpec | None = None) -> RunSpec:
    """A run of this network: on MNIST, or on pulses where it has two classes."""
    if data is None and model.sizes[-1] == 2:
        data = DataSpec("pulses", train=100, validation=0, test=60, pulses=PulseSpec(size=model.image, classes=("square", "gaussian")))
    data = data or DataSpec("mnist", train=100, validation=0, test=10_000)
    return RunSpec(data, model, TrainSpec(optimizer="sgd", learning_rate=0.1, epochs=2))


def stored(run: RunSpec, epochs: Sequence[float] = EPOCHS, **history: Sequence[float]) -> Run:
    """Save a run with random weights, another seed a state, where KERNEL_EXPLORER_RUNS says."""
    states = [weights(run.model, seed) for seed in range(len(epochs))]
    columns = {
        "epoch": epochs,
        "step": [round(10 * epoch) for epoch in epochs],
        "accuracy_test": np.linspace(0.1, 0.5, len(epochs)),
        **history,
    }
    return store.save(run, columns, {name: np.stack([state[name] for state in states]) for name in states[0]})
