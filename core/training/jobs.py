"""Training in the background: submit a spec, watch it, leave, pause or change it, go on from where it ended.

A job is named by its spec's key, so the same choices by anyone are the same job, with as many owners. Everything known of it is files
beside the stored runs (core.training.job_folder); whoever sees the store sees the job, and any process of the app that shares it hands
waiting jobs to its executor. A job ends as a stored run, or as a sentence; an interrupted one goes on by itself.

What runs jobs is a `concurrent.futures.Executor` with `slots`, the number of jobs that it can run at once; `work` and its arguments
(text and a number) can be sent to another machine that sees the store.
"""

import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from core.runs import store
from core.runs.run import Run
from core.specs import Change, RunSpec, SpecError
from core.training import checkpoint, job_folder, lease, live, processes, worker
from core.training.job_folder import ACTIVE, CANCELLED, DONE, FAILED, PAUSED, QUEUED, RUNNING, Progress
from core.training.lease import Lease
from core.training.worker import work

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
    "find",
    "more",
    "serve",
    "submit",
]

LOOK_SECONDS = 1.0  # between two looks for jobs that wait
DEATHS = 5  # of a job's processes, one after another without an epoch in between; then it is given up
TRIES = 20  # to join or make a job that others join, make and end at the same time

_lock = threading.RLock()
_executor: Executor | None = None
_handed: dict[str, tuple[Future[Any], Lease]] = {}  # jobs that this process has handed to an executor
_deaths: dict[str, list[float]] = {}  # epochs at which a job's processes were ended from outside
_troubles: dict[str, str] = {}  # why a job cannot go on, where not even that could be written


@dataclass(frozen=True)
class Job:
    """One training, asked for by anyone."""

    spec: RunSpec
    trouble: str = field(default="", compare=False)  # why it could not be asked for

    @property
    def key(self) -> str:
        return self.spec.key

    @property
    def folder(self) -> Path:
        return job_folder.home() / self.key

    def progress(self) -> Progress:
        """Where it stands now."""
        epochs = self.spec.train.epochs
        found = job_folder.progress(self.folder)
        if found is not None and found.state not in ACTIVE:
            return found
        if job_folder.read(self.folder) is None:
            if not self.trouble and _stored(self.key):
                return Progress(DONE, epochs, epochs)
            return Progress(FAILED, sentence=self.trouble or "This training is not known here any more; start it again.")
        found = found or Progress(QUEUED, epochs=epochs)
        if self.key in _troubles:
            return replace(found, state=FAILED, sentence=_troubles[self.key])
        wanted = job_folder.wishes(self.folder).values()
        if wanted and not any(wanted):
            return replace(found, state=PAUSED)
        return replace(found, state=RUNNING if found.state == RUNNING and lease.held(self.folder) else QUEUED)

    def owned_by(self, owner: str) -> bool:
        """Whether this person may leave it or pause it: an owner, or anybody where nobody in particular asked for it."""
        return bool({job_folder.name_of(owner), job_folder.ANYBODY} & job_folder.wishes(self.folder).keys())

    def owners(self) -> int:
        """How many people want it."""
        return len(job_folder.wishes(self.folder))

    def cancel(self, owner: str | None = None) -> None:
        """Leave it, or without an owner end it for all. It ends within a few seconds when nobody is left; nothing is stored."""
        self._wish(owner, None)
        if self.progress().state in ACTIVE:
            _end_unwanted(self)

    def pause(self, owner: str | None = None) -> None:
        """Let it rest, as far as this owner (or everybody) goes; it does when no owner wants it to go on. Whole epochs are kept."""
        self._wish(owner, False)

    def resume(self, owner: str | None = None) -> None:
        """Let it go on."""
        self._wish(owner, True)
        if _executor is not None:
            start(_executor)

    def _wish(self, owner: str | None, on: bool | None) -> None:
        """Note what one owner, or everybody, wants."""
        there = job_folder.wishes(self.folder)
        name = job_folder.name_of(owner or "")
        names = there if owner is None else {name if name in there else job_folder.ANYBODY} & there.keys()
        with suppress(OSError):  # it has ended, or nothing can be written
            for one in names:
                job_folder.wish(self.folder, one, on)

    def run(self) -> Run | None:
        """The stored run when it is done, what there is of it while it trains, None before its first state.

        Raises:
            core.runs.store.DamagedRun: it is stored but damaged.
        """
        if self.progress().state in ACTIVE:
            try:
                return live.read(self.folder, self.spec)
            except FileNotFoundError:  # it has just ended
                pass
        return store.find(self.spec)


def submit(spec: RunSpec, pool: Executor | None = None, *, owner: str = "") -> Job:
    """The job of this spec: the one that is under way or done, else a new one. Returns at once (unless `pool` is inline).

    It never raises: a job that cannot be asked for has failed, with a sentence.

    Args:
        owner: who asks, by a name of their own; the job ends early only when everybody who asked has left.
    """
    return _submit(spec, pool, owner)


def more(spec: RunSpec, epochs: int = 10, pool: Executor | None = None, *, owner: str = "") -> Job:
    """The job of so many epochs more than those of a stored run: a new run, whose header names this one as its parent.

    It goes on from the run's last checkpoint, or where that is gone begins again: the weights are those of one long training.

    Raises:
        SpecError: more epochs than a training may have.
    """
    longer = replace(spec, train=replace(spec.train, epochs=spec.train.epochs + epochs))

    def fill(folder: Path) -> None:
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
    with _lock:
        _deaths.pop(job.key, None)
        _troubles.pop(job.key, None)
    start(pool or executor())
    return job


def _joined(job: Job, owner: str) -> bool:
    """Join a job that has not ended; one that has is taken away, so that it can be made anew."""
    if not job.folder.exists():
        return False
    with suppress(FileNotFoundError):
        job_folder.wish(job.folder, job_folder.name_of(owner), True)
        if job.progress().state in ACTIVE or job.key in _troubles:
            return True
    job_folder.drop(job.folder)
    return False


def find(key: str) -> Job | None:
    """The job of a key that is queued, under way, or has failed or been cancelled lately; None if there is none."""
    found = job_folder.read(job_folder.home() / key)
    return Job(found[0]) if found else None


def active() -> list[Job]:
    """Jobs that are queued, under way or paused."""
    return [job for job in _all() if job.progress().state in ACTIVE]


def _all() -> list[Job]:
    home = job_folder.home()
    found = [find(path.name) for path in sorted(home.glob("[0-9a-f]*"))] if home.is_dir() else []
    return [job for job in found if job is not None]


def workers() -> int:
    """How many trainings this process runs at a time: KERNEL_EXPLORER_WORKERS, else a core is left for the app."""
    own = os.environ.get("KERNEL_EXPLORER_WORKERS", "")
    return max(1, int(own) if own.isdigit() else (os.cpu_count() or 2) - 1)


def executor() -> Executor:
    """The executor of this process of the app: processes of one torch thread each. From the first call on jobs that wait are looked for."""
    global _executor
    with _lock:
        if _executor is None:
            _executor = processes.Processes(workers())
            threading.Thread(target=_look, args=(_executor, job_folder.home()), daemon=True).start()
        return _executor


def serve() -> None:
    """Begin to run jobs that wait, those too that another process left behind; returns at once."""
    executor()


def _look(pool: Executor, home: Path) -> None:
    pause = threading.Event()
    while home == job_folder.home():  # for as long as this store is the one
        with suppress(Exception):  # whatever is wrong with one job or for a moment: the others must not wait for ever
            start(pool)
        pause.wait(LOOK_SECONDS)


def start(pool: Executor) -> None:
    """Hand jobs that wait to an executor as far as it has room, one for each person before anybody's second."""
    with _lock:
        tried: set[str] = set()
        while (job := _next(pool, tried)) is not None:
            tried.add(job.key)
            try:
                held = lease.take(job.folder)
            except OSError as error:
                _troubles[job.key] = job_folder.trouble(error)
                continue
            _troubles.pop(job.key, None)
            if held is None:
                continue
            try:
                future = pool.submit(work, str(job.folder), held.number, held.token)
            except RuntimeError:  # it is being shut down
                held.free()
                return
            _handed[job.key] = future, held
            future.add_done_callback(partial(_over, job, held, pool))


def _next(pool: Executor, tried: set[str]) -> Job | None:
    """The job whose turn it is; None where there is no room or none waits."""
    busy = sum(not future.done() for future, _ in _handed.values())
    if busy >= getattr(pool, "slots", float("inf")):
        return None
    running: Counter[str] = Counter()
    waiting: list[tuple[Job, list[str]]] = []
    for job in _all():
        if (job.folder / job_folder.ENDED).exists() or job.key in tried:
            continue
        wishes = job_folder.wishes(job.folder)
        wanting = [name for name, on in wishes.items() if on]
        mine = _handed.get(job.key)
        if (mine is not None and not mine[0].done()) or lease.held(job.folder):
            running.update(wanting)
        elif wanting:
            waiting.append((job, wanting))
        elif not wishes:
            _end_unwanted(job)
    return min(waiting, key=lambda one: (min(running[name] for name in one[1]), _asked(one[0]), one[0].key), default=(None,))[0]


def _asked(job: Job) -> float:
    """When it was asked for, for its place in the queue alone."""
    try:
        return (job.folder / job_folder.JOB).stat().st_mtime
    except OSError:
        return 0.0


def _over(job: Job, held: Lease, pool: Executor, future: "Future[Any]") -> None:
    """See to a job whose worker has ended without a word, and to the next one."""
    error = None if future.cancelled() else future.exception()
    if error is not None and held.holds():
        now = job.progress()
        at = _deaths.setdefault(job.key, [])
        at[:] = [*(epoch for epoch in at if epoch == now.epoch), now.epoch]
        if getattr(error, "killed", False) and len(at) < DEATHS:
            held.free()  # it goes on from its last whole epoch
        else:
            _give_up(job, held, replace(now, state=FAILED, sentence=_why(error, len(at))))
    start(pool)


def _why(error: BaseException, times: int) -> str:
    why = str(error) if isinstance(error, processes.WorkerDied) else f"its worker failed ({type(error).__name__})"
    return f"The training stopped: {why}{f', {times} times without an epoch in between' if times > 1 else ''}; start it again."


def _give_up(job: Job, held: Lease, now: Progress) -> None:
    try:
        job_folder.end(job.folder, now)
    except OSError as error:
        _troubles[job.key] = job_folder.trouble(error)
    held.free()


def _end_unwanted(job: Job) -> None:
    """Say of a job that nobody wants and nobody works on that it was cancelled; a worker that does work on it says so itself."""
    future, held = _handed.get(job.key, (None, None))
    with suppress(OSError):
        if future is None or not future.cancel():
            held = lease.take(job.folder)
        if held is not None:
            worker.unwanted(held, job.spec)
            held.free()


def _stored(key: str) -> bool:
    try:
        store.folder_of(key)
    except store.MissingRun:
        return False
    return True


def _sound(spec: RunSpec) -> bool:
    try:
        return store.find(spec) is not None
    except store.DamagedRun:  # training it again puts that right
        return False
