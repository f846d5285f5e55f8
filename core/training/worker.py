"""What a worker does: train the spec of a job, write what happens, store the run. Knows no page."""

import math
import os
import threading
import time
import traceback
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from core.data.folder import MissingData
from core.runs import remote, room, store
from core.specs import RunSpec, SpecError
from core.training import checkpoint, job_folder, lease, live, loop, processes, share
from core.training.job_folder import CANCELLED, FAILED, RUNNING, Progress
from core.training.lease import Lease, LostLease

GRACE_SECONDS = 2.0  # for a training that is not wanted now to reach its next record; then its process ends


class Diverged(ArithmeticError):
    """The loss is no number any more; the message is a sentence."""


def work(key: str, number: int, token: str) -> None:
    """Train a job until it ends, is paused, or somebody else has its lease, which this worker was given.

    A training that was interrupted goes on from its last whole epoch, to the same bits as one that never was.
    """
    place = share.workplace(key, number)
    try:
        _work(place, Lease(place, number, token))
    finally:
        share.left(place)


def _work(place: Path, held: Lease) -> None:
    asked = job_folder.read(place)
    if asked is None or not held.begin():
        return
    spec, parent = asked
    storing, over = threading.Event(), threading.Event()
    threading.Thread(target=_watch, args=(held, spec, storing, over), daemon=True).start()
    try:
        if _train(held, spec):
            if not _stored(spec):
                storing.set()
                held.check()
                from core.training.reproduce import facts

                live.save_run(place, spec, facts(spec) | ({"parent": parent} if parent else {}))
            close(place, spec)
        else:
            held.free()
    except (LostLease, remote.Unreachable):  # somebody goes on from the last epoch that is known
        return
    except Exception as error:  # a worker has no one above it: whatever went wrong must reach the page as a sentence
        if not held.holds():  # the folder was deleted, or somebody else trains in it
            return
        if not isinstance(error, OSError | SpecError | MissingData | loop.MissingTorch | Diverged):
            with suppress(OSError):
                (place / "error.txt").write_text(traceback.format_exc(), encoding="utf-8")
        job_folder.end(place, Progress(FAILED, epochs=spec.train.epochs, sentence=reason(error, spec.key)))
        held.free()
    finally:
        over.set()


def _train(held: Lease, spec: RunSpec) -> bool:
    """Train from the last whole epoch on; True at the end, False where it is not wanted now."""
    place = held.folder
    if _stored(spec):
        return True
    saved = checkpoint.read(place / checkpoint.FILE)
    if saved is None or not live.cut(place, saved.states):
        saved = None
        live.cut(place, 0)
    states, before = (saved.states, saved.seconds) if saved else (0, 0.0)
    began = time.monotonic()
    with closing(loop.train(spec, saved) if saved else loop.train(spec)) as records:  # type: ignore[type-var]  # a generator
        for record in records:
            held.check()
            if unwanted(held, spec):
                return False
            if not math.isfinite(record.metrics.get("loss", 0.0)):
                raise Diverged(_diverged(record))
            live.write(place, spec, states, record)
            states += 1
            now = Progress(RUNNING, record.epoch, spec.train.epochs, before + time.monotonic() - began, record.metrics)
            if record.checkpoint is not None:
                checkpoint.write(place, replace(record.checkpoint(), states=states, seconds=now.seconds))
            job_folder.note(place, now)
            share.push(place)
    return True


def unwanted(held: Lease, spec: RunSpec) -> bool:
    """Whether nobody wants it now. What nobody wants at all has ended, unless somebody comes at this very moment."""
    folder = held.folder
    found = job_folder.wishes(folder)
    if any(found.values()):
        return False
    if not found and held.holds():
        began = (folder / job_folder.PROGRESS).exists()
        sentence = "The training was cancelled; nothing of it was stored." if began else "The training was cancelled before it began."
        job_folder.end(folder, Progress(CANCELLED, epochs=spec.train.epochs, sentence=sentence))
        if job_folder.wishes(folder):
            job_folder.go_on(folder)
    return True


def close(place: Path, spec: RunSpec) -> None:
    """Take a job's folder away: from here on the stored run says that it is done. Its last checkpoint is kept, to go on from."""
    if not remote.has(spec.key):  # whoever stored it was killed before it was shared
        remote.push(store.folder_of(spec.key))
    with suppress(OSError):
        ends().mkdir(exist_ok=True)
        (place / checkpoint.FILE).replace(end_of(spec.key))
        share.keep_end(end_of(spec.key))
        room.trim_ends()
    job_folder.drop(place)


def ends() -> Path:
    """Where the last checkpoints of stored runs are. Losing one costs only time: longer trainings then begin at the start."""
    return store.folders()[0] / room.ENDS


def end_of(key: str) -> Path:
    """The file of a run's last checkpoint."""
    return ends() / f"{key}.safetensors"


def reason(error: Exception, key: str) -> str:
    """Why a training failed and what helps, in a sentence."""
    if isinstance(error, SpecError | MissingData | loop.MissingTorch | Diverged):
        return str(error)
    if isinstance(error, OSError):
        return job_folder.trouble(error)
    if isinstance(error, MemoryError) or "allocate memory" in str(error):
        return "The training needs more memory than there is; choose fewer images or smaller layers."
    what = f"{type(error).__name__}: {processes.pathless(str(error))}"[:300]
    return f"The training stopped with an error ({what}); {key}/error.txt holds more."


def _diverged(record: loop.EpochRecord) -> str:
    loss = record.metrics["loss"]
    what = "is no number any more (NaN)" if math.isnan(loss) else "has grown beyond all numbers"
    inside = math.ceil(record.epoch)
    return (
        f"The loss {what} in epoch {inside} (step {record.step:,}), so the training ended there. "
        "Choose a smaller learning rate or momentum, or another start of the weights."
    )


def _stored(spec: RunSpec) -> bool:
    """Whether the run is stored and sound; training it again puts a damaged one right."""
    try:
        remote.fetch_missing(spec.key)
        return store.find(spec) is not None
    except store.DamagedRun:
        return False


def _watch(held: Lease, spec: RunSpec, storing: threading.Event, over: threading.Event) -> None:
    """Keep up the lease; end the process when it is lost, or when nobody wants the training and its next record does not come."""
    asked: float | None = None
    while not over.wait(lease.BEAT_SECONDS if asked is None else 0.2):
        if not held.renew():
            if processes.alone():
                os._exit(0)
            return
        if any(job_folder.wishes(held.folder).values()):
            asked = None
            continue
        asked = asked or time.monotonic()
        if processes.alone() and not storing.is_set() and time.monotonic() - asked > GRACE_SECONDS:
            with suppress(OSError):
                if unwanted(held, spec):
                    held.free()
                    os._exit(0)
