"""Files that are there whole or not at all: written beside their place, synced, and put there in one step."""

import json
import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

TRIES = 20  # on Windows a file that somebody reads at this moment cannot be replaced


def write(path: Path, data: bytes, *, sync: bool = True) -> None:
    """Replace a file as one, so that a reader sees the old one or the new one.

    Args:
        sync: have it on the disk itself first, for files that a machine that loses its power must find again.

    Raises:
        OSError: it cannot be written; then nothing has changed.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        with new.open("wb") as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        replace(new, path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def replace(new: Path, path: Path) -> None:
    """Put a file in the place of another, which somebody may be reading."""
    for left in reversed(range(TRIES)):
        try:
            new.replace(path)
            return
        except PermissionError:
            if not left or os.name != "nt":
                raise
            time.sleep(0.01)


def write_json(path: Path, values: Any, *, sync: bool = False) -> None:
    """Replace a small file of JSON as one."""
    write(path, json.dumps(values).encode(), sync=sync)


def read_json(path: Path) -> Any:
    """What a file of JSON holds; None where there is none that can be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def sync_names(folder: Path) -> None:
    """Have the names in a folder on the disk itself, where the system can be asked to."""
    with suppress(OSError):  # Windows opens no folders, and does so by itself
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
