"""Room in the store: which runs were used when, and which go first when it is full.

Times are those that the store's own file system gives to files, on both sides of every comparison.
"""

import shutil
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from core.runs import shipped, store

USED = ".used"  # an empty file a run, touched when it is shown
ENDS = ".ends"  # last checkpoints of runs, from which longer trainings go on: they cost only time when they are gone
IN_USE_SECONDS = 24 * 3600.0  # a run that was shown so lately is in use
MOST_ENDS = 500_000_000  # bytes of them that are kept
_NOTE_SECONDS = 60.0  # between two notes of a process that a run is in use
_noted: dict[Path, float] = {}


def use(key: str) -> None:
    """Note that somebody looks at a run."""
    path = store.folders()[0] / USED / key
    if key in shipped.NAMES or time.monotonic() - _noted.get(path, -_NOTE_SECONDS) < _NOTE_SECONDS:
        return
    _noted[path] = time.monotonic()
    with suppress(OSError):  # a store that can only be read needs no room
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def trim_ends() -> None:
    """Keep the last checkpoints of the newest runs alone, as many as have room."""
    total = 0
    for path in sorted((store.folders()[0] / ENDS).glob("*"), key=time_of, reverse=True):
        with suppress(OSError):
            total += path.stat().st_size
            if total > MOST_ENDS:
                path.unlink()


def make(most: int, keep: Collection[str] = ()) -> bool:
    """Delete what is not shipped, the longest unused first, until the store holds less than `most` bytes; whether it does.

    Args:
        keep: keys of runs that stay, beside those in use.
    """
    home = store.folders()[0]
    for path in sorted((home / ENDS).glob("*"), key=time_of):
        if store.size() < most:
            return True
        with suppress(OSError):
            path.unlink()
    runs = {key: _used(home, key) for key in store.keys() if (home / key).is_dir() and key not in shipped.NAMES}  # noqa: SIM118
    present = now(home)
    for key in sorted(runs, key=runs.__getitem__):
        if store.size() < most:
            return True
        if key not in keep and present - runs[key] > IN_USE_SECONDS:
            _delete(home, key)
    return store.size() < most


def _used(home: Path, key: str) -> float:
    """When a run was stored or shown last."""
    return max(time_of(home / key), time_of(home / USED / key))


def time_of(path: Path) -> float:
    """When a file was changed last, seconds; 0 where it is not there."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def now(home: Path) -> float:
    """The time by the clock of a folder's file system, seconds; 0 where nothing can be written."""
    probe = home / f".now-{uuid4().hex[:8]}"
    try:
        probe.touch()
        return time_of(probe)
    except OSError:
        return 0.0
    finally:
        with suppress(OSError):
            probe.unlink()


def _delete(home: Path, key: str) -> None:
    """Take a run away, for its readers in one step."""
    gone = home / f".gone-{key}-{uuid4().hex[:8]}"
    with suppress(OSError):
        (home / key).rename(gone)
        (home / USED / key).unlink(missing_ok=True)
    shutil.rmtree(gone, ignore_errors=True)
