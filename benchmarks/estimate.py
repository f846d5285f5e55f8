"""What the lab says that a training will take, against what it takes: ten trainings of different kinds, none of them measured before.

Usage: python -m benchmarks.estimate

The machine is measured as the lab does it, then each training is done as a worker does it, its files included. Seconds are those of the
processor, the mean of two tries, so that what else runs on the machine counts little; loading Python and torch is left out of both.
"""

import json
from dataclasses import replace

import numpy as np
import torch

from benchmarks.figures import table
from core.data import catalog
from core.runs.shipped import RUNS
from core.specs import DataSpec, ModelSpec, PulseSpec, RunSpec, TrainSpec
from core.training import calibration, estimate

LIMIT = 1.5  # times too long or too short
_UCI = DataSpec("uci-digits", train=1_200, validation=197, test=400)
_CNN = ModelSpec("digit_cnn", sizes=(10,), activation="relu", initializer="he", channels=(8, 16), kernel_size=5)
_PULSES = DataSpec("pulses", train=600, validation=0, test=200, pulses=PulseSpec(size=64))
_SOFT = RUNS["pulse-reliable"].model


def kinds() -> dict[str, RunSpec]:
    """The ten; those on MNIST where it is here."""
    digits = DataSpec("uci-digits", train=500, validation=100, test=400)
    large = DataSpec("mnist", train=10_000, validation=1_000, test=2_000)
    if catalog.missing("mnist"):
        large = _UCI
    pixels = catalog.pixels_of(large)
    return {
        "MLP 64-32-16-10": RunSpec(_UCI, ModelSpec(sizes=(64, 32, 16, 10)), TrainSpec(learning_rate=3e-3, batch=32, epochs=30)),
        "one layer": RunSpec(_UCI, ModelSpec(sizes=(64, 10), initializer="zeros"), TrainSpec(batch=32, epochs=40)),
        "ten hidden, SGD": RunSpec(
            _UCI, ModelSpec(sizes=(64, 10, 10), activation="sigmoid"), TrainSpec(optimizer="sgd", momentum=0.9, batch=16, epochs=25)
        ),
        "five layers on the largest set": RunSpec(large, ModelSpec(sizes=(pixels, 49, 7, 15, 15, 10)), TrainSpec(batch=128, epochs=8)),
        "wide ReLU on the largest set": RunSpec(
            large, ModelSpec(sizes=(pixels, 400, 10), activation="relu", initializer="he"), TrainSpec(batch=100, epochs=4)
        ),
        "digit CNN, 500 digits": RunSpec(digits, _CNN, TrainSpec(optimizer="sgd", learning_rate=0.15, batch=64, epochs=8)),
        "digit CNN, kernels of 3, Adam": RunSpec(
            digits, replace(_CNN, channels=(12, 24), kernel_size=3, sizes=(32, 10)), TrainSpec(batch=25, epochs=5)
        ),
        "pulse CNN, 5 kernels of 17": RunSpec(
            _PULSES, replace(_SOFT, sizes=(128, 32, 3), image=64, kernel_size=17), TrainSpec(batch=25, epochs=5, store="kernels")
        ),
        "pulse CNN, L1, batch a tenth": RunSpec(
            replace(_PULSES, train=400, pulses=PulseSpec(size=100)),
            replace(RUNS["pulse-study"].model, sizes=(512, 128, 3)),
            TrainSpec(loss="l1", optimizer="sgd", learning_rate=0.1, batch=40, epochs=3, store="kernels"),
        ),
        "pulse CNN, 8 kernels of 5": RunSpec(
            replace(_PULSES, pulses=PulseSpec(size=40)),
            replace(_SOFT, sizes=(64, 3), image=40, channels=(8, 1), kernel_size=5),
            TrainSpec(batch=20, epochs=6, store="kernels"),
        ),
    }


def main() -> None:
    torch.set_num_threads(1)
    costs = {kind: part[calibration.COSTS] for kind, part in zip(calibration.KINDS, calibration.measure({}), strict=True)}
    rows, worst = [], 1.0
    for name, spec in kinds().items():
        known = costs[spec.model.kind].copy()
        known[0] -= min(calibration.begun(), known[0])
        said, took = estimate.seconds(spec, known), float(np.mean([calibration.spent(spec) for _ in range(calibration.ROUNDS)]))
        ratio = said / took
        worst = max(worst, ratio, 1 / ratio)
        rows.append([name, said, took, f"{ratio:.2f}"])
    print(table(["training", "said s", "took s", "said / took"], rows))
    print(json.dumps({"name": "estimate: furthest of ten trainings", "value": round(worst, 2), "unit": "times", "limit": f"<= {LIMIT}"}))


if __name__ == "__main__":
    main()
