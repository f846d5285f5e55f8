"""The small training that a person can ask for here: the seed's, from scratch, with other numbers."""

from dataclasses import dataclass, replace

from core.data import catalog
from core.runs.shipped.digits import SMALL
from core.specs import RunSpec, TrainSpec, meta

IMAGES = (100, 250, 500, 1_000, 2_000, 5_000)
RATES = (0.01, 0.05, 0.1, 0.15, 0.3, 0.6)
MOST_EPOCHS = 20
SETS = tuple(data.name for data in catalog.DATASETS.values() if len(data.shape) == 2)  # grey images, the best known first
ALLOWED = "images, epochs, learning rate, seed and perhaps a data set, such as 500-10-0.15-1"


@dataclass(frozen=True)
class Small:
    """What can be chosen."""

    images: int = 500  # of IMAGES
    epochs: int = 10  # 1 to MOST_EPOCHS
    rate: float = 0.15  # of RATES
    seed: int = 1  # of weights and order; 0 with the others as they are is the shipped training
    data: str = SETS[0]  # of SETS

    @classmethod
    def read(cls, text: str) -> "Small":
        """What the link's `training` says.

        Raises:
            ValueError: the form has no such choices.
        """
        images, epochs, rate, seed, *data = text.split("-", 4)
        found = cls(int(images), int(epochs), float(rate), meta(TrainSpec, "seed").read(seed), *data)
        if found.images not in IMAGES or not 1 <= found.epochs <= MOST_EPOCHS or found.rate not in RATES or found.data not in SETS:
            raise ValueError(text)
        return found

    def write(self) -> str:
        """Itself, as the link's `training` says it."""
        return f"{self.images}-{self.epochs}-{self.rate:g}-{self.seed}" + ("" if self.data == SETS[0] else f"-{self.data}")

    def here(self) -> "Small":
        """The same with a data set that is on this machine, and no more images than it has."""
        data = self.data if self.data in sets() else sets()[0]
        most = max(sizes(data))
        return replace(self, data=data, images=min(self.images, most))

    @property
    def spec(self) -> RunSpec:
        """The run that it asks for.

        Raises:
            core.specs.SpecError: it cannot be.
        """
        splits = catalog.get(self.data).splits
        return replace(
            SMALL,
            data=replace(SMALL.data, name=self.data, train=self.images, test=min(SMALL.data.test, splits["test"])),
            model=replace(SMALL.model, seed=self.seed),
            train=replace(SMALL.train, epochs=self.epochs, learning_rate=self.rate, seed=self.seed, first_epoch_states=0),
        )


def sets() -> list[str]:
    """The data sets that are on this machine; never none."""
    return [name for name in SETS if not catalog.missing(name)]


def sizes(data: str) -> list[int]:
    """Numbers of images that a data set has enough for."""
    return [count for count in IMAGES if count <= catalog.get(data).splits["train"]]
