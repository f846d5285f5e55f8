"""Where downloaded data sets lie, and the error for those that do not."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWN_FOLDER = ROOT / "cache" / "data"


class MissingData(LookupError):
    """A data set that is not on this machine, or not whole; the message is a sentence with the cure."""


@dataclass(frozen=True)
class Archives:
    """The files that a data set is downloaded as."""

    mirrors: tuple[str, ...]  # addresses of folders, ending in "/", tried in turn
    sums: Mapping[str, str]  # file name -> checksum, such as "md5:9fb6...", as pooch takes it


def data_folder() -> Path:
    """The folder of downloaded data: KERNEL_EXPLORER_DATA, counted from the project's folder, if set, else cache/data of it."""
    own = os.environ.get("KERNEL_EXPLORER_DATA")
    return ROOT / own if own else OWN_FOLDER


def own_folder() -> Path:
    """Where images of people's own lie that are trained on: beside the runs, where those are in a folder."""
    runs = os.environ.get("KERNEL_EXPLORER_RUNS", "")
    return (ROOT / "cache" / "runs" if not runs or "://" in runs else ROOT / runs) / ".images"


def checksum(path: Path, algorithm: str) -> str:
    """Hexadecimal "md5" or "sha256" of a file, computed once for each size and time of change."""
    stat = path.stat()
    return _checksum(path, algorithm, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=32)
def _checksum(path: Path, algorithm: str, size: int, changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()
