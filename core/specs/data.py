"""Which images a network sees."""

from dataclasses import dataclass

from core.specs.fields import check, part, require, whole, word
from core.specs.own import OwnSpec
from core.specs.pulses import PulseSpec

MOST_IMAGES = 10_000_000
MOST_SEED = 2**31 - 1


@dataclass(frozen=True)
class DataSpec:
    """Which images, and how many of them train, validate and test."""

    name: str = word("mnist", title="Data set", help="Which images the network sees, by the name that the data catalogue knows.")
    train: int = whole(
        54_000, title="Training images", unit="images", least=1, most=MOST_IMAGES, help="The images that the weights are fitted to."
    )
    validation: int = whole(
        6_000, title="Validation images", unit="images", least=0, most=MOST_IMAGES, help="Held back to watch the training by."
    )
    test: int = whole(
        10_000, title="Test images", unit="images", least=0, most=MOST_IMAGES, help="Never trained on: they say how good the network is."
    )
    seed: int = whole(
        0, title="Seed of the images", least=0, most=MOST_SEED, help="Another seed draws other pulses, or another part of a data set."
    )
    pulses: PulseSpec | None = part(
        PulseSpec, title="How the pulses are drawn", help="Size, classes and ranges of drawn pulses.", optional=True
    )
    own: OwnSpec | None = part(OwnSpec, title="Own images", help="Images that a person brought, by their content.", optional=True)

    def __post_init__(self) -> None:
        check(self)
        require((self.pulses is not None) == (self.name == "pulses"), "Pulse settings go with pulse data, and only with it.")
        require(self.own is None or self.name == self.own.name, "Own images are called after their hash; choose them by that name.")
