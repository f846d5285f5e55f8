"""Training as a generator of plain records, and the way from records to a stored run."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np

from core.runs import store
from core.runs.run import Run
from core.specs import RunSpec

# kind of network -> module of core.training whose `train(spec)` yields its records
TRAINERS = {
    "dense": "core.training.dense",
    "digit_cnn": "core.training.digit_cnn",
    "pulse_cnn": "core.training.pulse_cnn",
}


@dataclass(frozen=True)
class EpochRecord:
    """One kept state of a network in training."""

    epoch: float  # epochs completed; 0 is the start, fractions lie inside the first epoch
    step: int  # batches seen
    seconds: float  # of training since the previous record, evaluation not counted
    metrics: dict[str, float]  # loss, accuracy_train, accuracy_validation, accuracy_test (shares), and what the model adds
    weights: dict[str, np.ndarray] = field(default_factory=dict)  # parameter -> float32; dense kernels (inputs, outputs)
    evaluation: dict[str, np.ndarray] = field(
        default_factory=dict
    )  # "confusion": (classes, classes) test counts, rows actual; what is the same in every state stands in the first alone


def train(spec: RunSpec) -> Iterator[EpochRecord]:
    """Train one network and yield a record for each kept state, state 0 first.

    Close the generator to cancel. Loads torch.
    """
    trainer: Callable[[RunSpec], Iterator[EpochRecord]] = import_module(TRAINERS[spec.model.kind]).train
    yield from trainer(spec)


def save_records(
    spec: RunSpec,
    records: Iterable[EpochRecord],
    *,
    seeds: Mapping[str, np.ndarray] | None = None,
    header: Mapping[str, Any] | None = None,
) -> Run:
    """Store the records of one training as a run, keeping what `spec.train.store` says."""
    records = list(records)
    history = store.stack_history({"epoch": r.epoch, "step": r.step, "seconds": r.seconds, **r.metrics} for r in records)
    weights: dict[str, np.ndarray] = {}
    evaluation: dict[str, np.ndarray] = {}
    if spec.train.store != "history":
        for name in records[-1].weights:
            last_only = spec.train.store == "kernels" and not name.startswith("conv")
            weights[name] = np.stack([r.weights[name] for r in (records[-1:] if last_only else records)])
        names = dict.fromkeys(name for r in records for name in r.evaluation)
        evaluation = {name: np.stack([r.evaluation[name] for r in records if name in r.evaluation]) for name in names}
    return store.save(spec, history, weights, evaluation, seeds=seeds, header=header)
