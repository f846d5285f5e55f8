"""The one training loop, a generator of plain records, and the way from records to a stored run."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from core.runs import store
from core.runs.run import Run
from core.specs import RunSpec, SpecError, TrainSpec
from core.training import checkpoint
from core.training.checkpoint import Checkpoint, Memory

if TYPE_CHECKING:  # pages ask for trainings, and open without torch
    from torch import Tensor

# kind of network -> module of core.training whose `Training(*specs)` is a Trainee
TRAINERS = {
    "dense": "core.training.dense",
    "digit_cnn": "core.training.digit_cnn",
    "pulse_cnn": "core.training.pulse_cnn",
}
TOGETHER = {"dense"}  # kinds of which several networks can train at once


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
    checkpoint: Callable[[], Checkpoint] | None = field(default=None, compare=False)  # after a whole epoch, while the record is out


class State(NamedTuple):
    """What a record holds of one network beside the time: see EpochRecord."""

    metrics: dict[str, float]
    weights: dict[str, np.ndarray]
    evaluation: dict[str, np.ndarray]


class MissingTorch(ImportError):
    """What trains is not installed; the message is a sentence with the cure."""


class Trainee(Protocol):
    """What a kind of network gives to the loop: one network, or several that see the same batches."""

    images: int  # that train
    once: Mapping[str, np.ndarray]  # stored with the first state, since it is the same in every one
    memory: Memory  # what it carries from one epoch to the next

    def inside(self, steps: int, states: int) -> Sequence[int]:
        """After which of the first epoch's steps a state is kept, rising; its start and end are kept anyway."""

    def order(self) -> "Tensor":
        """The training images' places in the order of the next epoch, (images,)."""

    def steps(self, batches: "Sequence[Tensor]") -> None:
        """One optimiser step for each batch of places."""

    def states(self) -> list[State]:
        """What is kept of each network now."""


def missing() -> str:
    """Why nothing can be trained here and how to change that, in a sentence; empty where torch is installed. Does not load it."""
    with suppress(ModuleNotFoundError):  # where something keeps it out
        if find_spec("torch") is not None:
            return ""
    return (
        "Training needs PyTorch (torch), which is not installed here. Whoever runs this app can add it with "
        "pip install -r requirements.txt; all stored runs open without it."
    )


def check() -> None:
    """See to it that something can be trained here.

    Raises:
        MissingTorch: torch is not installed.
    """
    if why := missing():
        raise MissingTorch(why)


def train(spec: RunSpec, since: Checkpoint | None = None) -> Iterator[EpochRecord]:
    """Train one network and yield a record for each kept state, state 0 first, or those after a checkpoint of the same training.

    Close the generator to cancel. Loads torch.

    Raises:
        SpecError: choices that this kind of network cannot follow.
        core.data.folder.MissingData: the images are not here.
        MissingTorch: torch is not installed.
    """
    for (record,) in train_together([spec], since):
        yield record


def train_together(specs: Sequence[RunSpec], since: Checkpoint | None = None) -> Iterator[list[EpochRecord]]:
    """Train several networks at once and yield one record each for every kept state; see `train`.

    They differ in their initialiser or its seed alone, and `seconds` are a network's share of the common time.

    Raises:
        SpecError: this kind of network trains alone, or the specs differ in more.
        MissingTorch: torch is not installed.
    """
    check()
    first = specs[0]
    if first.model.kind not in TRAINERS:
        raise SpecError("A network that was brought in as a sequence of layers is not trained here; choose dense layers or a CNN.")
    if len(specs) > 1 and first.model.kind not in TOGETHER:
        raise SpecError("Networks of this kind train one at a time; ask for them one by one.")
    with _threads(first.train.threads):
        trainee = import_module(TRAINERS[first.model.kind]).Training(*specs)
        if since:
            checkpoint.put(trainee.memory, since)
    yield from follow(trainee, first.train, since)


def follow(trainee: Trainee, plan: TrainSpec, since: Checkpoint | None = None) -> Iterator[list[EpochRecord]]:
    """The records of a training. torch has `plan.threads` threads while it trains, and the caller's own whenever a record is out."""
    moments = _moments(trainee, plan, since.epoch if since else None)
    while True:
        with _threads(plan.threads):
            moment = next(moments, None)
        if moment is None:
            return
        yield moment


def _moments(trainee: Trainee, plan: TrainSpec, since: int | None) -> Iterator[list[EpochRecord]]:
    from core.training.optimizers import follow_changes  # loads torch

    steps = -(-trainee.images // plan.batch)  # the last batch of an epoch may be smaller
    inside = trainee.inside(steps, plan.first_epoch_states)
    if since is None:
        yield [_record(0.0, 0, 0.0, state._replace(evaluation=state.evaluation | dict(trainee.once))) for state in trainee.states()]
    for epoch in range(since or 0, plan.epochs):
        follow_changes(trainee.memory.optimizer, plan, epoch)
        batches = trainee.order().split(plan.batch)
        done = 0
        for stop in [*inside, steps] if epoch == 0 else [steps]:
            started = perf_counter()
            trainee.steps(batches[done:stop])
            seconds, done = perf_counter() - started, stop
            states = trainee.states()
            copy = partial(checkpoint.take, trainee.memory, epoch + 1) if done == steps else None
            yield [_record(epoch + done / steps, epoch * steps + done, seconds / len(states), state, copy) for state in states]


def _record(epoch: float, step: int, seconds: float, state: State, copy: Callable[[], Checkpoint] | None = None) -> EpochRecord:
    return EpochRecord(epoch, step, seconds, *state, checkpoint=copy)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """torch on so many threads; the number it had is given back whatever happens."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def log_spaced(steps: int, states: int) -> list[int]:
    """Steps inside the first epoch after which a state is kept, as evenly spaced in their logarithm as whole numbers can be.

    Most happens in the first few steps, so they are kept densest: 4 states of 100 steps are after 1, 5, 21 and 99.

    Raises:
        SpecError: more states than there are steps inside the epoch.
    """
    if states > steps - 1:
        raise SpecError(f"The first epoch has {steps:,} steps, so at most {steps - 1:,} states can be kept inside it.")
    wanted = np.round(np.geomspace(1, max(steps - 1, 1), states)).astype(int)
    out: list[int] = []
    for i, step in enumerate(wanted):
        out.append(min(max(step, out[-1] + 1 if out else 1), steps - states + i))
    return [int(step) for step in out]


def evenly_spaced(steps: int, states: int) -> list[int]:
    """Steps inside the first epoch after which a state is kept: `states` of them, or fewer, evenly spread."""
    return sorted({round((i + 1) * steps / (states + 1)) for i in range(states)} - {0, steps})


def last_only(train: TrainSpec, parameter: str) -> bool:
    """Whether `train.store` keeps this parameter of the last state alone."""
    return train.store == "kernels" and not parameter.startswith("conv")


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
            kept = records[-1:] if last_only(spec.train, name) else records
            weights[name] = np.stack([r.weights[name] for r in kept])
        names = dict.fromkeys(name for r in records for name in r.evaluation)
        evaluation = {name: np.stack([r.evaluation[name] for r in records if name in r.evaluation]) for name in names}
    return store.save(spec, history, weights, evaluation, seeds=seeds, header=header)
