"""The files of one job: what is asked for and by whom, how far it is and how it ended. All that anybody knows of it stands here.

`.jobs/<key>/` beside the stored runs holds job.json, a file in owners/ for each person who wants it ("paused" inside where that
person does not want it now), progress.json and ended.json, leases (see core.training.lease), the states that are seen while it trains
(core.training.live) and its checkpoint. The folder is there whole or not at all.
"""

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from core.runs import remote, store
from core.specs import RunSpec, SpecError, from_dict, to_dict
from core.training import atomic, share

JOB, PROGRESS, ENDED, OWNERS, SPARE = "job.json", "progress.json", "ended.json", "owners", "spare"
QUEUED, RUNNING, PAUSED, DONE, FAILED, CANCELLED = "queued", "running", "paused", "done", "failed", "cancelled"
ACTIVE = (QUEUED, RUNNING, PAUSED)
KEEP_SECONDS = 24 * 3600.0  # how long the sentence of a failed or cancelled job is kept
_PAUSED = "paused"


@dataclass(frozen=True)
class Progress:
    """How far a job is."""

    state: str  # queued, running, paused, done, failed or cancelled
    epoch: float = 0.0  # epochs completed
    epochs: int = 0  # epochs asked for
    seconds: float = 0.0  # that it was worked on
    metrics: dict[str, float] = field(default_factory=dict)  # of the latest state
    sentence: str = ""  # why it failed, and what helps; or why it waits
    taken: bool = field(default=False, compare=False)  # queued, and a worker was given it: it starts

    @property
    def share(self) -> float:
        """0 to 1."""
        return 1.0 if self.state == DONE else min(self.epoch / self.epochs, 1.0) if self.epochs else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds still needed at the mean speed so far; None before the first steps are done."""
        return self.seconds * (1 - self.share) / self.share if self.share > 0 else None


def home() -> Path:
    """Where jobs are."""
    return store.folders()[0] / ".jobs"


def make(folder: Path, spec: RunSpec, owner: str, parent: str = "", fill: Callable[[Path], Any] | None = None) -> bool:
    """Make a job's folder, as one; False where somebody else has just made it.

    Args:
        parent: key of the run that it goes on from.
        fill: puts states and a checkpoint into it.

    Raises:
        OSError: it cannot be written.
    """
    new = folder.with_name(f".new-{folder.name}-{uuid4().hex[:8]}")
    try:
        (new / OWNERS).mkdir(parents=True)
        atomic.write_json(new / JOB, {"spec": to_dict(spec), "parent": parent}, sync=True)
        (new / SPARE).write_bytes(bytes(4096))
        wish(new, name_of(owner), True)
        if fill is not None:
            fill(new)
        if not share.publish(new, folder.name):
            share.pull_one(folder.name)
            return False
        new.rename(folder)
        atomic.sync_names(folder.parent)
        return True
    except OSError:
        if folder.is_dir() and not (folder / ENDED).exists():
            return False
        raise
    finally:
        shutil.rmtree(new, ignore_errors=True)


def read(folder: Path) -> tuple[RunSpec, str] | None:
    """The spec and the parent's key of a job; None where there is none that can be read."""
    found = atomic.read_json(folder / JOB)
    try:
        return from_dict(RunSpec, found["spec"]), str(found["parent"])
    except (SpecError, KeyError, TypeError):
        return None


def drop(folder: Path) -> None:
    """Take a job's folder away, for its readers in one step."""
    share.drop(folder)
    old = folder.with_name(f".old-{folder.name}-{uuid4().hex[:8]}")
    with suppress(OSError):  # it is gone, or on Windows somebody reads in it
        folder.rename(old)
    for path in (old, folder):
        shutil.rmtree(path, ignore_errors=True)


# Owners: a job goes on for as long as one of them wants it.


def name_of(owner: str) -> str:
    """What an owner's file is called: nobody is named in the store."""
    return hashlib.sha256(owner.encode()).hexdigest()[:24]


ANYBODY = name_of("")  # what nobody in particular asked for is everybody's


def wishes(folder: Path) -> dict[str, bool]:
    """Each owner's name, and whether the job is to go on for that one."""
    found = {}
    with suppress(OSError):  # it has just gone
        for name in os.listdir(folder / OWNERS):
            with suppress(OSError):
                found[name] = (folder / OWNERS / name).read_text(encoding="utf-8") != _PAUSED
    return found


def wish(folder: Path, name: str, on: bool | None) -> None:
    """Have a job go on for one owner, or rest, or (None) want it no more.

    Raises:
        FileNotFoundError: the job has just gone.
        OSError: nothing can be written.
    """
    path = folder / OWNERS / name
    if on is None:
        share.delete(folder, f"{OWNERS}/{name}")
        path.unlink(missing_ok=True)
    else:
        text = "" if on else _PAUSED
        share.put(folder, f"{OWNERS}/{name}", text.encode())
        path.write_text(text, encoding="utf-8")


# How far it is.


def progress(folder: Path) -> Progress | None:
    """What was noted last of a job, its end or how far it came; None before anything was."""
    for name in (ENDED, PROGRESS):
        found = atomic.read_json(folder / name)
        with suppress(TypeError):
            return Progress(**found)
    return None


def note(folder: Path, now: Progress) -> None:
    """Note how far a job is."""
    atomic.write_json(folder / PROGRESS, asdict(now))


def end(folder: Path, now: Progress) -> None:
    """Note how a job ended and drop its states. Raises OSError where not even that can be written."""
    for path in [folder / SPARE, *folder.glob("*.safetensors"), *folder.glob("history.*")]:  # first, since the disk may be full
        path.unlink(missing_ok=True)
    atomic.write_json(folder / ENDED, asdict(now))
    share.put(folder, ENDED, (folder / ENDED).read_bytes())


def go_on(folder: Path) -> None:
    """An end that was noted holds no more."""
    share.delete(folder, ENDED)
    (folder / ENDED).unlink(missing_ok=True)


def sweep() -> None:
    """Forget jobs that ended long ago, and what killed processes left half made."""
    for path in home().glob("*"):
        with suppress(OSError):
            left = path.name.startswith((".new-", ".old-"))
            if (left or (path / ENDED).exists()) and time.time() - (path if left else path / ENDED).stat().st_mtime > KEEP_SECONDS:
                drop(path)


def trouble(error: OSError) -> str:
    """Why nothing can be written, in a sentence without any path."""
    if isinstance(error, remote.Unreachable):
        return str(error)
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return "The disk that holds the trained runs is full. Make room on it, then start the training again; every stored run still opens."
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return (
            "The folder of trained runs cannot be written to here, so nothing can be trained; every stored run still opens. "
            "Whoever runs the server can make it writable, or name another with KERNEL_EXPLORER_RUNS."
        )
    return f"The folder of trained runs cannot be used ({error.strerror or type(error).__name__}); start the training again later."
