"""Stored dense networks of many shapes, with weights at random, and the page opened on one."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from core.runs import store
from core.runs.run import Run
from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec
from tests.app import go

ROOT = Path(__file__).parents[3]
SIZES = (784, 49, 7, 15, 15, 10)
STATES = 4
MNIST = DataSpec("mnist", train=54_000, validation=6_000, test=10_000)
UCI = DataSpec("uci-digits", train=1_200, validation=197, test=400)
CIFAR = DataSpec("cifar10", train=40_000, validation=0, test=10_000)
# name -> data, sizes, activation, epochs of the stored states
NETWORKS: dict[str, tuple[DataSpec, tuple[int, ...], str, tuple[float, ...]]] = {
    "shipped": (MNIST, SIZES, "tanh", (0, 1, 2, 3)),
    "relu": (MNIST, (784, 128, 10), "relu", (0, 1, 2, 3)),
    "softmax": (UCI, (64, 10), "tanh", (0, 0.1, 0.5, 1, 2)),  # states inside the first epoch
    "square": (UCI, (64, 64, 10), "relu", (0, 1, 2)),
    "colours": (CIFAR, (3_072, 10, 10), "sigmoid", (0, 1, 2)),
    "wide": (MNIST, (784, 4_096, 1_024, 10), "relu", (0, 1)),
    "three": (MNIST, (3, 5, 2), "elu", (0, 1, 2)),  # fed by no image that the app knows
    "deep": (UCI, (64, 300, 200, 100, 10), "tanh", (0, 1)),
    "one state": (UCI, (64, 10), "tanh", (0,)),
}


def stored(folder: Path, name: str = "shipped", seed: int = 0) -> Run:
    """Weights at random, growing over the states; the history of two more seeds."""
    data, sizes, activation, epochs = NETWORKS[name]
    rng = np.random.default_rng(seed)
    spec = RunSpec(data, ModelSpec(sizes=sizes, activation=activation, seed=seed), TrainSpec(epochs=int(epochs[-1])))
    spec = replace(spec, train=replace(spec.train, first_epoch_states=sum(0 < e < 1 for e in epochs)))
    states = len(epochs)
    weights = {}
    for n, (rows, columns) in enumerate(pairwise(sizes), start=1):
        first = rng.standard_normal((rows, columns), np.float32) * (2 / (rows + columns)) ** 0.5
        step = rng.standard_normal((rows, columns), np.float32) * np.float32(0.1)
        weights[f"dense{n}.kernel"] = np.stack([first + step * t for t in range(states)])
        weights[f"dense{n}.bias"] = rng.normal(size=(states, columns)) * 0.1
    history = {
        "epoch": np.array(epochs, dtype=float),
        "loss": np.array([2.3, 0.4, 0.2, 0.1, 0.05])[:states],
        "accuracy_train": np.array([0.1, 0.91, 0.95, 0.98, 0.99])[:states],
        "accuracy_validation": np.array([0.1, 0.9, 0.94, 0.95, 0.95])[:states],
        "accuracy_test": np.array([0.11, 0.89, 0.93, 0.94, 0.95])[:states],
    }
    if any(0 < e < 1 for e in epochs):
        steps = np.ceil(data.train / spec.train.batch)
        history["step"] = np.array([round(e * steps) for e in epochs], dtype=float)
    seeds = {
        "seed": np.repeat([5.0, 6.0], states),
        "epoch": np.tile(history["epoch"], 2),
        "accuracy_test": np.concatenate([[0.1, 0.9, 0.94, 0.96, 0.97][:states], [0.1, 0.85, 0.9, 0.92, 0.93][:states]]),
    }
    return store.save(spec, history, weights, seeds=seeds, folder=folder)


def opened(run: Run | None = None, state: dict[str, Any] | None = None, **link: object) -> AppTest:
    """The MLP page with this run and link, at rest.

    Args:
        state: of the session, as after clicks.
    """
    at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=170)
    go(at, "mlp")
    if run is not None:
        link = {"model": run.key, **link}
    for name, value in link.items():
        at.query_params[name] = str(value)
    for name, value in (state or {}).items():
        at.session_state[name] = value
    return at.run()


def said(at: AppTest) -> str:
    """Every sentence on the page."""
    return "\n".join(element.value for element in [*at.markdown, *at.caption])
