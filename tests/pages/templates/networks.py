"""Networks that do not come with the app, of other sizes, channels, classes and activations, and a data set of their own."""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.data import catalog
from core.data.catalog import DataSet
from core.models import dense
from core.models.counts import confusion
from core.runs import store
from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec

BARS = DataSet("bars", "Bars", "test bars", "bars", (12, 9, 3), ("red", "green", "deep blue"), {"train": 120, "test": 45})
_UCI = RunSpec(
    DataSpec("uci-digits", train=1_200, validation=197, test=400),
    ModelSpec(sizes=(64, 10), initializer="zeros"),
    TrainSpec(learning_rate=0.01, batch=32, epochs=4, first_epoch_states=3),
)
_BARS = replace(_UCI, data=DataSpec("bars", train=120, validation=0, test=45), model=ModelSpec(sizes=(324, 3), initializer="zeros"))
_MNIST = replace(_UCI, data=DataSpec(), model=ModelSpec(sizes=(784, 128, 10), activation="relu"))
NETWORKS: dict[str, RunSpec] = {
    "uci": _UCI,
    "uci-20": replace(_UCI, model=ModelSpec(sizes=(64, 20, 10), activation="tanh")),
    "bars": replace(_BARS, train=replace(_BARS.train, batch=30)),
    "bars-7": replace(
        _BARS, model=ModelSpec(sizes=(324, 7, 3), activation="elu"), train=replace(_BARS.train, epochs=1, first_epoch_states=0)
    ),
    "mnist-128": replace(_MNIST, train=replace(_MNIST.train, first_epoch_states=0)),
    "mnist-25": replace(_MNIST, model=replace(_MNIST.model, sizes=(784, 25, 10)), data=replace(DataSpec(), test=500)),
}
HIDDEN = ("uci-20", "bars-7", "mnist-128", "mnist-25")


def load(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Bars (N, 12, 9, 3) and labels (N,), uint8: an upright bar of its class's colour somewhere on dark noise."""
    count, rng = BARS.splits[split], np.random.default_rng(len(split))
    images = rng.integers(0, 60, (count, *BARS.shape), dtype=np.uint8)
    labels = np.arange(count, dtype=np.uint8) % 3
    for image, label in zip(images, labels, strict=True):
        column = rng.integers(0, 7)
        image[:, column : column + 2, label] = 220
    return images, labels


def register() -> None:
    """Enter the bars into the table of data sets, in this process."""
    sys.modules["core.data.bars"] = sys.modules[__name__]
    catalog.DATASETS["bars"] = BARS


def stored(folder: Path) -> Mapping[str, str]:
    """Save all of NETWORKS in a run store: those of digits 8x8 and of bars trained, those of MNIST made up; name -> key."""
    register()
    from core.training.loop import save_records, train  # loads torch

    before = os.environ.get("KERNEL_EXPLORER_RUNS")
    os.environ["KERNEL_EXPLORER_RUNS"] = str(folder)
    try:
        for spec in NETWORKS.values():
            if spec.data.name == "mnist":
                _made_up(spec)
            else:
                save_records(spec, list(train(spec)))
    finally:
        if before is None:
            del os.environ["KERNEL_EXPLORER_RUNS"]
        else:
            os.environ["KERNEL_EXPLORER_RUNS"] = before
    return {name: spec.key for name, spec in NETWORKS.items()}


def _made_up(spec: RunSpec) -> None:
    """A run that needs no images: its first weights, growing over the states, and counts of a chance that falls."""
    rng = np.random.default_rng(7)
    epochs = np.arange(spec.train.epochs + 1.0)
    first = dense.initial(spec.model)
    weights = {name: np.stack([array * (1 + epoch / 2) for epoch in epochs]) for name, array in first.items()}
    actual = np.arange(spec.data.test) % 10
    counts = [confusion(actual, np.where(rng.random(spec.data.test) < 0.9 / (1 + e), (actual + 3) % 10, actual), 10) for e in epochs]
    history = {"epoch": epochs, "accuracy_test": np.array([np.trace(c) / c.sum() for c in counts])}
    store.save(spec, history, weights, {"confusion": np.stack(counts)})
