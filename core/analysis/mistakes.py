"""Misread images, parted by a stated rule into those one sympathises with and glaring ones."""

from dataclasses import dataclass

import numpy as np

CLOSE = 0.3  # an understandable mistake: the true class is second, at most this far behind the winner's probability
CONFIDENT = 0.8  # a glaring mistake: the wrong class won with at least this probability
KINDS = ("understandable", "glaring", "in between")


@dataclass(frozen=True)
class Mistakes:
    """Misread images in the order of the data set; all arrays are (mistakes,)."""

    image: np.ndarray  # index into the images that were given
    actual: np.ndarray
    predicted: np.ndarray
    given: np.ndarray  # probability given to the predicted class
    truth: np.ndarray  # probability given to the true class
    kind: np.ndarray  # of KINDS

    def __len__(self) -> int:
        return len(self.image)

    def only(self, keep: np.ndarray) -> "Mistakes":
        """Those that a mask or an index array (..,) chooses."""
        return Mistakes(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


def mistakes(probabilities: np.ndarray, actual: np.ndarray, close: float = CLOSE, confident: float = CONFIDENT) -> Mistakes:
    """Every misread image and its kind.

    Args:
        probabilities: (images, classes).
        actual: (images,) true classes.
        close: largest lead of the winner, as a difference of probabilities, that is still understandable.
        confident: least probability of a wrong winner that is glaring.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    wrong = np.flatnonzero(order[:, 0] != actual)
    rows = probabilities[wrong]
    predicted, second = order[wrong, 0], order[wrong, 1]
    given = rows[np.arange(len(wrong)), predicted]
    truth = rows[np.arange(len(wrong)), actual[wrong]]
    kind = np.full(len(wrong), KINDS[2], dtype=object)
    kind[(second == actual[wrong]) & (given - truth <= close)] = KINDS[0]
    kind[given >= confident] = KINDS[1]
    return Mistakes(wrong, actual[wrong], predicted, given, truth, kind)


def chosen(found: Mistakes, kind: str, actual: int | None = None, predicted: int | None = None) -> Mistakes:
    """One kind, by choice of one actual and one predicted class: closest race first, glaring ones the most confident first."""
    keep = found.kind == kind
    if actual is not None:
        keep &= found.actual == actual
    if predicted is not None:
        keep &= found.predicted == predicted
    part = found.only(np.flatnonzero(keep))
    size = -part.given if kind == KINDS[1] else part.given - part.truth
    return part.only(np.argsort(size, kind="stable"))


def misread_first(
    actual: np.ndarray, predicted: np.ndarray, *, of: int | None = None, read_as: int | None = None, misread: bool = False
) -> np.ndarray:
    """Numbers of the images of a choice, the misread ones first and else in their own order.

    Args:
        of: an actual class; None for any.
        read_as: a predicted class; None for any.
        misread: only those.
    """
    wrong = predicted != actual
    kept = wrong | (not misread)
    if of is not None:
        kept = kept & (actual == of)
    if read_as is not None:
        kept = kept & (predicted == read_as)
    members = np.flatnonzero(kept)
    return members[np.argsort(~wrong[members], kind="stable")]
