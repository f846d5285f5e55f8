"""The images that a data spec asks for, as arrays ready to train, validate and test with."""

import hashlib
from dataclasses import dataclass

import numpy as np

from core.data import catalog
from core.data.drawing import resized_digits
from core.specs import DataSpec, ModelSpec, SpecError

Part = tuple[np.ndarray, np.ndarray]  # images and labels


@dataclass(frozen=True)
class Samples:
    """Images (N, height, width) or (N, height, width, 3) uint8 and labels (N,) uint8 of each part; a part may be empty."""

    train: Part
    validation: Part
    test: Part

    @property
    def sha256(self) -> str:
        """Hash of all images and labels, in order."""
        digest = hashlib.sha256()
        for part in (self.train, self.validation, self.test):
            for array in part:
                digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def samples(data: DataSpec, model: ModelSpec | None = None) -> Samples:
    """The images that `data` asks for; fewer than a split holds are drawn from it with `data.seed`, without replacement.

    Args:
        model: the network that reads them, which gets them in the form that it asks for (see `as_read`).

    Raises:
        SpecError: an unknown data set, one without stored images, more images than there are, or a network that cannot read them.
        core.data.folder.MissingData: the data set is not here, or not whole.
    """
    found = catalog.get(data)
    if model is not None and model.sizes[-1] < len(found.classes):
        raise SpecError(
            f"The network has {model.sizes[-1]} outputs for the {len(found.classes)} classes of {found.title}; give it as many."
        )
    parts = {"train": part(data, "train")}
    images, labels = parts["train"]
    for split in ("validation", "test"):
        parts[split] = part(data, split) if getattr(data, split) else (images[:0], labels[:0])
    if model is not None:
        parts = {split: (as_read(x, model), y) for split, (x, y) in parts.items()}
    return Samples(**parts)


def part(data: DataSpec, split: str) -> Part:
    """The images of one split that `data` asks for, in their own order: all of it, or a part drawn with `data.seed`.

    Raises:
        SpecError: an unknown data set, one without stored images or without this split, or more images than there are.
        core.data.folder.MissingData: the data set is not here, or not whole.
    """
    found, count = catalog.get(data), getattr(data, split)
    if found.module and split not in found.splits:
        raise SpecError(f"{found.title} has no {split} images here; set their number to 0.")
    return _draw(data, split, count, *catalog.load(data, split))


def as_read(images: np.ndarray, model: ModelSpec) -> np.ndarray:
    """Images (N, h, w[, 3]) uint8 in the form that a network asks for: a dense one reads their values as they are, a digit CNN sees
    (N, side, side), digits of another size scaled and centred; a sequence of layers fits them itself.

    Raises:
        SpecError: a network that cannot read such images.
    """
    if model.kind == "sequence":  # fits images to its own input
        return images
    if model.kind == "dense":
        values = int(np.prod(images.shape[1:]))
        if values != model.sizes[0]:
            raise SpecError(f"These images have {values:,} values, the network {model.sizes[0]:,} inputs; make them equal.")
        return images
    if images.ndim != 3:
        raise SpecError("A digit CNN reads grey images, and these have colours; choose digits, or a dense network.")
    return resized_digits(images, model.image)


def _draw(data: DataSpec, split: str, count: int, images: np.ndarray, labels: np.ndarray) -> Part:
    """`count` images of a split in their own order, all of them or a random part."""
    if count > len(images):
        title = catalog.title_of(data)
        raise SpecError(f"{title}: {count:,} {split} images were asked for; there are {len(images):,}.")
    if count == len(images):
        return images, labels
    chosen = np.sort(np.random.default_rng(data.seed).permutation(len(images))[:count])
    return images[chosen], labels[chosen]
