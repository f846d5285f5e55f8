"""What a stored run's folder must be: plain files, each named with its SHA-256 in the manifest, and nothing beside them."""

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any

from core.runs.run import HISTORY, MANIFEST, SPEC

MOST_TEXT = 1_000_000  # bytes of a manifest or a header; ours have a thousand
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Broken(ValueError):
    """What is wrong with a folder, as the rest of a sentence."""


def apply(place: Path) -> None:
    """Sync every file of a folder and write their SHA-256 beside them."""
    names = sorted(p.name for p in place.iterdir())
    digests = {name: _digest(place / name) for name in names}
    (place / MANIFEST).write_text(json.dumps({"sha256": digests}, indent=1) + "\n", encoding="utf-8")
    for name in [*names, MANIFEST]:
        sync(place / name)
    sync(place)


def check(folder: Path) -> None:
    """Hold the files of a folder against its manifest.

    Hidden files are passed over: nobody reads them, and shared disks leave some of their own.

    Raises:
        Broken: one is missing, changed, not named or no plain file.
        OSError, ValueError, TypeError, KeyError, RecursionError: the manifest cannot be read.
    """
    digests = read_json(folder / MANIFEST)["sha256"]
    named = {str(name) for name in digests}
    if not all(map(NAME.fullmatch, named)):
        raise Broken("its manifest names a file outside its folder")
    for name in (SPEC, HISTORY):
        if name not in named:
            raise Broken(f"its manifest does not name {name}")
    for name in sorted(entry for entry in os.listdir(folder) if entry != MANIFEST and not entry.startswith(".")):
        if name not in named:
            raise Broken(f"its manifest does not name {name if NAME.fullmatch(name) else 'one of its files'}")
    for name, digest in digests.items():
        try:
            found = _digest(folder / name)
        except FileNotFoundError:
            raise Broken(f"{name} is missing") from None
        if found != digest:
            raise Broken(f"{name} does not match its checksum")


def read_json(path: Path) -> Any:
    """A small JSON file of a run.

    Raises:
        Broken: it is no plain file, or far too large.
        OSError, ValueError, RecursionError: it cannot be read.
    """
    with _plain(path) as file:
        text = file.read(MOST_TEXT + 1)
    if len(text) > MOST_TEXT:
        raise Broken(f"{path.name} is too large")
    return json.loads(text.decode("utf-8"))


def sync(path: Path) -> None:
    """Have a file or a folder's names on the disk itself."""
    if os.name == "nt" and path.is_dir():  # Windows does so by itself
        return
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(path: Path) -> str:
    """SHA-256 of a plain file, hexadecimal."""
    with _plain(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _plain(path: Path) -> Iterator[BufferedReader]:
    """A file opened for reading, so that a pipe does not make us wait, a device has no end and a link leads nowhere else.

    Raises:
        Broken: it is no plain file.
        OSError: it is not there, or cannot be opened.
    """
    if path.is_symlink() or not stat.S_ISREG(path.stat().st_mode):
        raise Broken(f"{path.name} is no plain file")
    # Looked at again once it is open, since it may have been exchanged in between.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Broken(f"{path.name} is no plain file")
        yield file
