"""What the sections that break a network ask for: the network, its test images, and what they are called."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.analysis.ink import doubt
from core.breaking.words import DOUBTS
from core.charts import numbers
from core.ui.shown import Shown


@dataclass(frozen=True)
class Subject:
    """A network at a state, with the test images that it can be shown."""

    page: str  # whose choices these are
    net: Shown
    images: np.ndarray  # (N, height, width) uint8
    labels: np.ndarray  # (N,)
    words: str  # what they are: "MNIST test digits"
    stamp: str  # changes with them
    classes: Sequence[str]
    noun: str = "digit"  # what an image shows
    class_noun: str = "digit"  # what a class is
    breaking: str = "Break it"  # what the page calls the section that chooses the damage

    @property
    def shares(self) -> bool:
        """Whether the answers are shares of 100%."""
        return self.net.run.spec.model.output == "softmax"

    @property
    def low(self) -> float:
        """The least that an answer can be."""
        return 0.0 if self.shares else -1.0

    def says(self, value: float) -> str:
        """One of the network's answers in words."""
        return numbers.probability(value) if self.shares else numbers.number(value)

    @property
    def side(self) -> int:
        return max(self.images.shape[1:])

    @property
    def key(self) -> tuple[str, int, str]:
        return self.net.key, self.net.state, self.stamp


def seen_doubt(noun: str, image: np.ndarray) -> str:
    """What is odd about an image before any network reads it, in a sentence; empty where nothing is."""
    found = doubt(image) if noun == "digit" else ""  # pulses may well lie in pieces
    return DOUBTS[found].format(noun=noun) if found else ""
