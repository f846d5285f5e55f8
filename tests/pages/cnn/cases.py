"""Stored pulse CNNs of many shapes, small enough to be made at once: the page opens any of them."""

import math
from dataclasses import replace

import numpy as np

from core.models.pulse_layers import shapes
from core.runs import store
from core.runs.run import Run
from core.specs import DataSpec, ModelSpec, PulseSpec, RunSpec, TrainSpec
from core.training.loop import save_records, train

TWO = RunSpec(  # 3 kernels of 9 x 9 on 40 x 40, two classes in an order of their own
    DataSpec("pulses", train=64, validation=0, test=30, pulses=PulseSpec(size=40, classes=("gaussian", "square"))),
    ModelSpec("pulse_cnn", sizes=(16, 8, 2), initializer="he", channels=(3, 1), kernel_size=9, image=40, start_scale=0.1, centred=True),
    TrainSpec(learning_rate=1e-3, batch=16, epochs=2, first_epoch_states=2, store="kernels"),
)
FOUR = RunSpec(  # 13 kernels, two maps after them, four classes; kernels too small for a broad stroke
    DataSpec("pulses", train=80, validation=0, test=40, pulses=PulseSpec(size=36, classes=("sawtooth", "sinusoid", "gaussian", "square"))),
    ModelSpec("pulse_cnn", sizes=(12, 4), initializer="torch", channels=(13, 2), kernel_size=7, image=36),
    TrainSpec(learning_rate=1e-3, batch=20, epochs=2, first_epoch_states=3, store="kernels"),
)
ALL = RunSpec(  # every parameter of every state, tanh outputs
    DataSpec("pulses", train=60, validation=0, test=24, pulses=PulseSpec(size=32)),
    ModelSpec("pulse_cnn", sizes=(10, 3), output="tanh", initializer="torch", channels=(2, 1), kernel_size=9, image=32),
    TrainSpec(loss="l1", optimizer="sgd", learning_rate=0.1, batch=20, epochs=3),
)
SIX = replace(ALL, model=replace(ALL.model, channels=(6, 1)))  # of one family with ALL
HISTORY = replace(ALL, train=replace(ALL.train, epochs=4, store="history"))
ONE_STATE = replace(TWO, train=replace(TWO.train, epochs=0, first_epoch_states=0))
STUCK = replace(TWO, model=replace(TWO.model, seed=7))
SILENT = replace(TWO, model=replace(TWO.model, seed=8))  # as of a network brought from elsewhere: its history says nothing
UNTESTED = replace(TWO, data=replace(TWO.data, test=0))
ONE_CLASS = replace(
    ONE_STATE,
    data=replace(TWO.data, pulses=PulseSpec(size=40, classes=("sawtooth",))),
    model=replace(TWO.model, sizes=(4, 1), channels=(1, 1), kernel_size=3),
)
MANY = replace(TWO, model=replace(TWO.model, channels=(64, 1)), train=replace(TWO.train, epochs=1))
LARGE = RunSpec(  # the largest images and kernels
    DataSpec("pulses", train=10, validation=0, test=12, pulses=PulseSpec(size=500)),
    ModelSpec("pulse_cnn", sizes=(3,), initializer="he", channels=(2, 1), kernel_size=41, image=500),
    TrainSpec(batch=5, epochs=1, store="kernels"),
)
MADE = {
    "four": FOUR,
    "all": ALL,
    "six": SIX,
    "history": HISTORY,
    "one-state": ONE_STATE,
    "stuck": STUCK,
    "silent": SILENT,
    "untested": UNTESTED,
    "one-class": ONE_CLASS,
    "many": MANY,
}
SPECS = {"two": TWO, **MADE}


def epochs(spec: RunSpec) -> np.ndarray:
    """The epochs of a run's states."""
    inside = spec.train.first_epoch_states if spec.train.epochs else 0
    return np.array([*np.linspace(0, 1, inside + 2)[:-1], *range(1, spec.train.epochs + 1)]) if spec.train.epochs else np.zeros(1)


def made(spec: RunSpec) -> Run:
    """A run of random weights and a made up history, as training would store it."""
    rng = np.random.default_rng(spec.model.seed)
    at = epochs(spec)
    states, classes, kernels = len(at), spec.model.sizes[-1], spec.model.channels[0]
    steps = math.ceil(spec.data.train / spec.train.batch)
    labels = np.arange(spec.data.test) % classes
    confusion = np.zeros((states, classes, classes), np.int32)
    for state in confusion:
        np.add.at(state, (labels, rng.integers(0, classes, len(labels))), 1)
    history = {"epoch": at, "step": np.round(at * steps), "seconds": np.ones(states)}
    if spec is not SILENT:
        history |= {"loss": np.linspace(1.1, 0.2, states), "accuracy_train": rng.random(states)}
        history["accuracy_test"] = np.trace(confusion, axis1=1, axis2=2) / (spec.data.test or np.nan)
        history |= {name: rng.random(states) for name in ("recognised_train", "recognised_test", "low", "tv")}
        dead = 0.0 if spec is STUCK else 1.0
        history["act"] = dead * rng.uniform(0.1, 0.6, states)
        history |= {f"act{i + 1}": rng.random(states) for i in range(kernels)}
    weights = {}
    for name, shape in shapes(spec.model).items():
        every = spec.train.store == "all" or (spec.train.store == "kernels" and name.startswith("conv"))
        weights[name] = rng.normal(0, 0.1, (states if every else 1, *shape))
    counted = {"confusion": confusion} if spec.data.test and spec is not SILENT else {}
    stored = spec.train.store != "history"
    return store.save(spec, history, weights if stored else {}, counted if stored else {})


def stored() -> dict[str, Run]:
    """All of them in a store, of which KERNEL_EXPLORER_RUNS has the address: one trained, the others made."""
    runs = {"two": save_records(TWO, train(TWO))}
    return runs | {name: made(spec) for name, spec in MADE.items()}
