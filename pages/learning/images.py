"""The images of this page: those it tests with, those a batch is drawn from, and what a state makes of them."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.data import catalog, digits
from core.data.folder import MissingData
from core.models import network
from core.models.dense import inputs
from core.serving.shared import shared
from core.specs import DataSpec, SpecError
from core.ui import cached, data_status
from pages.learning.view import View

POOL = 2_000  # training images, the first ones, that batches are drawn from
OTHERS = 1_000  # test images, the first ones, that say what a step does to the rest


@dataclass(frozen=True)
class Images:
    """Labelled images, and which they are."""

    images: np.ndarray  # (N, *shape) uint8
    labels: np.ndarray  # (N,) int64
    words: str  # "MNIST training digits"

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def key(self) -> tuple[str, int]:
        """Which they are, for caches."""
        return self.words, len(self)

    def first(self, count: int) -> "Images":
        """The first ones."""
        return Images(self.images[:count], self.labels[:count], self.words)


def test_images(view: View) -> Images | None:
    """The run's test images, the stand-in digits without MNIST, or None where there are none."""
    return _part(view.data, "test", catalog.stamp(view.data))


def pool(view: View) -> Images | None:
    """The training images that batches are drawn from, or None where there are none."""
    return _part(view.data, "train", catalog.stamp(view.data))


def others(view: View, without: int | None = None) -> Images | None:
    """The test images that a step is judged by, without the one that it was taken on."""
    found = test_images(view)
    if found is None:
        return None
    kept = [place for place in range(min(OTHERS, len(found))) if place != without]
    return Images(found.images[kept], found.labels[kept], found.words)


@shared("Reading the images")
def _part(data: DataSpec, split: str, stamp: str) -> Images | None:
    found = _read(data, split)
    if found is None:
        return None
    images, labels, source = found
    most = POOL if split == "train" else len(labels)
    noun = "digits" if catalog.classes_of(data) == catalog.DIGITS else "pictures"
    kept = images if most >= len(images) else images[:most].copy()
    return Images(kept, labels[:most].astype(np.int64), f"{source} {'training' if split == 'train' else 'test'} {noun}")


def _read(data: DataSpec, split: str) -> tuple[np.ndarray, np.ndarray, str] | None:
    """Images and labels of a split, and the name of the set that they are of."""
    if data.name == "mnist" and catalog.missing(data):
        found = digits.load_any(split)
        return found.images, found.labels, found.source
    try:
        return *cached.images(data, split), catalog.get(data).title
    except (MissingData, SpecError):
        return None


def ever_inked(view: View) -> tuple[np.ndarray, int] | None:
    """Which inputs are above 0 in any training image, (inputs,) bool, and how many images were looked through; None without any."""
    return _ever_inked(view.data, catalog.stamp(view.data))


@shared("Looking through the training images")
def _ever_inked(data: DataSpec, stamp: str) -> tuple[np.ndarray, int] | None:
    found = _read(data, "train")
    return None if found is None else ((found[0].reshape(len(found[0]), -1).max(0) > 0), len(found[0]))


def misread(view: View, images: Images) -> np.ndarray:
    """Places of the images that this state takes for another class."""
    return np.flatnonzero(_read_as(view, images, view.here, images.key) != images.labels)


@shared()
def _read_as(_view: View, _images: Images, here: Hashable, images: Hashable) -> np.ndarray:
    return network.answers(_view.model, _view.weights, _images.images).argmax(1)


def values(images: Images, places: np.ndarray) -> np.ndarray:
    """Some of the images as the network takes them, (images, inputs) float32."""
    return inputs(images.images[places])


def missing(view: View) -> None:
    """What is missing, and the way to get it."""
    st.markdown("**The pictures are not here.** A gradient needs an image: get the pictures, or choose a network that reads digits.")
    if catalog.get(view.data).size:
        data_status.notice(view.data.name)
