"""The parts of the page and the networks that each of them can show."""

from dataclasses import dataclass

from core.data.catalog import DIGITS, classes_of
from core.data.catalog import shape_of as known_shape
from core.frame import visitor
from core.runs import catalog
from core.runs.catalog import Entry, Fits
from core.runs.fitting import templates as on_images
from core.specs import DataSpec, RunSpec, SpecError
from pages.templates import words

PAGE = "templates"


def shape_of(data: DataSpec) -> tuple[int, ...]:
    """Shape of one image; empty where the data set is not known here."""
    try:
        return known_shape(data)
    except SpecError:
        return ()


def one_layer(spec: RunSpec) -> bool:
    """Whether such a network has no hidden layer."""
    return on_images(spec) and len(spec.model.sizes) == 2


def in_colour(spec: RunSpec) -> bool:
    """Whether such a network has no hidden layer and sees three channels."""
    return one_layer(spec) and len(shape_of(spec.data)) == 3


def on_grey_squares(spec: RunSpec) -> bool:
    """Whether such a network sees square images without colour."""
    shape = shape_of(spec.data)
    return on_images(spec) and len(shape) == 2 and shape[0] == shape[1]


def with_hidden_layer(spec: RunSpec) -> bool:
    """Whether such a network has a hidden layer."""
    return on_images(spec) and len(spec.model.sizes) == 3


@dataclass(frozen=True)
class Part:
    """One part of the page."""

    fits: Fits  # which networks it can show
    title: str
    wants: str  # these networks in words


_FITS = {
    "gallery": on_images,
    "rolled": one_layer,
    "match": one_layer,
    "mistakes": on_images,
    "confusion": on_images,
    "breaking": on_grey_squares,
    "confidence": on_grey_squares,
    "map": on_grey_squares,
    "pictures": in_colour,
    "hidden": with_hidden_layer,
}
PARTS = {name: Part(_FITS[name], *words.PARTS[name]) for name in words.PARTS}  # name in the link -> part


def nearest(spec: RunSpec, fits: Fits) -> Entry | None:
    """The network nearest to this one of those that fit: on the same data, then with the fewest units; None where none fits."""
    found = catalog.fitting(fits, visitor.own())
    return min(found, key=lambda entry: (entry.spec.data.name != spec.data.name, sum(entry.spec.model.sizes[1:])), default=None)


def other_decay(spec: RunSpec) -> Entry | None:
    """A network of the same layers on the same data that was trained with another weight decay; None where there is none."""
    return next(
        (
            entry
            for entry in catalog.fitting(in_colour, visitor.own())
            if (entry.spec.data, entry.spec.model) == (spec.data, spec.model) and entry.spec.train.weight_decay != spec.train.weight_decay
        ),
        None,
    )


def on_digits(spec: RunSpec) -> bool:
    """Whether such a network has no hidden layer and reads handwritten digits."""
    return one_layer(spec) and classes_of(spec.data) == DIGITS
