"""A network of this page at one of its stored states: sizes, classes, pictures and the sentences about it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.analysis import templates
from core.charts import numbers
from core.charts.epoch import frames
from core.charts.templates import COLOUR_WORDS
from core.charts.theme import SIGNED_WORDS
from core.data import catalog
from core.models.counts import accuracy
from core.serving.shared import shared
from core.specs import DataSpec, RunSpec
from core.ui import shown
from core.ui.shown import Shown

SENTENCE = "templates-sentence"  # key of the container of the sentence that follows the player
FILM = 4_000_000  # bytes of all states that the browser holds of one picture


def class_names(spec: RunSpec) -> tuple[str, ...]:
    """Names of a network's outputs; those beyond the data set's classes are numbered."""
    names, outputs = catalog.named(spec), spec.model.sizes[-1]
    return names + tuple(f"output {i + 1}" for i in range(len(names), outputs))


@dataclass(frozen=True)
class View(Shown):
    """What every panel of this page gets."""

    @staticmethod
    def of(id_: str, epoch: float | None = None) -> "View":
        """A run of the catalogue at the state nearest to an epoch, the last for None.

        Raises:
            core.runs.store.MissingRun, core.runs.store.DamagedRun: with a sentence for the page.
        """
        found = shown.of(id_)
        return View(found.run, found.state if epoch is None else shown.nearest(found.run, epoch), found.id)

    def at(self, state: int) -> "View":
        """The same network at another state; negative numbers count from the end."""
        return View(self.run, state % self.run.states, self.id)

    @property
    def data(self) -> DataSpec:
        return self.run.spec.data

    @property
    def stamp(self) -> str:
        """For caches of what all stored states show: the run, and how many states it has so far."""
        return f"{self.key}-{self.run.states}"

    @property
    def label(self) -> str:
        """The state as links, players and names of files call it."""
        return shown.labels(self.run)[self.state]

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return class_names(self.run.spec)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one image: (height, width) or (height, width, 3)."""
        return catalog.shape_of(self.data)

    def held(self, size: int) -> list[int]:
        """The states that the browser holds when each of them takes `size` bytes: all, or some with the last and this one, rising."""
        return frames(self.run.states, size, FILM).with_full([self.run.states - 1, self.state])

    @property
    def hidden(self) -> bool:
        """Whether it has a hidden layer."""
        return len(self.run.spec.model.sizes) > 2

    @property
    def units(self) -> tuple[str, ...]:
        """Names of the first layer's units: the classes, or numbered filters."""
        return tuple(f"filter {i + 1}" for i in range(self.run.spec.model.sizes[1])) if self.hidden else self.classes

    @property
    def templates(self) -> np.ndarray:
        """(units, *shape)"""
        return templates.rolled(self.weights["dense1.kernel"], self.shape)

    @property
    def limit(self) -> float:
        """Of the signed colours, the same for every state: that of the last one."""
        return _limit(self, self.stamp)

    @property
    def colour_words(self) -> str:
        """What the colours of the templates say."""
        return COLOUR_WORDS if len(self.shape) == 3 else SIGNED_WORDS

    @property
    def palette_words(self) -> str:
        """How far the colours reach."""
        full = f"Colours are full from ±{numbers.number(self.limit)} on"
        return f"{full}; 3% of the last state's weights lie beyond. The same scale at every epoch."

    @property
    def moment(self) -> str:
        """The state, for the start of a sentence: "Epoch 12 of 30", "Untrained", "Step 40 of epoch 1"."""
        words = self.words[0].upper() + self.words[1:]
        return f"{words} of {shown.labels(self.run)[-1]}" if words.startswith("Epoch") else words

    @cached_property
    def confusions(self) -> np.ndarray:
        """Counts on the run's test images at every state, (states, classes, classes); all 0 where nothing was counted."""
        try:
            return self.run.evaluation("confusion").astype(int)
        except KeyError:
            return np.zeros((self.run.states, len(self.classes), len(self.classes)), int)

    @property
    def counts(self) -> np.ndarray:
        """The counts of this state, (classes, classes)."""
        return self.confusions[self.state]

    @property
    def counted(self) -> bool:
        """Whether test images were counted."""
        return bool(self.counts.any())

    @property
    def share(self) -> float:
        """Of the test images that are read right; NaN where nothing was counted."""
        return float(accuracy(self.counts))

    @property
    def accuracy_words(self) -> str:
        """How many test images this state reads right, from the counts stored with the run."""
        return _right(self.counts, self.data)

    @property
    def seeds_words(self) -> str:
        """Test accuracy at the end over the run's seeds: mean and range; empty where none are stored."""
        last = self.run.ends()
        if not len(last):
            return ""
        mean, least, most = (numbers.percent(float(share)) for share in (last.mean(), last.min(), last.max()))
        return f"At the end, over {len(last)} seeds: mean {mean}, range {least} to {most}."


@shared()
def _limit(_view: View, stamp: str) -> float:
    return templates.limit(_view.at(-1).weights["dense1.kernel"])


def signed(value: float, digits: int = 4) -> str:
    """A number with a true minus sign."""
    return numbers.fixed(value, digits)


def _right(counts: np.ndarray, data: DataSpec) -> str:
    """How many of the test images counted (classes, classes) are right."""
    if not counts.any():
        return "not counted on test images"
    return f"{numbers.percent(float(accuracy(counts)))} of {counts.sum():,} {catalog.get(data).test_words} right"


def moments(view: View, more: str = "") -> list[str]:
    """The sentence about each stored state, for a player: moment, accuracy, and what holds at all of them."""
    return [said + (more and f" {more}") for said in _moments(view, view.stamp)]


@shared()
def _moments(_view: View, stamp: str) -> list[str]:
    film = _view.confusions
    return [f"**{_view.at(state).moment}**, {_right(counts, _view.data)}." for state, counts in enumerate(film)]


def with_article(word: str) -> str:
    """a cat, an airplane, an 8."""
    return f"{'an' if word[0] in 'aeiou8' else 'a'} {word}"
