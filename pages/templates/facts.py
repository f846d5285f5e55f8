"""Facts of the data sets, until the catalogue of data sets is here."""

from core.data import cifar
from core.specs import DataSpec

_SHAPES: dict[str, tuple[int, ...]] = {"mnist": (28, 28), "cifar10": (32, 32, 3)}
_CLASSES = {"mnist": tuple("0123456789"), "cifar10": cifar.CLASSES}
_WORDS = {"mnist": "MNIST test digits", "cifar10": "CIFAR-10 test pictures (the last 10,000 of its training file)"}


def shape_of(data: DataSpec) -> tuple[int, ...]:
    return _SHAPES.get(data.name, ())


def classes_of(data: DataSpec) -> tuple[str, ...]:
    return _CLASSES.get(data.name, ())


def test_words(data: DataSpec) -> str:
    return _WORDS.get(data.name, "test images")
