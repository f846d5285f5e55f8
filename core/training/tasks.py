"""Questions that take a while and are no trainings: asked once, answered part by part in a worker, kept as files for everyone.

A task is a generator of core.analysis with the arrays and arguments that it is given, and is named by what they are: whoever asks the
same gets the same answer, at once where it is there. Everything known of it is files in `.tasks/<key>/` beside the stored runs.
"""

import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from core.runs import store
from core.specs import APP_VERSION
from core.training import processes

CALL, ARRAYS, BEAT, CANCEL, END = "call.json", "arrays.npz", "beat", "cancel", "end.json"
FOR = "for-"  # before a person: an empty file, touched while that person looks at a task under way
NONE, ACTIVE, DONE, FAILED, CANCELLED = "none", "active", "done", "failed", "cancelled"
BEAT_SECONDS = 1.0
STALE_SECONDS = 30.0  # without a sign of life a worker counts as gone
LOOKING_SECONDS = 10.0  # after a look a person still counts as waiting for the answer
GRACE_SECONDS = 3.0  # for a cancelled task to reach its next part; then its process ends
MOST = 200 * 2**20  # bytes of all answers; those not looked at for longest go first
OLD = 24 * 3600.0  # seconds after which what never ended is forgotten too
WAITING = 40  # tasks that may wait in this process

_lock = threading.Lock()
_executor: Executor | None = None
_futures: dict[str, Future[Any]] = {}


@dataclass(frozen=True, eq=False)
class Task:
    """A question: a generator "core.analysis.module:function" that is called with the arrays and the arguments."""

    function: str
    arrays: Mapping[str, np.ndarray]
    arguments: Mapping[str, Any] = field(default_factory=dict)  # of JSON
    parts: int = 1  # that it gives

    @cached_property
    def key(self) -> str:
        """A hash of all that the answer depends on."""
        digest = hashlib.sha256(json.dumps([APP_VERSION, self.function, dict(self.arguments), self.parts], sort_keys=True).encode())
        for name, array in sorted(self.arrays.items()):
            digest.update(f"{name} {array.dtype} {array.shape}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:20]

    @property
    def folder(self) -> Path:
        return _home() / self.key


@dataclass(frozen=True)
class Progress:
    """How far a task is."""

    state: str
    done: int = 0  # parts
    parts: int = 1
    sentence: str = ""  # why it failed, and what helps


def start(task: Task, pool: Executor | None = None) -> None:
    """Have it answered, unless it is or is being; returns at once (unless `pool` is inline)."""
    pool, place = pool or executor(), task.folder
    with _lock:
        before = progress(task).state
        if before in (ACTIVE, DONE):
            return
        if before != NONE:
            shutil.rmtree(place, ignore_errors=True)
        _sweep()
        try:
            place.mkdir(parents=True)
        except FileExistsError:  # another process was faster
            return
        (place / BEAT).touch()
        if sum(not future.done() for future in _futures.values()) >= WAITING:
            _end(place, FAILED, "So much is being worked out here that this has to wait; ask again in a few minutes.")
            return
        np.savez(place / ARRAYS, **task.arrays)  # type: ignore[arg-type]  # numpy's stubs know no names
        (place / CALL).write_text(json.dumps([task.function, dict(task.arguments)]), encoding="utf-8")
        future = _futures[task.key] = pool.submit(work, str(place))
    future.add_done_callback(lambda ended: _note_death(task.key, place, ended))


def progress(task: Task) -> Progress:
    """Where it stands now; looking at a task that waits in this process is its sign of life."""
    return _progress(task.key, task.parts)


def _progress(key: str, parts: int = 1) -> Progress:
    place = _home() / key
    try:
        end = json.loads((place / END).read_text(encoding="utf-8"))
        return Progress(end["state"], _count(place), parts, end["sentence"])
    except (OSError, ValueError):
        pass
    future = _futures.get(key)
    if future is not None and not future.done():
        with suppress(OSError):
            (place / BEAT).touch()
    try:
        silent = time.time() - (place / BEAT).stat().st_mtime
    except OSError:
        return Progress(NONE, 0, parts)
    if silent > STALE_SECONDS:
        return Progress(FAILED, 0, parts, "The process that worked this out is gone; ask again.")
    return Progress(ACTIVE, _count(place), parts)


def cancel(task: Task) -> None:
    """Stop it within a few seconds; the parts that are there stay until it is asked anew."""
    _cancel(task.key)


def _cancel(key: str) -> None:
    if _progress(key).state != ACTIVE:
        return
    (_home() / key / CANCEL).touch()
    future = _futures.get(key)
    if future is not None and future.cancel():
        _end(_home() / key, CANCELLED)


def look(task: Task, person: str) -> None:
    """Note that a person waits for the answer of a task under way."""
    with suppress(OSError):  # it has just been swept away
        (task.folder / f"{FOR}{person}").touch()


def leave(key: str, person: str) -> None:
    """A person asks for something else instead: the task of this key is cancelled, unless somebody else waits for it too."""
    (_home() / key / f"{FOR}{person}").unlink(missing_ok=True)
    now = time.time()
    for path in (_home() / key).glob(f"{FOR}*"):
        with suppress(OSError):
            if now - path.stat().st_mtime < LOOKING_SECONDS:
                return
    _cancel(key)


def part(task: Task, number: int) -> dict[str, np.ndarray]:
    """One part of the answer, by name.

    Raises:
        FileNotFoundError: it is not there (any more).
    """
    path = task.folder / f"part-{number}.npz"
    with np.load(path, allow_pickle=False) as file:
        found = {name: file[name] for name in file.files}
    with suppress(OSError):
        os.utime(task.folder)
    return found


def _home() -> Path:
    return store.folders()[0] / store.TASKS


def executor() -> Executor:
    """One process at a time, beside those that train."""
    global _executor
    with _lock:
        if _executor is None:
            _executor = processes.Processes(1)
        return _executor


def work(folder: str) -> None:
    """What a worker does: call the generator, write each part as it comes, and how it ended."""
    place = Path(folder)
    function, arguments = json.loads((place / CALL).read_text(encoding="utf-8"))
    with np.load(place / ARRAYS, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    ended = threading.Event()
    threading.Thread(target=_beat, args=(place, ended), daemon=True).start()
    module, _, name = function.partition(":")
    try:
        for number, found in enumerate(getattr(import_module(module), name)(arrays, **arguments)):
            if (place / CANCEL).exists():
                _end(place, CANCELLED)
                return
            _write(place / f"part-{number}.npz", found)
        _end(place, DONE)
    except MemoryError:
        _end(place, FAILED, "This needs more memory than there is; choose a smaller network or fewer images.")
    except Exception as error:  # a worker has no one above it: whatever went wrong must reach the page as a sentence
        why = f"{type(error).__name__}: {processes.pathless(str(error))}"[:200]
        _end(place, FAILED, f"This could not be worked out ({why}); choose another state or network.")
    finally:
        ended.set()


def _write(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """A part is there whole or not at all."""
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
    new.replace(path)


def _beat(place: Path, ended: threading.Event) -> None:
    """Show a sign of life; end the process when a cancelled task does not reach its next part in time."""
    asked: float | None = None
    while not ended.wait(BEAT_SECONDS if asked is None else 0.2):
        with suppress(OSError):
            (place / BEAT).touch()
        if (place / CANCEL).exists():
            asked = asked or time.monotonic()
            if processes.alone() and time.monotonic() - asked > GRACE_SECONDS:
                _end(place, CANCELLED)
                os._exit(0)


def _end(place: Path, state: str, sentence: str = "") -> None:
    """Note how it ended; what it was given is not needed any more."""
    new = place / f"{END}.new"
    with suppress(OSError):
        new.write_text(json.dumps({"state": state, "sentence": sentence}), encoding="utf-8")
        new.replace(place / END)
        (place / ARRAYS).unlink(missing_ok=True)


def _note_death(key: str, place: Path, future: "Future[Any]") -> None:
    """Turn a worker that ended without a word into a failed task."""
    _futures.pop(key, None)
    if not future.cancelled() and future.exception() is not None and not (place / END).exists():
        _end(place, FAILED, f"This was not worked out to its end: {future.exception()}; ask again.")


def _count(place: Path) -> int:
    return len(list(place.glob("part-*.npz")))


def _sweep() -> None:
    """Forget the answers that were not looked at for longest, until the rest fits."""
    found = []
    for place in _home().glob("*"):
        with suppress(OSError):
            found.append((place.stat().st_mtime, sum(path.stat().st_size for path in place.iterdir()), place))
    room = MOST
    for used, size, place in sorted(found, reverse=True):
        room -= size
        if room < 0 and ((place / END).exists() or time.time() - used > OLD):
            shutil.rmtree(place, ignore_errors=True)
