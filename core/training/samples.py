"""The images that a data spec asks for, as arrays ready to train, validate and test with."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

import numpy as np

from core.specs import DATASETS, DataSpec, SpecError

# data set -> module of core.data whose `load(split)` gives (images uint8, labels uint8); pulses are drawn by their own trainer
SOURCES: Mapping[str, str] = {"mnist": "core.data.digits", "cifar10": "core.data.cifar"}
SPLITS = {"mnist": ("train", "validation", "test"), "cifar10": ("train", "test")}


@dataclass(frozen=True)
class Samples:
    """Images (N, height, width) or (N, height, width, 3) uint8 and labels (N,) uint8 of each part; a part may be empty."""

    train: tuple[np.ndarray, np.ndarray]
    validation: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]

    @property
    def sha256(self) -> str:
        """Hash of all images and labels, in order."""
        digest = hashlib.sha256()
        for part in (self.train, self.validation, self.test):
            for array in part:
                digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def samples(data: DataSpec) -> Samples:
    """The images that `data` asks for; fewer than a split holds are drawn from it with `data.seed`, without replacement.

    Raises:
        SpecError: more images than there are, or a data set without images on disk.
        Exception: what the data set's own `load` raises where its files are missing (a sentence with the cure).
    """
    if data.name not in SOURCES:
        raise SpecError(f"{DATASETS[data.name]} cannot train this kind of network; choose one of: {', '.join(SOURCES)}.")
    load: Callable[[str], tuple[np.ndarray, np.ndarray]] = import_module(SOURCES[data.name]).load
    images, labels = load("train")
    empty = (images[:0], labels[:0])
    parts = {"train": _draw(data, "train", data.train, images, labels)}
    for split, count in (("validation", data.validation), ("test", data.test)):
        if count and split not in SPLITS[data.name]:
            raise SpecError(f"{DATASETS[data.name]} has no {split} images here; set their number to 0.")
        parts[split] = _draw(data, split, count, *load(split)) if count else empty
    return Samples(**parts)


def _draw(data: DataSpec, split: str, count: int, images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`count` images of a split in their own order, all of them or a random part."""
    if count > len(images):
        raise SpecError(f"{DATASETS[data.name]}: {count:,} {split} images were asked for; there are {len(images):,}.")
    if count == len(images):
        return images, labels
    chosen = np.sort(np.random.default_rng(data.seed).permutation(len(images))[:count])
    return images[chosen], labels[chosen]
