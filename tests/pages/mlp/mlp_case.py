"""A small stored run with the MLP page's shape, and its panels as scripts for AppTest."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from core.runs import store
from core.runs.run import Run
from core.specs import ModelSpec, RunSpec

SIZES = (784, 49, 7, 15, 15, 10)
STATES = 4


def stored_run(folder: Path, seed: int = 0) -> Run:
    """Weights at random, growing over four states; the history of two more seeds."""
    rng = np.random.default_rng(seed)
    spec = RunSpec(model=ModelSpec(sizes=SIZES, seed=seed))
    spec = replace(spec, train=replace(spec.train, epochs=STATES - 1))
    weights = {}
    for n, (rows, columns) in enumerate(pairwise(SIZES), start=1):
        first = rng.normal(size=(rows, columns)) * (2 / (rows + columns)) ** 0.5
        step = rng.normal(size=(rows, columns)) * 0.1
        weights[f"dense{n}.kernel"] = np.stack([first + step * t for t in range(STATES)])
        weights[f"dense{n}.bias"] = rng.normal(size=(STATES, columns)) * 0.1
    history = {
        "epoch": np.arange(STATES, dtype=float),
        "loss": np.array([2.3, 0.4, 0.2, 0.1]),
        "accuracy_train": np.array([0.1, 0.91, 0.95, 0.98]),
        "accuracy_validation": np.array([0.1, 0.9, 0.94, 0.95]),
        "accuracy_test": np.array([0.11, 0.89, 0.93, 0.94]),
    }
    seeds = {
        "seed": np.repeat([5.0, 6.0], STATES),
        "epoch": np.tile(history["epoch"], 2),
        "accuracy_test": np.array([0.1, 0.9, 0.94, 0.96, 0.1, 0.85, 0.9, 0.92]),
    }
    return store.save(spec, history, weights, seeds=seeds, folder=folder)


def panel(name: str, keys: list[str], layer: int, epoch: int) -> None:
    """The script that AppTest runs: one panel for stored runs."""
    import numpy as np
    import streamlit as st

    from core.runs import store
    from pages.mlp import ablation, compare, downloads, history, layer1, through
    from pages.mlp.view import View

    runs = {key: store.load(key) for key in keys}
    run, view = runs[keys[0]], View(keys[0], layer, st.session_state.get("moved", epoch))
    if name == "history":
        history.history_panel(run, view, lambda state: st.session_state.update(moved=state))
    elif name == "compare":
        compare.compare_panel(runs, view)
    elif name == "through":
        through.through_panel(run, view)
    elif name == "own image":
        through.through_panel(run, view, np.full((28, 28), 0.5))
    elif name == "ablation":
        ablation.ablation_panel(run, view)
    elif name == "layer1":
        layer1.layer1_images(run, view, picked_row=30, picked_column=7)
    elif name == "downloads":
        downloads.downloads(run, view, [1, 0], [2])
