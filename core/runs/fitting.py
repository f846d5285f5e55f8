"""Which pages can look inside a network, told by its spec."""

from itertools import pairwise
from math import prod

from core.data import catalog
from core.models import network
from core.models.pulse_layers import map_sides
from core.runs.catalog import Fits
from core.specs import DataSpec, RunSpec, SpecError

MOST_WEIGHTS = 6_000_000  # of a network whose gradients are worked out at every rerun


def mlp(spec: RunSpec) -> bool:
    """Whether it is a dense network whose states are all kept."""
    return spec.model.kind == "dense" and spec.train.store == "all"


def templates(spec: RunSpec) -> bool:
    """Whether it is a dense network with no or one hidden layer, softmax and all states, on images of one or three channels."""
    model, shape = spec.model, _shape(spec.data)
    return (
        mlp(spec)
        and model.output == "softmax"
        and len(model.sizes) in (2, 3)
        and (len(shape) == 2 or shape[2:] == (3,))
        and prod(shape) == model.sizes[0]
        and max(2, len(catalog.classes_of(spec.data))) <= model.sizes[-1]
    )


def learning(spec: RunSpec) -> bool:
    """Whether it is a dense network of a moderate size, trained with cross-entropy on images that are stored, with all its states."""
    try:
        shape, classes = catalog.shape_of(spec.data), catalog.classes_of(spec.data)
    except SpecError:  # of a data set that is not known here
        return False
    return (
        mlp(spec)
        and spec.model.output == "softmax"
        and spec.train.loss == "cross_entropy"
        and bool(catalog.get(spec.data).module)
        and (len(shape) == 2 or shape[2:] == (3,))
        and prod(shape) == spec.model.sizes[0]
        and len(classes) <= spec.model.sizes[-1]
        and sum(a * b for a, b in pairwise(spec.model.sizes)) <= MOST_WEIGHTS
    )


def digits(spec: RunSpec) -> bool:
    """Whether it is a digit CNN, or a sequence of layers that answers with probabilities, on images without colour."""
    try:
        layered = spec.model.kind in network.LAYERED and network.layers(spec.model)[-1].name == "probabilities"
        return layered and (not catalog.known(spec.data) or len(catalog.shape_of(spec.data)) == 2)
    except SpecError:
        return False


def cnn(spec: RunSpec) -> bool:
    """Whether it is a pulse CNN whose images, classes and layers fit together."""
    pulses, model = spec.data.pulses, spec.model
    if model.kind != "pulse_cnn" or pulses is None:
        return False
    try:
        map_sides(model)
    except SpecError:
        return False
    return pulses.size == model.image and len(pulses.classes) == model.sizes[-1]


def opening(spec: RunSpec) -> list[tuple[str, str]]:
    """The pages that can look inside a network: each one's topic, and the name of the network in its links."""
    return [(topic, link) for topic, (link, fits) in PAGES.items() if fits(spec)]


def _shape(data: DataSpec) -> tuple[int, ...]:
    """Shape of one image; empty where the data set is not known here."""
    try:
        return catalog.shape_of(data)
    except SpecError:
        return ()


PAGES: dict[str, tuple[str, Fits]] = {  # topic -> name of the network in its links, and which it can show
    "mlp": ("model", mlp),
    "templates": ("model", templates),
    "digits": ("run", digits),
    "learning": ("model", learning),
    "cnn": ("run", cnn),
}
WANTS = {  # topic -> what its page can show, in words
    "mlp": "dense layers alone, with tanh, sigmoid, ReLU or ELU between them",
    "templates": "one dense layer, or two, that read the pixels of the images as they are",
    "digits": "layers of any kind that read grey images and end in one share for each class",
    "cnn": "networks for pulses that were trained here",
    "learning": "dense layers alone, ending in softmax, with at most six million weights",
}


def wants(fits: Fits) -> str:
    """What a page of PAGES can show, in words; empty of another question."""
    return next((WANTS[topic] for topic, (_, one) in PAGES.items() if one is fits), "")
