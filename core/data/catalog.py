"""Every data set in one table: what it is, how many images it has, who reads it, what is missing and how to get it.

A new one is an entry here and a module of core.data with `load(split)`; one with files of its own adds `trouble()`, one that is
downloaded `archives()` and `unpack(scratch, folder)`. Importing this table loads none of these modules. Sets that people bring
themselves (core.data.own_kept) are asked for like these, by a name of their own such as own-3f2a41b09c7d.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from math import prod
from typing import Any

import numpy as np

from core.data.folder import data_folder
from core.specs import DataSpec, OwnSpec, RunSpec, SpecError


@dataclass(frozen=True)
class DataSet:
    """Labelled images of one shape and kind."""

    name: str  # key of DATASETS, and in specs and links
    title: str  # what people call it
    test_words: str  # its test images, for a sentence: "98% of 10,000 MNIST test digits"
    module: str = ""  # of core.data, whose load(split) gives images (N, *shape) uint8 and labels (N,) uint8; none: drawn by a spec
    shape: tuple[int, ...] = ()  # of one image: (height, width), or (height, width, 3); () where the spec says it
    classes: tuple[str, ...] = ()  # in the order of the labels; () where the spec says them
    splits: Mapping[str, int] = field(default_factory=dict)  # "train", "validation", "test" -> images
    size: int = 0  # bytes of its download; 0: nothing is downloaded
    unasked: bool = False  # whether it is fetched on first use
    without: str = ""  # one line: what is so while it is not here
    details: str = ""  # the same in sentences

    @property
    def megabytes(self) -> str:
        """The size of the download in words."""
        return f"{self.size / 1e6:.0f} MB"

    @property
    def reader(self) -> Any:
        """The module that reads it, or of a person's own set what stands in its place.

        Raises:
            SpecError: it has none, since its images are drawn.
        """
        if not self.module:
            stored = ", ".join(name for name, data in DATASETS.items() if data.module)
            raise SpecError(f"{self.title} cannot train this kind of network; choose one of: {stored}.")
        found = import_module(f"core.data.{self.module}")
        return found.Kept(self.name) if self.module == _OWN_MODULE else found


DIGITS = tuple("0123456789")
_ALL = (
    DataSet(
        "mnist",
        "MNIST",
        "MNIST test digits",
        "digits",
        (28, 28),
        DIGITS,
        {"train": 54_000, "validation": 6_000, "test": 10_000},
        size=11_594_722,
        unasked=True,
        without="UCI digits stand in for MNIST",
        details="The digits on this page are the **UCI handwritten digits** inside scikit-learn: 400 test digits of 8x8 pixels, scaled "
        "to 28x28. Networks trained on MNIST know them less well.",
    ),
    DataSet(
        "uci-digits",
        "UCI handwritten digits",
        "UCI test digits",
        "uci_digits",
        (8, 8),
        DIGITS,
        {"train": 1_200, "validation": 197, "test": 400},
    ),
    DataSet(
        "cifar10",
        "CIFAR-10",
        "CIFAR-10 test pictures (the last 10,000 of its training file)",
        "cifar",
        (32, 32, 3),
        ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
        {"train": 40_000, "test": 10_000},
        size=170_052_171,
        without="CIFAR-10 is not here",
        details="Without CIFAR-10 this page shows templates, averages and counts from the stored runs, but no sample pictures.",
    ),
    DataSet("pulses", "pulses", "test pulses"),
)
DATASETS: dict[str, DataSet] = {data.name: data for data in _ALL}
_OWN, _OWN_MODULE = re.compile(r"own-[0-9a-f]{12}"), "own_kept"


def known(data: str | DataSpec) -> bool:
    """Whether anything is known of a data set of this name."""
    name = data if isinstance(data, str) else data.name
    return name in DATASETS or _OWN.fullmatch(name) is not None


def get(data: str | DataSpec) -> DataSet:
    """The data set of a name or a spec.

    Raises:
        SpecError: there is none of this name.
    """
    name = data if isinstance(data, str) else data.name
    if _OWN.fullmatch(name):
        return _own(name, data.own.classes if isinstance(data, DataSpec) and data.own else ())
    if name not in DATASETS:
        raise SpecError(f"No data set is called {name!r}; choose one of: {', '.join(DATASETS)}.")
    return DATASETS[name]


def _own(name: str, classes: tuple[str, ...]) -> DataSet:
    """A person's own set; once it is taken away, what a spec still says of it."""
    found = import_module(f"core.data.{_OWN_MODULE}").about(name)
    return DataSet(
        name,
        f"own images {name[4:8]}",
        "own test images",
        _OWN_MODULE,
        (28, 28),
        found.spec.classes if found else classes,
        found.splits if found else dict.fromkeys(("train", "validation", "test"), 0),
    )


def own_of(name: str) -> OwnSpec | None:
    """What a data spec says of a person's own set beside its name; None of any other name.

    Raises:
        SpecError: it was taken away.
    """
    if not _OWN.fullmatch(name):
        return None
    found = import_module(f"core.data.{_OWN_MODULE}").about(name)
    if found is None:
        raise SpecError(missing(name))
    spec: OwnSpec = found.spec
    return spec


def title_of(data: DataSpec) -> str:
    """What people call a spec's data set; its bare name where nothing is known of it, as in a run from elsewhere."""
    return get(data).title if known(data) else data.name


def shape_of(data: DataSpec) -> tuple[int, ...]:
    """Shape of one image of a spec: (height, width), or (height, width, 3).

    Raises:
        SpecError: unknown data set.
    """
    return (data.pulses.size, data.pulses.size) if data.pulses else get(data).shape


def pixels_of(data: DataSpec) -> int:
    """Values of one image of a spec, a dense network's inputs.

    Raises:
        SpecError: unknown data set.
    """
    return prod(shape_of(data))


def classes_of(data: DataSpec) -> tuple[str, ...]:
    """Names of a spec's classes in the order of its labels.

    Raises:
        SpecError: unknown data set.
    """
    return data.pulses.classes if data.pulses else get(data).classes


def named(spec: RunSpec) -> tuple[str, ...]:
    """Names of a network's classes: those that its file or its owner gave, else its data set's.

    Raises:
        SpecError: unknown data set.
    """
    return spec.given_classes or classes_of(spec.data)


def output_names(data: DataSpec, outputs: int) -> tuple[str, ...]:
    """Names of a network's outputs; their numbers, from 1, where the data set does not name so many, or is not known."""
    try:
        names = classes_of(data)
    except SpecError:
        names = ()
    return names if len(names) == outputs else tuple(map(str, range(1, outputs + 1)))


def load(data: str | DataSpec, split: str) -> tuple[np.ndarray, np.ndarray]:
    """All images (N, *shape) uint8 and labels (N,) uint8 of a split.

    Raises:
        SpecError: unknown data set or split, or images that are drawn and not read.
        core.data.folder.MissingData: it is not here, or not whole.
    """
    found = get(data)
    reader = found.reader
    if split not in found.splits:
        raise SpecError(f"{found.title} has no {split} images; choose from: {', '.join(found.splits)}.")
    return reader.load(split)


def missing(data: str | DataSpec) -> str:
    """Why a data set cannot be read here, and how to get it, in a sentence; empty when it is here.

    Raises:
        SpecError: unknown data set.
    """
    found = get(data)
    trouble = getattr(found.reader, "trouble", None) if found.module else None
    return trouble() if trouble else ""


def stamp(data: str | DataSpec) -> str:
    """What changes when a data set comes, goes or is looked for elsewhere; caches of what was read of it are keyed by this."""
    return f"{data_folder()}: {missing(data)}"


def an(name: str) -> str:
    """The name of a class with its article: "a cat", "an airplane", "an 8"."""
    return f"{'an' if name[:1].lower() in tuple('aeiou8') else 'a'} {name}"
