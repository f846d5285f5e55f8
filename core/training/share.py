"""Jobs in a store that machines share by an address (core.runs.remote). Where the store is a folder there is nothing to do.

`jobs/KEY/NUMBER.json` makes a job: a new name, so of several who try, one succeeds; its files lie below `jobs/KEY/NUMBER/` before.
`jobs/KEY/NUMBER.gone` takes it away, and the highest number counts. Servers have a copy of every job, which only `pull` and their own
acts change: leases and wishes go to the address first. A worker trains in a folder of its own and pushes it after each state.
"""

import os
import shutil
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from core.runs import remote, store
from core.training import atomic

JOBS, ENDS = "jobs/", "ends/"
JOB, ENDED, OWNERS, LEASE, CHECKPOINT, SPARE = "job.json", "ended.json", "owners", "lease-", "checkpoint.safetensors", "spare"
NUMBER = "number"  # in job.json: which of the jobs of this key it is
PATIENCE_SECONDS = 60.0  # for which a worker tries again to reach the store
_ORDER = ("state-", "history.", "checkpoint.", "progress.", "error.")  # what a file promises lies there before it
_stamps: dict[Path, str] = {}  # file of a copy -> stamp of the object that it was read from
_pushed: dict[Path, tuple[int, int]] = {}  # file of a worker -> time and size when it was pushed


def number_of(folder: Path) -> str:
    """Which job of its key a folder holds; empty where the store is a folder."""
    if not remote.address():
        return ""
    found = atomic.read_json(folder / JOB)
    return str(found.get(NUMBER, "")) if isinstance(found, dict) else ""


def _prefix(folder: Path, number: str) -> str:
    return f"{JOBS}{folder.name.partition('-')[0]}/{number}"


def _name(prefix: str, name: str) -> str:
    """The object of a job's file; what changes from many sides lies apart, so that it is listed alone."""
    return f"{prefix}/{'now' if name.startswith((OWNERS, LEASE)) else 'files'}/{name}"


def publish(new: Path, key: str) -> bool:
    """Share a job that has just been made in `new`; False where somebody else's counts."""
    shared = remote.objects()
    if shared is None:
        return True
    number, alive = _latest(shared.list(f"{JOBS}{key}/"), key)
    if alive:
        return False
    prefix = f"{JOBS}{key}/{number + 1:06d}"
    atomic.write_json(new / JOB, atomic.read_json(new / JOB) | {NUMBER: f"{number + 1:06d}"})
    for path in new.rglob("*"):
        name = path.relative_to(new).as_posix()
        if path.is_file() and name not in (JOB, SPARE):
            shared.write(_name(prefix, name), path.read_bytes())
    return shared.create(f"{prefix}.json", (new / JOB).read_bytes())


def _latest(names: dict[str, str], key: str) -> tuple[int, bool]:
    """The highest number of a key's jobs, 0 for none, and whether that one is there."""
    start = f"{JOBS}{key}/"
    heads = {name[len(start) :] for name in names if name.startswith(start) and name.endswith((".json", ".gone"))}
    number = max((int(head[:6]) for head in heads if head[:6].isdigit() and "/" not in head), default=0)
    return number, bool(number) and f"{number:06d}.gone" not in heads


def put(folder: Path, name: str, data: bytes) -> None:
    """Share one file of a job."""
    shared, number = remote.objects(), number_of(folder)
    if shared and number:
        shared.write(_name(_prefix(folder, number), name), data)


def create(folder: Path, name: str, data: bytes) -> bool:
    """Share one file of a job if its name is new; True, too, where the store is a folder."""
    shared, number = remote.objects(), number_of(folder)
    return not (shared and number) or shared.create(_name(_prefix(folder, number), name), data)


def fetch(folder: Path, name: str) -> None:
    """Fetch one file of a job; what is here stays where the store does not answer."""
    shared, number = remote.objects(), number_of(folder)
    with suppress(OSError):
        if shared and number and (data := shared.read(_name(_prefix(folder, number), name))) is not None:
            atomic.write(folder / name, data, sync=False)


def delete(folder: Path, name: str) -> None:
    """Take one file of a job away."""
    shared, number = remote.objects(), number_of(folder)
    if shared and number:
        shared.delete(_name(_prefix(folder, number), name))


def drop(folder: Path) -> None:
    """Take a job away, for everybody in one step."""
    shared, number = remote.objects(), number_of(folder)
    if shared and number:
        prefix = _prefix(folder, number)
        shared.create(f"{prefix}.gone", b"")
        shared.delete(*shared.list(f"{prefix}/"))


def refresh(folder: Path) -> None:
    """Bring what others change in a job, leases and wishes, up to date; a job that has gone leaves no folder."""
    shared, number = remote.objects(), number_of(folder)
    if shared is None or not number:
        return
    prefix = _prefix(folder, number)
    found = shared.list(f"{prefix}/now/")
    if not found and shared.has(f"{prefix}.gone"):
        shutil.rmtree(folder, ignore_errors=True)
        return
    _copy(shared, folder, prefix, found)


def _copy(shared: remote.Objects, folder: Path, prefix: str, found: dict[str, str], skip: tuple[str, ...] = ()) -> None:
    """Make files of a folder what their objects are."""
    names = set()
    for object_, stamp in found.items():
        name = object_[len(prefix) + 1 :].partition("/")[2]
        path = folder / name
        names.add(name)
        if name in skip or ".." in name or (_stamps.get(path) == stamp and path.exists()):
            continue
        data = shared.read(object_)
        if data is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic.write(path, data, sync=False)
            _stamps[path] = stamp
    for path in (folder / OWNERS).glob("*"):
        _leave(shared, path, f"{OWNERS}/{path.name}", prefix, names)


def _leave(shared: remote.Objects, path: Path, name: str, prefix: str, names: set[str]) -> None:
    """Take a file away whose object is gone; one that has just come may not have been listed."""
    if name not in names and path.exists() and not shared.has(_name(prefix, name)):
        path.unlink(missing_ok=True)


def pull() -> None:
    """Bring this machine's copy of all jobs and runs up to date.

    Raises:
        remote.Unreachable: the store does not answer.
    """
    shared = remote.objects()
    if shared is None:
        return
    listed = shared.list(JOBS)
    remote.pull()  # after the jobs were listed, and before they go: whoever waits for one finds its run
    by_key: dict[str, dict[str, str]] = defaultdict(dict)
    for name, stamp in listed.items():
        by_key[name.split("/")[1]][name] = stamp
    for key, names in by_key.items():
        _pull(shared, key, names)


def pull_one(key: str) -> None:
    """Bring this machine's copy of one job up to date."""
    if (shared := remote.objects()) is not None:
        _pull(shared, key, shared.list(f"{JOBS}{key}/"))


def _pull(shared: remote.Objects, key: str, names: dict[str, str]) -> None:
    folder = store.folders()[0] / ".jobs" / key
    last, alive = _latest(names, key)
    number = f"{last:06d}"
    here = number_of(folder)  # one that was made since the names were listed has a higher one
    if here < number or (here == number and not alive):
        _away(folder)
    if not alive:
        return
    prefix = f"{JOBS}{key}/{number}"
    found = {name: stamp for name, stamp in names.items() if name.startswith(f"{prefix}/")}
    if folder.exists():
        _copy(shared, folder, prefix, found, skip=(CHECKPOINT,))
        _leave(shared, folder / ENDED, ENDED, prefix, {ENDED} if f"{prefix}/files/{ENDED}" in found else set())
        return
    head = shared.read(f"{prefix}.json")
    if head is None:
        return
    new = folder.with_name(f".new-{key}-{uuid4().hex[:8]}")
    try:
        _fill(shared, new, prefix, found, head, skip=(CHECKPOINT,))
        with suppress(OSError):  # another process of this machine was faster
            new.rename(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _fill(shared: remote.Objects, new: Path, prefix: str, found: dict[str, str], head: bytes, skip: tuple[str, ...] = ()) -> None:
    (new / OWNERS).mkdir(parents=True)
    _copy(shared, new, prefix, found, skip)
    for path in new.rglob("*"):
        _stamps.pop(path, None)
    atomic.write(new / JOB, head, sync=False)


def _away(folder: Path) -> None:
    old = folder.with_name(f".old-{folder.name}-{uuid4().hex[:8]}")
    with suppress(OSError):
        folder.rename(old)
    shutil.rmtree(old, ignore_errors=True)


def workplace(key: str, number: int) -> Path:
    """The folder in which a worker trains a job: the job's own, or one that is filled from the address."""
    home = store.folders()[0]
    shared = remote.objects()
    if shared is None:
        return home / ".jobs" / key
    for old in (home / ".work").glob(f"{key}-*"):  # of a worker that was killed, or has lost its lease
        shutil.rmtree(old, ignore_errors=True)
    place = home / ".work" / f"{key}-{number:06d}-{uuid4().hex[:8]}"
    names = shared.list(f"{JOBS}{key}/")
    last, alive = _latest(names, key)
    prefix = f"{JOBS}{key}/{last:06d}"
    head = shared.read(f"{prefix}.json") if alive else None
    if head is not None:
        _fill(shared, place, prefix, {name: stamp for name, stamp in names.items() if name.startswith(f"{prefix}/")}, head)
    return place


def push(folder: Path) -> None:
    """Share what a worker has written, each file after those that it speaks of; tries again for a while where the store is away.

    Raises:
        remote.Unreachable: it stays away.
    """
    shared, number = remote.objects(), number_of(folder)
    if shared is None or not number:
        return
    end = time.monotonic() + PATIENCE_SECONDS
    paths = [path for start in _ORDER for path in sorted(folder.glob(f"{start}*"))]
    for path in paths:
        with suppress(FileNotFoundError):
            stat = path.stat()
            seen = (stat.st_mtime_ns, stat.st_size)
            while _pushed.get(path) != seen:
                try:
                    shared.write(_name(_prefix(folder, number), path.name), path.read_bytes())
                    _pushed[path] = seen
                except remote.Unreachable:
                    if time.monotonic() > end:
                        raise
                    time.sleep(1)


def left(folder: Path) -> None:
    """A worker has ended: its own folder goes."""
    if folder.parent.name == ".work":
        shutil.rmtree(folder, ignore_errors=True)


def keep_end(path: Path) -> None:
    """Share a run's last checkpoint."""
    if (shared := remote.objects()) is not None:
        shared.write(f"{ENDS}{path.name}", path.read_bytes())


def fetch_end(path: Path) -> None:
    """Fetch a run's last checkpoint where it is not here."""
    shared = remote.objects()
    if shared is not None and not path.exists() and (data := shared.read(f"{ENDS}{path.name}")) is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write(path, data, sync=False)


def mark() -> str:
    """The name of the store, the same for everybody who sees it; empty where none can be seen."""
    if remote.address():
        return remote.address()
    home = store.folders()[0]
    with suppress(OSError):
        home.mkdir(parents=True, exist_ok=True)
        if not any(home.glob(".store-*")):
            (home / f".store-{uuid4().hex}").touch()
        return min(name for name in os.listdir(home) if name.startswith(".store-"))  # of several made at once, everybody takes this
    return ""
