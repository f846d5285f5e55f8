"""What the lessons' answers are made of: numbers of stored runs, and the option that a number falls under."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from core.charts import numbers
from core.data import catalog
from core.ui import cached


def option(value: float, bounds: Sequence[float], options: Sequence[str]) -> str:
    """The option of the stretch that a value lies in; bounds rise, and a value at one belongs above it."""
    return options[bisect_right(bounds, value)]


def right(id_: str, state: int = -1) -> float:
    """The share of test images that a stored run reads right at a state."""
    return float(cached.run(id_).history["accuracy_test"][state])


def right_words(id_: str, state: int = -1) -> str:
    """The same in words: "92.6% of 10,000 test digits"."""
    spec = cached.run(id_).spec
    return f"{numbers.percent(right(id_, state))} of {spec.data.test:,} {catalog.get(spec.data).test_words}"


def first_above(id_: str, share: float) -> float:
    """The epochs completed when more than a share of the test images is read right for the first time; inf if never."""
    run = cached.run(id_)
    found = np.flatnonzero(run.history["accuracy_test"] > share)
    return float(run.epochs[found[0]]) if len(found) else float("inf")


def counts(id_: str, state: int = -1) -> np.ndarray:
    """Confusion counts of a stored run at a state, (classes, classes), rows actual."""
    return cached.run(id_).evaluation_at(state, "confusion").astype(int)
