"""Who works on a job: a lease in the job's folder, taken by one alone and kept up by nobody but its holder.

A lease is a file with a number; the highest number counts, and that a file is new is settled by the file system. Its holder changes
the file's content about every second. No clock is compared with another machine's: whoever looks measures by its own clock, which
nobody can set, for how long the content has stayed the same.
"""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from core.training import share

BEAT_SECONDS = 1.0  # how often a holder shows that it lives
SILENT_SECONDS = 15.0  # that a lease is seen unchanged until it counts as left behind
BEGUN = ".begun"  # after a lease's name: the work that it was given for has begun, once and never again
_FREE, _WAITING = b"free", b" waiting "
_seen: dict[Path, tuple[bytes, float]] = {}  # lease -> its content, and when this process first saw that
_numbers: dict[Path, int] = {}  # job -> the highest number seen
_lock = threading.Lock()


class LostLease(Exception):
    """Somebody else works on the job now, or its folder is gone: whoever held the lease must write nothing more."""


@dataclass
class Lease:
    """A lease that this process took, or was given by the one that did."""

    folder: Path
    number: int
    token: str
    _beats: int = field(default=0, repr=False)

    @property
    def path(self) -> Path:
        return _path(self.folder, self.number)

    @property
    def _begun(self) -> Path:
        return self.path.with_name(self.path.name + BEGUN)

    def holds(self) -> bool:
        """Whether it is still the one that counts."""
        try:
            return _highest(self.folder) == self.number and self.path.read_bytes().startswith(self.token.encode())
        except OSError:
            return False

    def check(self) -> None:
        """Raises LostLease unless it still counts."""
        share.refresh(self.folder)
        if not self.holds():
            raise LostLease(self.folder.name)

    def renew(self) -> bool:
        """Show that its holder lives; False if it does not count any more."""
        with suppress(OSError):
            share.refresh(self.folder)
        self._beats += 1
        return self._put(f"{self.token} {self._beats}".encode())

    def wait(self) -> None:
        """Show that whoever took it waits for the worker that was given it, until that one renews it; a busy machine starts slowly."""
        with suppress(OSError):
            if _WAITING in self.path.read_bytes() and not self._begun.exists():
                self._beats += 1
                self._put(f"{self.token}{_WAITING.decode()}{self._beats}".encode())

    def waiting(self) -> bool:
        """Whether it counts and the worker that it was given to has not begun."""
        with suppress(OSError):
            share.refresh(self.folder)
            return self.holds() and _WAITING in self.path.read_bytes()
        return False

    def begin(self) -> bool:
        """Begin the work that it was given for; False if it does not count, or the work has begun before.

        Whoever hands out work may do so again when a worker seems to be gone; that one may be alive still.

        Raises:
            OSError: nothing can be written in the folder.
        """
        if not self.holds():
            return False
        if not _create(self._begun, b""):
            return False
        return self.renew()

    def free(self) -> None:
        """Give it up, so that the job can be taken at once."""
        self._put(_FREE)

    def _put(self, content: bytes) -> bool:
        if not self.holds():
            return False
        try:
            with self.path.open("r+b") as file:  # never made anew: in a folder that was deleted it must not appear again
                file.write(content)
                file.truncate()
            share.put(self.folder, self.path.name, content)
        except FileNotFoundError:
            return False
        except OSError:  # the store cannot be written at the moment; what is to be written next will say why
            pass
        return True


def take(folder: Path) -> Lease | None:
    """The lease of a job, or None where somebody else holds it.

    Raises:
        OSError: nothing can be written in the folder.
    """
    share.refresh(folder)
    number = _highest(folder)
    if number and held(folder):
        return None
    lease = Lease(folder, number + 1, uuid4().hex)
    return lease if _create(lease.path, f"{lease.token}{_WAITING.decode()}0".encode()) else None


def _create(path: Path, content: bytes) -> bool:
    """Make a file; of several who try, one succeeds."""
    if not share.create(path.parent, path.name, content):
        return False
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileNotFoundError:
        return False
    except FileExistsError:  # or another process of this machine has just copied what was shared
        return path.read_bytes() == content and bool(share.number_of(path.parent))
    return True


def held(folder: Path) -> bool:
    """Whether somebody holds the job's lease, as far as this process can see. A lease seen for the first time counts as held."""
    try:
        path = _path(folder, _highest(folder))
        content = path.read_bytes()
    except OSError:
        return False
    if content == _FREE:
        return False
    with _lock:
        before, since = _seen.get(path, (None, 0.0))
        if content != before:
            for other in [other for other in _seen if other.parent == folder]:
                del _seen[other]
            _seen[path] = (content, time.monotonic())
            return True
    return time.monotonic() - since < SILENT_SECONDS


def _highest(folder: Path) -> int:
    """The number of the lease that counts; 0 before the first. Counted up from the last one seen, for none is ever deleted alone."""
    with _lock:
        number = _numbers.get(folder, 0)
        if number and not _path(folder, number).exists():  # the folder was made anew
            number = 0
        while _path(folder, number + 1).exists():
            number += 1
        _numbers[folder] = number
        return number


def _path(folder: Path, number: int) -> Path:
    return folder / f"lease-{number:06d}"
