"""What confusion counts say beyond their shares: the images of a cell, its story, the largest errors. Rows actual, columns predicted."""

from dataclasses import dataclass

import numpy as np

from core.models.counts import recall


def cell_images(probabilities: np.ndarray, actual: np.ndarray, row: int, column: int) -> np.ndarray:
    """Indices of the images of one cell, the most confident first; equal ones in the order of the data set.

    Args:
        probabilities: (images, classes); the largest is the prediction and its size the confidence.
        actual: (images,) true classes.
    """
    predicted = probabilities.argmax(axis=1)
    members = np.flatnonzero((actual == row) & (predicted == column))
    return members[np.argsort(-probabilities[members, column], kind="stable")]


def top_images(probabilities: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Index of each cell's most confident image, (classes, classes); -1 for an empty cell."""
    classes = probabilities.shape[1]
    predicted = probabilities.argmax(axis=1)
    confidence = probabilities[np.arange(len(probabilities)), predicted]
    out = np.full((classes, classes), -1)
    rising = np.argsort(-confidence, kind="stable")[::-1]  # written last wins: the most confident
    out[actual[rising], predicted[rising]] = rising
    return out


@dataclass(frozen=True)
class CellStory:
    """How one cell's count went over the stored states."""

    counts: np.ndarray  # (states,)
    first_state: int | None  # where it first is above 0; None if it never is
    top_state: int  # where the count was largest, the first of several
    gone_state: int | None  # first state from which on the count stays 0; None if it never does


def cell_story(film: np.ndarray, row: int, column: int) -> CellStory:
    """When an error appeared and went, from counts (states, classes, classes)."""
    series = np.asarray(film)[:, row, column]
    present = np.flatnonzero(series)
    last = int(present[-1]) + 1 if len(present) else 0
    first = int(present[0]) if len(present) else None
    return CellStory(series, first, int(series.argmax()), last if last < len(series) else None)


def aligned(film: np.ndarray, epochs: np.ndarray, other: np.ndarray, other_epochs: np.ndarray) -> np.ndarray:
    """For each state of one run the counts of the other's state nearest in epochs, (states, classes, classes).

    Raises:
        ValueError: they have different numbers of classes.
    """
    gap = np.abs(np.asarray(epochs)[:, None] - np.asarray(other_epochs)[None, :])  # (states, other states)
    nearest = np.asarray(other)[gap.argmin(axis=1)]
    if nearest.shape != np.shape(film):
        raise ValueError("Two models can be compared only over as many classes.")
    return nearest


def largest_errors(counts: np.ndarray, count: int = 5) -> list[tuple[int, int]]:
    """Row and column of the most frequent errors, at most `count` of those that occur; equal ones in the order of the classes."""
    errors = counts - np.diag(np.diag(counts))
    order = np.argsort(-errors, axis=None, kind="stable")[:count]
    return [divmod(int(cell), len(errors)) for cell in order if errors.flat[cell] > 0]


def suffers_most(before: np.ndarray, after: np.ndarray) -> int | None:
    """The class whose recall falls most between two tables of counts; None where none falls."""
    lost = recall(before) - recall(after)  # (classes,)
    if not (lost > 0).any():
        return None
    return int(np.nanargmax(lost))
