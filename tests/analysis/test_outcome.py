"""Outcomes: the stuck are told from those that learned, and why."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.analysis.outcome import outcome
from core.models import dense
from core.runs.run import Run
from core.specs import ModelSpec, RunSpec

SPEC = RunSpec(model=ModelSpec(sizes=(4, 3, 10), activation="relu"))


def run(loss: list[float], right: list[float], weights: dict[str, np.ndarray] | None = None, spec: RunSpec = SPEC) -> Run:
    class Made(Run):
        def state(self, index: int) -> dict[str, np.ndarray]:
            return weights or {}

    history = {"epoch": np.arange(len(loss)) * 1.0, "loss": np.array(loss), "accuracy_test": np.array(right)}
    return Made(spec, {}, Path(), history)


def test_one_that_learned() -> None:
    found = outcome(run([2.3, 1.0, 0.5], [0.1, 0.9, 0.8]))
    assert (found.last, found.best, found.best_epoch, found.loss, found.split, found.stuck) == (0.8, 0.9, 1.0, 0.5, "test", "")


@pytest.mark.parametrize(
    ("loss", "right", "says"),
    [
        ([2.3, 2.6, 3.0], [0.1, 0.1, 0.1], "The loss rose from 2.3 to 3: its steps are too long."),
        ([2.3, 2.3, 2.29], [0.1, 0.1, 0.1], "The loss has hardly fallen (2.3 to 2.29 in 2 epochs)"),
        ([2.3, 0.4, 2.9], [0.1, 0.9, 0.1], "It had 90.0% right and lost it: The loss rose"),
        ([2.3, 1.0, 0.5], [0.1, 0.1, 0.1], "although the loss on its own images fell"),
    ],
)
def test_one_that_did_not_says_why(loss: list[float], right: list[float], says: str) -> None:
    assert says in outcome(run(loss, right)).stuck


def test_units_that_started_alike() -> None:
    model = replace(SPEC.model, initializer="zeros")
    assert "started alike" in outcome(run([2.3, 2.3], [0.1, 0.1], dense.initial(model), replace(SPEC, model=model))).stuck
    assert "started alike" not in outcome(run([2.3, 2.3], [0.1, 0.1], dense.initial(SPEC.model))).stuck


def test_without_test_images_others_count() -> None:
    made = run([2.3, 1.0], [np.nan, np.nan])
    made.history["accuracy_train"] = np.array([0.1, 0.7])
    assert (outcome(made).last, outcome(made).split) == (0.7, "training")
    del made.history["accuracy_train"]
    assert np.isnan(outcome(made).last) and outcome(made).stuck == ""


@pytest.mark.parametrize(("activation", "bias", "says"), [("relu", -9.0, "It is dead: dense 1"), ("tanh", 9.0, "It is held: 100% of what")])
def test_units_that_are_asleep(activation: str, bias: float, says: str) -> None:
    model = replace(SPEC.model, activation=activation)
    weights = dense.initial(model)
    weights["dense1.bias"] = np.full(3, bias, np.float32)
    labelled = np.random.default_rng(0).random((50, 2, 2), np.float32), np.zeros(50, np.uint8)
    made = run([2.3, 2.2], [0.1, 0.1], weights, replace(SPEC, model=model))
    made.history["accuracy_train"] = np.array([0.1, 0.1])
    stuck = outcome(made, labelled).stuck
    assert stuck.startswith(says) and "10.0% right at the end" in stuck
