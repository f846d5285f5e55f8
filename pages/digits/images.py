"""The test images of a network in the form that it asks for, and what its classes are called."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from core.data import catalog, digits
from core.data.drawing import SIDE as DRAWN
from core.data.drawing import Prepared
from core.data.pulse_sets import pulse_set
from core.serving.shared import shared
from core.specs import DataSpec, ModelSpec, RunSpec
from core.training.samples import as_read


@dataclass(frozen=True)
class Images:
    """Labelled images."""

    images: np.ndarray  # (N, side, side) uint8, ink 255
    labels: np.ndarray  # (N,) int64
    words: str  # what they are, for a sentence: "MNIST test digits"


def test_images(spec: RunSpec) -> Images:
    """The test images on this machine that a run's network can be shown: its own data set's, or digits that stand in for them."""
    return _test_images(_tested(spec.data), side(spec), spec.model.sizes[-1], stamp(spec))


def side(spec: RunSpec) -> int:
    """Pixels of a side of the images that a network is given: its own size, or that of its data set where it fits them itself."""
    if spec.model.kind != "sequence":
        return spec.model.image
    return catalog.shape_of(spec.data)[0] if catalog.known(spec.data) else DRAWN


def as_seen(spec: RunSpec, prepared: Prepared) -> np.ndarray:
    """A drawing as the images of a network hold theirs, (side, side) float32."""
    return prepared.of((side(spec),) * 2) if spec.model.kind == "sequence" else prepared.centred


def drawn_side(spec: RunSpec) -> int:
    """Pixels of a side in which a drawing is prepared."""
    return DRAWN if spec.model.kind == "sequence" else spec.model.image


@lru_cache(maxsize=256)
def _tested(data: DataSpec) -> DataSpec:
    """What of a run's data says which test images they are."""
    return replace(data, train=1, validation=0)


def stamp(spec: RunSpec) -> str:
    """What changes when the data set of a run comes or goes; for caches of what was worked out from its test images."""
    return catalog.stamp(spec.data if catalog.known(spec.data) else "mnist")


@shared()
def _test_images(data: DataSpec, side: int, count: int, stamp: str) -> Images:
    """Read once for each data set, size of the images and number of classes, while the data set is where it was."""
    if data.pulses is not None:
        drawn = pulse_set(data, "test")
        images, labels, words = drawn.images * np.uint8(255), drawn.labels, catalog.get(data).test_words
    elif catalog.known(data) and not catalog.missing(data):
        (images, labels), words = catalog.load(data, "test"), catalog.get(data).test_words
    else:
        found = digits.load_any("test")
        images, labels = found.images, found.labels
        words = next(one.test_words for one in catalog.DATASETS.values() if one.title == found.source)
    known = labels < count  # a network of fewer classes has no name for the others
    if not known.all():
        images, labels = images[known], labels[known]
    return Images(
        as_read(images, ModelSpec("digit_cnn", (count,), channels=(1,), kernel_size=3, image=side)), labels.astype(np.int64), words
    )


def classes(spec: RunSpec) -> tuple[str, ...]:
    """Names of a network's classes, those of its data set; a number where that has none."""
    named = _named(spec)
    return tuple(named[i] if i < len(named) else str(i) for i in range(spec.model.sizes[-1]))


def noun(spec: RunSpec) -> str:
    """What one of its images is: a digit, or anything else."""
    return "digit" if not catalog.known(spec.data) or catalog.classes_of(spec.data) == catalog.DIGITS else "image"


def class_noun(spec: RunSpec) -> str:
    """What one of its classes is."""
    return "digit" if _named(spec) == catalog.DIGITS else "class"


def own_words(spec: RunSpec) -> str:
    """What the images are on which the run itself was tested, whether they are here or not."""
    return catalog.get(spec.data).test_words if catalog.known(spec.data) else "test images"


def _named(spec: RunSpec) -> tuple[str, ...]:
    """Names of its classes; of a data set that is not known here, those of digits."""
    return catalog.named(spec) if catalog.known(spec.data) else catalog.DIGITS


def an(name: str) -> str:
    """The name of a class with its article."""
    return f"an {name}" if name == "8" or name[:1].lower() in "aeiou" else f"a {name}"
