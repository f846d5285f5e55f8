"""Whose turn it is: jobs that wait are handed to an executor, one for each person before anybody's second.

An executor is a `concurrent.futures.Executor` with `slots`, the number of jobs that it runs at once; it is `shared` where every
process of the app fills the same ones, and its `trouble` says why it has none. `work` and its arguments (the key, a number, a token)
can be sent to another machine that sees the store. Every process of the app that shares it may hand out its jobs: a lease sees to it
that one of them does.
"""

import logging
import os
import threading
from collections import Counter
from concurrent.futures import Executor, Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from core.runs import remote
from core.training import job as job_module
from core.training import job_folder, lease, processes, share
from core.training.cluster import Cluster
from core.training.job import Job, all_known, end_unwanted, given, handed, troubles
from core.training.job_folder import FAILED, Progress
from core.training.lease import Lease
from core.training.worker import work

LOOK_SECONDS = 1.0  # between two looks for jobs that wait
DEATHS = 5  # of a job's processes, one after another without an epoch in between; then it is given up

_log = logging.getLogger(__name__)
_lock = threading.RLock()
_executor: Executor | None = None
_deaths: dict[str, list[float]] = {}  # epochs at which a job's processes were ended from outside


def workers() -> int:
    """How many trainings this process runs at a time: KERNEL_EXPLORER_WORKERS, else a core is left for the app."""
    own = os.environ.get("KERNEL_EXPLORER_WORKERS", "")
    return max(1, int(own) if own.isdigit() else (os.cpu_count() or 2) - 1)


def executor() -> Executor:
    """The executor of this process of the app: processes of one torch thread each, here or on the cluster that KERNEL_EXPLORER_DASK names.

    From the first call on jobs that wait are looked for.
    """
    global _executor
    with _lock:
        if _executor is None:
            cluster = os.environ.get("KERNEL_EXPLORER_DASK")
            _executor = Cluster(cluster) if cluster else processes.Processes(workers())
            threading.Thread(target=_look, args=(_executor, job_folder.home()), daemon=True).start()
        return _executor


def serve() -> None:
    """Begin to run jobs that wait, those too that another process left behind; returns at once.

    Raises:
        SystemExit: the address of the store cannot be used.
    """
    remote.objects()
    executor()


def _look(pool: Executor, home: Path) -> None:
    pause, checked = threading.Event(), False
    while home == job_folder.home():  # for as long as this store is the one
        try:
            if (shared := remote.objects()) and not checked:
                shared.check()
            checked = True
            share.pull()
            start(pool)
        except remote.Unreachable as error:
            job_module.why_waiting = str(error)
        except Exception:  # whatever is wrong with one job or for a moment: the others must not wait for ever
            _log.exception("jobs that wait")
        pause.wait(LOOK_SECONDS)


def start(pool: Executor) -> None:
    """Hand jobs that wait to an executor as far as it has room, one for each person before anybody's second."""
    job_module.why_waiting = getattr(pool, "trouble", "")
    with _lock:
        for future, mine in handed.values():
            if not future.done():
                mine.wait()
        tried: set[str] = set()
        while (job := _next(pool, tried)) is not None:
            tried.add(job.key)
            try:
                held = lease.take(job.folder)
            except remote.Unreachable:
                return
            except OSError as error:
                troubles[job.key] = job_folder.trouble(error)
                continue
            if held is None:
                continue
            try:
                future = pool.submit(work, job.key, held.number, held.token)
            except RuntimeError:  # it is being shut down
                held.free()
                return
            handed[job.key] = future, held
            future.add_done_callback(partial(_over, job, held, pool))


def _next(pool: Executor, tried: set[str]) -> Job | None:
    """The job whose turn it is; None where there is no room or none waits."""
    room = getattr(pool, "slots", float("inf"))
    running: Counter[str] = Counter()
    waiting: list[tuple[Job, list[str]]] = []
    for job in all_known():
        if (job.folder / job_folder.ENDED).exists():
            continue
        wishes = job_folder.wishes(job.folder)
        wanting = [name for name, on in wishes.items() if on]
        mine = given(job) is not None
        busy = mine or lease.held(job.folder)
        room -= busy if getattr(pool, "shared", False) else mine
        if busy:
            running.update(wanting)
        elif wanting and job.key not in tried and job.key not in troubles:
            waiting.append((job, wanting))
        elif not wishes:
            end_unwanted(job)
    if room <= 0 or not waiting:
        return None
    return min(waiting, key=lambda one: (min(running[name] for name in one[1]), _asked(one[0]), one[0].key))[0]


def _asked(job: Job) -> float:
    """When it was asked for, for its place in the queue alone."""
    try:
        return (job.folder / job_folder.JOB).stat().st_mtime
    except OSError:
        return 0.0


def _over(job: Job, held: Lease, pool: Executor, future: "Future[Any]") -> None:
    """See to a job whose worker has ended without a word, and to the next one."""
    error = None if future.cancelled() else future.exception()
    now = job.progress()
    if error is not None and now.state in job_folder.ACTIVE and held.holds():
        at = _deaths.setdefault(job.key, [])
        at[:] = [*(epoch for epoch in at if epoch == now.epoch), now.epoch]
        if getattr(error, "killed", False) and len(at) < DEATHS:
            held.free()  # it goes on from its last whole epoch
        else:
            _give_up(job, held, replace(now, state=FAILED, sentence=_why(error, len(at))))
    elif now.state in job_folder.ACTIVE and held.waiting():
        held.free()  # nobody has begun it, nor will
    start(pool)


def _why(error: BaseException, times: int) -> str:
    why = str(error) if isinstance(error, processes.WorkerDied) else f"its worker failed ({type(error).__name__})"
    return f"The training stopped: {why}{f', {times} times without an epoch in between' if times > 1 else ''}; start it again."


def _give_up(job: Job, held: Lease, now: Progress) -> None:
    try:
        job_folder.end(job.folder, now)
    except OSError as error:
        troubles[job.key] = job_folder.trouble(error)
    held.free()


def forget(job: Job) -> None:
    """A job is asked for again: what went wrong with it before counts no more."""
    with _lock:
        _deaths.pop(job.key, None)
        troubles.pop(job.key, None)
