"""Images of people's own that are kept to be trained on: beside the runs, each set under its hash, until its owner takes it away.

A worker process of the same machine reads them here. A set is there whole or not at all, its images in the order of its parts: those
that train, those that validate, those that test.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.folder import MissingData, own_folder
from core.specs.own import OwnSpec

if TYPE_CHECKING:  # training needs none of what reads pictures
    from core.data.own_images import OwnSet

DAYS = 30  # that a set is kept which nobody trains on
MOST_BYTES = 2_000 * 10**6  # of all sets together
ABOUT, IMAGES, LABELS = "about.json", "images.npy", "labels.npy"
GONE = "These images are not on this machine: they were taken away, or are older than 30 days. Drop them again under Own, Your images."
DAMAGED = "The files of these images are damaged. Drop them again under Own, Your images."
_DAY = 24 * 3600.0


class NoRoom(OSError):
    """No more sets can be kept; the message is a sentence."""


@dataclass(frozen=True)
class About:
    """What is known of a set without reading its images."""

    spec: OwnSpec
    splits: dict[str, int]  # "train", "validation", "test" -> images
    called: str  # its file's name, as its owner called it


@dataclass(frozen=True)
class Kept:
    """The reader of one set, as the catalogue asks for one."""

    name: str

    def load(self, split: str) -> tuple[np.ndarray, np.ndarray]:
        """Images (N, 28, 28) and labels (N,), both uint8, ink 255, of a split.

        Raises:
            MissingData: it was taken away, or its files are not what was written.
        """
        found = about(self.name)
        if found is None:
            raise MissingData(GONE)
        folder = own_folder() / self.name
        images, labels = _whole(folder, found.spec, _look(folder / IMAGES), _look(folder / LABELS))
        with suppress(OSError):
            os.utime(folder)  # it is in use
        start = {"train": 0, "validation": found.splits["train"], "test": found.splits["train"] + found.splits["validation"]}[split]
        part = slice(start, start + found.splits[split])
        return images[part].copy(), labels[part].copy()  # what is kept is everybody's

    def trouble(self) -> str:
        """Why it cannot be read, in a sentence; empty where it is here."""
        return "" if about(self.name) else GONE


def keep(found: "OwnSet", called: str) -> OwnSpec:
    """Keep a set whose classes have enough images to train on; the same images are kept once.

    Raises:
        core.specs.SpecError: a class whose name cannot be shown, or too few images of one, in a sentence.
        NoRoom, OSError: it cannot be written.
    """
    from core.specs import SpecError

    if why := found.against_training:
        raise SpecError(why)
    rows = found.split()
    order = np.concatenate(list(rows.values()))
    images, labels = np.ascontiguousarray(found.images[order]), np.ascontiguousarray(found.labels[order])
    spec = OwnSpec(_digest(images, labels, found.classes), found.classes)
    home = own_folder()
    home.mkdir(parents=True, exist_ok=True)
    if about(spec.name) is not None:
        os.utime(home / spec.name)
        return spec
    if sum(path.stat().st_size for path in home.rglob("*") if path.is_file()) + images.nbytes > MOST_BYTES:
        raise NoRoom("This server keeps no more images at present; take some away, or try it again on another day.")
    place = Path(tempfile.mkdtemp(prefix=".", dir=home))
    try:
        np.save(place / IMAGES, images)
        np.save(place / LABELS, labels)
        head = {"sha256": spec.sha256, "classes": spec.classes, "splits": {part: len(r) for part, r in rows.items()}, "called": called[:80]}
        (place / ABOUT).write_text(json.dumps(head), encoding="utf-8")
        shutil.rmtree(home / spec.name, ignore_errors=True)  # what was there is no set
        try:
            place.rename(home / spec.name)
        except OSError:
            if about(spec.name) is None:  # else another process was faster with the same
                raise
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return spec


def about(name: str) -> About | None:
    """What is known of the set of this name; None where it is not here."""
    path = own_folder() / name / ABOUT
    try:
        return _about(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def forget(name: str) -> None:
    """Take a set away; nothing where there is none."""
    if about(name) is not None:
        gone = own_folder() / f".{name}-removed"
        with suppress(OSError):
            (own_folder() / name).rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def sweep(now: float | None = None) -> list[str]:
    """Take away what nobody has used for DAYS, and what a process that was killed has left; the names of the sets that went."""
    now = time.time() if now is None else now
    gone = []
    for folder in sorted(own_folder().glob("*")):
        with suppress(OSError):
            if now - folder.stat().st_mtime > DAYS * _DAY:
                gone += [folder.name] * (not folder.name.startswith("."))
                shutil.rmtree(folder, ignore_errors=True)
    return gone


def _digest(images: np.ndarray, labels: np.ndarray, classes: tuple[str, ...]) -> str:
    digest = hashlib.sha256(np.ascontiguousarray(images).data)
    digest.update(np.ascontiguousarray(labels).data)
    digest.update("\n".join(classes).encode())
    return digest.hexdigest()


@lru_cache(maxsize=256)
def _about(path: Path, changed: int) -> About:
    """Read once for each change of the file."""
    head: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    spec = OwnSpec(head["sha256"], head["classes"])
    if spec.name != path.parent.name:
        raise ValueError("it belongs to another set")
    return About(spec, {part: int(head["splits"][part]) for part in ("train", "validation", "test")}, str(head["called"]))


def _look(path: Path) -> tuple[int, int]:
    """What changes when a file does."""
    try:
        stat = path.stat()
    except OSError:
        return (-1, 0)
    return stat.st_size, stat.st_mtime_ns


@lru_cache(maxsize=8)
def _whole(folder: Path, spec: OwnSpec, *looks: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """All images and labels, held against their hash once for each change of the files; the system reads what is looked at."""
    try:
        images = np.load(folder / IMAGES, mmap_mode="r", allow_pickle=False)
        labels = np.load(folder / LABELS, mmap_mode="r", allow_pickle=False)
        if _digest(images, labels, spec.classes) == spec.sha256:
            return images, labels
    except (OSError, ValueError, EOFError, TypeError):
        pass
    raise MissingData(DAMAGED)
