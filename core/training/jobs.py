"""Training in the background: submit a spec, watch it, leave, pause or change it, go on from where it ended.

A job is named by its spec's key, so the same choices by anyone are the same job, with as many owners. Everything known of it is files
beside the stored runs (core.training.job_folder); whoever sees the store sees the job, and any process of the app that shares it hands
out jobs that wait (core.training.turns). A job ends as a stored run, or as a sentence; an interrupted one goes on by itself.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.runs import store
from core.specs import Change, RunSpec, SpecError
from core.training import checkpoint, job_folder, live, share, worker
from core.training.job import Job, active, find, of, troubles
from core.training.job_folder import ACTIVE, CANCELLED, DONE, FAILED, PAUSED, QUEUED, RUNNING, Progress
from core.training.turns import executor, forget, serve, start, workers

__all__ = [
    "ACTIVE",
    "CANCELLED",
    "DONE",
    "FAILED",
    "PAUSED",
    "QUEUED",
    "RUNNING",
    "Job",
    "Progress",
    "active",
    "change",
    "executor",
    "find",
    "more",
    "of",
    "serve",
    "submit",
    "submit_all",
    "workers",
]

TRIES = 20  # to join or make a job that others join, make and end at the same time


def submit(spec: RunSpec, pool: Executor | None = None, *, owner: str = "") -> Job:
    """The job of this spec: the one that is under way or done, else a new one. Returns at once (unless `pool` is inline).

    It never raises: a job that cannot be asked for has failed, with a sentence.

    Args:
        owner: who asks, by a name of their own; the job ends early only when everybody who asked has left.
    """
    return _submit(spec, pool, owner)


def submit_all(specs: Sequence[RunSpec], pool: Executor | None = None, *, owner: str = "") -> list[Job]:
    """The jobs of many specs, as `submit` gives each; the line of those that wait is looked at once."""
    asked = [_asked(spec, owner) for spec in specs]
    start(pool or executor())
    return asked


def more(spec: RunSpec, epochs: int = 10, pool: Executor | None = None, *, owner: str = "") -> Job:
    """The job of so many epochs more than those of a stored run: a new run, whose header names this one as its parent.

    It goes on from the run's last checkpoint, or where that is gone begins again: the weights are those of one long training.

    Raises:
        SpecError: more epochs than a training may have.
    """
    longer = replace(spec, train=replace(spec.train, epochs=spec.train.epochs + epochs))

    def fill(folder: Path) -> None:
        share.fetch_end(worker.end_of(spec.key))
        saved = checkpoint.read(worker.end_of(spec.key))
        with suppress(store.DamagedRun):
            run = store.find(spec)
            if run is not None and saved is not None and saved.epoch == spec.train.epochs and saved.states == run.states:
                live.unpack(run, folder)
                checkpoint.write(folder, saved)

    return _submit(longer, pool, owner, spec.key, fill)


def change(
    job: Job,
    pool: Executor | None = None,
    *,
    owner: str = "",
    learning_rate: float | None = None,
    momentum: float | None = None,
    weight_decay: float | None = None,
) -> Job:
    """The job that trains with other rates from this one's last whole epoch on; this owner leaves the one before.

    The change and its epoch are part of the new spec, and so of its key: the run says when, and can be trained again from the start.

    Raises:
        SpecError: it is not under way, or rates that cannot be.
    """
    if job.progress().state not in ACTIVE:
        raise SpecError("This training has ended, so nothing can be changed on its way; start another with these choices.")
    given = {"learning_rate": learning_rate, "momentum": momentum, "weight_decay": weight_decay}
    rates: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    share.fetch(job.folder, checkpoint.FILE)
    train, saved = job.spec.train, checkpoint.read(job.folder / checkpoint.FILE)
    if saved is None:
        changed = replace(train, **rates)
    elif saved.epoch >= train.epochs:
        return job
    else:
        before = train.at(saved.epoch)
        now = Change(saved.epoch, before.learning_rate, before.momentum, before.weight_decay)
        changed = replace(train, changes=(*(one for one in train.changes if one.epoch < saved.epoch), replace(now, **rates)))
        if replace(now, **rates) == now:
            return job
    spec = replace(job.spec, train=changed)
    if spec == job.spec:
        return job

    def fill(folder: Path) -> None:
        if saved is not None and live.copy(job.folder, folder, saved.states):
            checkpoint.write(folder, saved)

    new = _submit(spec, pool, owner, fill=fill)
    if new.progress().state != FAILED:
        job.cancel(owner)
    return new


def _submit(spec: RunSpec, pool: Executor | None, owner: str, parent: str = "", fill: Callable[[Path], None] | None = None) -> Job:
    job = _asked(spec, owner, parent, fill)
    if not job.trouble:
        start(pool or executor())
    return job


def _asked(spec: RunSpec, owner: str, parent: str = "", fill: Callable[[Path], None] | None = None) -> Job:
    """A job whose folder is there, or that is stored; it waits for its turn."""
    job = Job(spec)
    try:
        for _ in range(TRIES):
            if _sound(spec) or _joined(job, owner):
                break
            job_folder.sweep()
            if job_folder.make(job.folder, spec, owner, parent, fill):
                break
        else:
            return Job(spec, "So many ask for this training at this moment that it could not be started; try it again.")
    except OSError as error:
        return Job(spec, job_folder.trouble(error))
    forget(job)
    return job


def _joined(job: Job, owner: str) -> bool:
    """Join a job that has not ended; one that has is taken away, so that it can be made anew."""
    if not job.folder.exists():
        return False
    with suppress(FileNotFoundError):
        job_folder.wish(job.folder, job_folder.name_of(owner), True)
        if job.progress().state in ACTIVE or job.key in troubles:
            return True
    job_folder.drop(job.folder)
    return False


def _sound(spec: RunSpec) -> bool:
    try:
        return store.find(spec) is not None
    except store.DamagedRun:  # training it again puts that right
        return False
