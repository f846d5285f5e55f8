"""One training as everybody sees it who shares the store, and what a person may do with it."""

from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.runs import store
from core.runs.run import Run
from core.specs import RunSpec
from core.training import job_folder, lease, live, worker
from core.training.job_folder import ACTIVE, DONE, FAILED, PAUSED, QUEUED, RUNNING, Progress
from core.training.lease import Lease

handed: dict[str, tuple[Future[Any], Lease]] = {}  # jobs that this process has handed to an executor, by key
why_waiting = ""  # why this process hands no job to anybody now, in a sentence
troubles: dict[str, str] = {}  # why a job cannot go on, where not even that could be written, by key; until it is asked for again


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
        if self.key in troubles:
            return replace(found, state=FAILED, sentence=troubles[self.key])
        wanted = job_folder.wishes(self.folder).values()
        if wanted and not any(wanted):
            return replace(found, state=PAUSED)
        if found.state == RUNNING and lease.held(self.folder):
            return found
        return replace(found, state=QUEUED, sentence=why_waiting, taken=not why_waiting and lease.held(self.folder))

    def owned_by(self, owner: str) -> bool:
        """Whether this person may leave it or pause it: an owner, or anybody where nobody in particular asked for it."""
        return bool({job_folder.name_of(owner), job_folder.ANYBODY} & job_folder.wishes(self.folder).keys())

    def owners(self) -> int:
        """How many people want it."""
        return len(job_folder.wishes(self.folder))

    def cancel(self, owner: str | None = None) -> None:
        """Leave it, or without an owner end it for all. It ends within a few seconds when nobody is left; nothing is stored."""
        self._wish(owner, None)
        if self.progress().state in ACTIVE and not job_folder.wishes(self.folder):
            end_unwanted(self)

    def pause(self, owner: str | None = None) -> None:
        """Let it rest, as far as this owner (or everybody) goes; it does when no owner wants it to go on. Whole epochs are kept."""
        self._wish(owner, False)

    def resume(self, owner: str | None = None) -> None:
        """Let it go on."""
        self._wish(owner, True)

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


def find(key: str) -> Job | None:
    """The job of a key that is queued, under way, or has failed or been cancelled lately; None if there is none."""
    found = job_folder.read(job_folder.home() / key)
    return Job(found[0]) if found else None


def active() -> list[Job]:
    """Jobs that are queued, under way or paused."""
    return [job for job in all_known() if job.progress().state in ACTIVE]


def of(owner: str) -> list[Job]:
    """Jobs that this person wants: active ones, and those that failed or were cancelled for all lately."""
    return [job for job in all_known() if job_folder.name_of(owner) in job_folder.wishes(job.folder)]


def all_known() -> list[Job]:
    """Every job whose folder is there, ended ones too."""
    home = job_folder.home()
    found = [find(path.name) for path in sorted(home.glob("[0-9a-f]*"))] if home.is_dir() else []
    return [job for job in found if job is not None]


def given(job: Job) -> tuple[Future[Any], Lease] | None:
    """The future of a job that this process has handed out and that is not over, and its lease; None where another lease counts."""
    future, held = handed.get(job.key, (None, None))
    return (future, held) if future is not None and held is not None and not future.done() and held.holds() else None


def end_unwanted(job: Job) -> None:
    """Say of a job that nobody wants and nobody works on that it was cancelled; a worker that does work on it says so itself."""
    with suppress(OSError):
        mine = given(job)
        held = mine[1] if mine is not None and mine[0].cancel() else lease.take(job.folder)
        if held is not None:
            worker.unwanted(held, job.spec)
            held.free()


def _stored(key: str) -> bool:
    try:
        store.folder_of(key)
    except store.MissingRun:
        return False
    return True
