"""Classrooms: a link under which the trainings of a class stand in one table, for seven days.

Nothing personal is kept: a member is a random name of their browser, hashed, and an alias of their choice. A classroom is a folder of
small files beside the stored runs; its age is that of its first file, by the clock of the store's own file system.
"""

import hashlib
import re
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from core.runs import room, store

HOME = ".classrooms"
SECONDS = 7 * 24 * 3600.0  # that a classroom is there
LONGEST = 24  # letters of an alias
MOST = 300  # classrooms at a time
MOST_MEMBERS = 400
MOST_RUNS = 4_000
_BEGAN, _MEMBERS, _RUNS = "began", "members", "runs"
_KEY = re.compile(r"[0-9a-f]{16}")
_RUN = re.compile(r"([0-9a-f]{12})-([0-9a-f]{24})")


class Closed(LookupError):
    """There is no such classroom, or it is full; the message is a sentence with the cure."""


@dataclass(frozen=True)
class Entry:
    """A training in a classroom."""

    run: str  # its key
    member: str  # hashed
    alias: str


def begin() -> str:
    """A new classroom; its key for the link.

    Raises:
        Closed: there are too many.
        OSError: it cannot be written.
    """
    sweep()
    if len(_there()) >= MOST:
        raise Closed("As many rooms are open as this server allows. Each ends after seven days; try again then.")
    key = secrets.token_hex(8)
    new = _home() / f".new-{key}"
    for part in (_MEMBERS, _RUNS):
        (new / part).mkdir(parents=True)
    (new / _BEGAN).touch()
    new.rename(_home() / key)
    return key


def seconds_left(key: str) -> float:
    """Seconds until a classroom ends.

    Raises:
        Closed: there is none.
    """
    folder = _folder(key)
    left = SECONDS - (room.now(_home()) - room.time_of(folder / _BEGAN))
    if left <= 0:
        raise Closed(_ENDED)
    return left


def hashed(person: str) -> str:
    """How a person is called in a classroom's files."""
    return hashlib.sha256(f"classroom {person}".encode()).hexdigest()[:24]


def alias_of(key: str, person: str) -> str:
    """What a member calls themselves; empty of who is none.

    Raises:
        Closed: there is no such classroom.
    """
    return _alias(_folder(key) / _MEMBERS / hashed(person))


def join(key: str, person: str, alias: str) -> None:
    """Become a member, or take another alias.

    Raises:
        Closed: there is no such classroom, it is full, or the alias cannot be.
        OSError: it cannot be written.
    """
    seconds_left(key)
    path = _folder(key) / _MEMBERS / hashed(person)
    clean = " ".join(alias.split())
    if not 0 < len(clean) <= LONGEST or not clean.isprintable():
        raise Closed(f"Choose an alias of 1 to {LONGEST} letters.")
    if not path.exists() and len(list(path.parent.iterdir())) >= MOST_MEMBERS:
        raise Closed(f"This room is full: it has {MOST_MEMBERS} members.")
    if clean in {_alias(other) for other in path.parent.iterdir() if other != path}:
        raise Closed("Somebody in this room is called so already; choose another alias.")
    new = path.with_name(f".{path.name}-{uuid4().hex[:8]}")
    new.write_text(clean, encoding="utf-8")
    if path.exists():  # when they came is what counts for their trainings
        shutil.copystat(path, new)
    new.replace(path)


def leave(key: str, person: str) -> None:
    """Be no member any more; one's trainings are no longer of the room."""
    with suppress(Closed, OSError):
        name = hashed(person)
        for path in [*(_folder(key) / _RUNS).glob(f"*-{name}"), _folder(key) / _MEMBERS / name]:
            path.unlink(missing_ok=True)


def add(key: str, person: str, run: str) -> None:
    """Put a training of a member into the classroom, under way or done; nothing happens where it is full, or it was there before them.

    Raises:
        Closed: there is no such classroom.
        OSError: it cannot be written.
    """
    path = _folder(key) / _RUNS / f"{run}-{hashed(person)}"
    if not _RUN.fullmatch(path.name) or path.exists() or len(list(path.parent.iterdir())) >= MOST_RUNS:
        return
    home = store.folders()[0]
    made = max(room.time_of(home / run), room.time_of(home / ".jobs" / run))
    came = room.time_of(_folder(key) / _MEMBERS / hashed(person))
    if not came or made < came:
        return
    path.touch()


def entries(key: str) -> list[Entry]:
    """Every training of a classroom, in the order in which they came.

    Raises:
        Closed: there is no such classroom, or it has ended.
    """
    seconds_left(key)
    folder = _folder(key)
    aliases = {path.name: _alias(path) for path in (folder / _MEMBERS).iterdir() if not path.name.startswith(".")}
    found = []
    for path in sorted((folder / _RUNS).iterdir(), key=room.time_of):
        parts = _RUN.fullmatch(path.name)
        if parts and aliases.get(parts[2]):
            found.append(Entry(parts[1], parts[2], aliases[parts[2]]))
    return found


def kept() -> set[str]:
    """Keys of the runs that stay in the store since a classroom has them."""
    sweep()
    return {parts[1] for key in _there() for path in (_home() / key / _RUNS).glob("*") if (parts := _RUN.fullmatch(path.name))}


def sweep() -> None:
    """Take away the classrooms that have ended."""
    there = _there()
    present = room.now(_home()) if there else 0.0
    for key in there:
        if present - room.time_of(_home() / key / _BEGAN) > SECONDS:
            gone = _home() / f".gone-{key}"
            with suppress(OSError):
                (_home() / key).rename(gone)
            shutil.rmtree(gone, ignore_errors=True)


_ENDED = (
    "There is no such room any more: a room ends after seven days. Ask your teacher for a new link; your own trainings are still there."
)


def _home() -> Path:
    return store.folders()[0] / HOME


def _there() -> list[str]:
    home = _home()
    return [path.name for path in home.iterdir() if _KEY.fullmatch(path.name)] if home.is_dir() else []


def _folder(key: str) -> Path:
    if not _KEY.fullmatch(key) or not (_home() / key / _BEGAN).exists():
        raise Closed(_ENDED)
    return _home() / key


def _alias(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
    return text if text.isprintable() and len(text) <= LONGEST else ""
