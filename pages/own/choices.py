"""What the page lets one choose, each choice declared once."""

from typing import Any

from core.data import catalog as data_sets
from core.frame import choices, visitor
from core.frame.choices import Choice
from core.importing import guessing
from core.importing.leaving import FORMATS
from core.runs import catalog, store
from core.specs import RunSpec
from core.ui import networks
from pages.own import words

PAGE = "own"
GUESS = "guess"


def of_page() -> list[Choice]:
    """All choices of the page."""
    return [
        choices.one_of("section", "network", words.SECTIONS),
        networks.NetworkChoice("network", "", read_network, "the key of a network that was brought in", section="network"),
        choices.one_of("data", GUESS, made_for(), section="network"),
        networks.choice("run", "digit-cnn", lambda spec: spec.train.store != "history", "away"),
        choices.one_of("format", "safetensors", FORMATS, section="away"),
        networks.choice("reader", "digit-cnn", reads_digits, ("images", "sheet")),
    ]


def made_for() -> list[str]:
    """What the images may be that a network was made for: told by its shapes, a data set of the app, or a set of this person's own."""
    return [GUESS, *guessing.offered(), *(name for name in visitor.own_sets() if not data_sets.missing(name))]


def read_network(key: str) -> str:
    """The `network` of a link.

    Raises:
        ValueError: no network of this key was brought in, or it is gone.
    """
    try:
        if not key or catalog.find(key).spec.origin is not None:
            return key
    except (store.MissingRun, store.DamagedRun) as error:
        raise ValueError(key) from error
    raise ValueError(key)


def reads_digits(spec: RunSpec) -> bool:
    """Whether a network reads images of 28x28 without colour, or fits them itself, and answers with shares."""
    data = data_sets.get(spec.data) if data_sets.known(spec.data) else None
    return (
        data is not None
        and spec.train.store == "all"
        and spec.model.output == "softmax"
        and (data.shape == (28, 28) or (spec.model.kind in ("digit_cnn", "sequence") and len(data.shape) == 2))
    )


def value(name: str) -> Any:
    """The present value of one of the page's choices."""
    return choices.value(PAGE, name)


def put(**items: object) -> None:
    """Make some of the page's choices."""
    for name, item in items.items():
        choices.put(PAGE, name, item)
