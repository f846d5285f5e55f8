"""The test images that the page sends through a network, and every unit's answer to them."""

from dataclasses import dataclass

import numpy as np

from core.data import catalog, digits
from core.data.folder import MissingData
from core.frame import page
from core.models import dense
from core.runs.run import Run
from core.serving.shared import shared
from core.specs import RunSpec, SpecError
from core.ui import data_status
from core.ui.shown import Shown
from pages.mlp import words
from pages.mlp.layer import image_shape

KEPT = 12_000_000  # activations of one state that are kept; a large network sees fewer images


@dataclass(frozen=True)
class ImageSet:
    """Test images, and which they are."""

    pixels: np.ndarray  # (N, ...) uint8 as the data set holds them, a quarter of what they are as `images`
    labels: np.ndarray  # (N,) int64
    source: str  # the data set's name, or that of the set that stands in
    words: str  # how many and of what, for a sentence

    @property
    def images(self) -> np.ndarray:
        """All as the network sees them, (N, inputs) float32 in [0, 1], ink 1."""
        return dense.inputs(self.pixels)

    def image(self, place: int) -> np.ndarray:
        """One of them, (inputs,)."""
        return dense.inputs(self.pixels[place : place + 1])[0]


def images_of(spec: RunSpec) -> ImageSet | None:
    """The test images of a network's data set that are on this machine, or the digits that stand in for MNIST; None without any."""
    if image_shape(spec) is None:
        return None
    try:
        found = _read(spec.data.name, catalog.stamp(spec.data))
    except (SpecError, MissingData):
        return None
    few = max(500, KEPT // sum(spec.model.sizes[1:]))
    if few >= len(found.labels):
        return found
    return ImageSet(found.pixels[:few], found.labels[:few], found.source, f"the first {few:,} of {found.words}")


@shared()
def _read(name: str, stamp: str) -> ImageSet:
    """Read once for each state of the data folder."""
    data = catalog.get(name)
    if name == "mnist" and catalog.missing(name):
        found = digits.load_any("test")
        images, labels, source, words_ = found.images, found.labels, found.source, found.source
    else:
        images, labels = catalog.load(name, "test")
        source, words_ = name, data.test_words
    return ImageSet(images, labels.astype(np.int64), source, f"{len(labels):,} {words_}")


def images_or_say(spec: RunSpec) -> ImageSet | None:
    """The test images, with a line about what is missing or stands in; None after saying what is missing and what to do."""
    try:
        data_status.notice(spec.data.name)
        trouble = catalog.missing(spec.data)
    except (SpecError, KeyError):
        trouble = words.UNKNOWN_DATA
    found = images_of(spec)
    if found is None:
        page.empty(words.NO_TEST_IMAGES, trouble or words.UNKNOWN_DATA)
    return found


@shared("Sending the test images through the network ...")
def _activations(_run: Run, key: str, state: int, states: int, _images: ImageSet, source: str) -> list[np.ndarray]:
    """Every layer's activations of the test images, the pixels first; pixels are shared."""
    model = _run.spec.model
    return dense.forward(_run.state(state), _images.images, model.activation, model.output)


def seen(shown: Shown, images: ImageSet) -> list[np.ndarray]:
    """Every layer's activations of the test images at the state shown, [(images, units), ...], the pixels first."""
    return _activations(shown.run, shown.key, shown.state, shown.run.states, images, f"{images.source} {len(images.labels)}")
