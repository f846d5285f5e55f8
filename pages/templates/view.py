"""What the panels of the templates page share: the model shown, its state, its words and its test images."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st

from core.analysis import templates
from core.charts import numbers
from core.charts.templates import COLOUR_WORDS, image_pixels
from core.charts.theme import SIGNED_WORDS, Theme
from core.data import catalog, digits
from core.data.class_means import class_means as averages
from core.data.folder import MissingData
from core.models import network
from core.models.counts import accuracy
from core.runs.run import Run
from core.ui import cached, link, question

PAGE = "templates"
FOLLOW = "_templates-follow"  # set by a callback that chose another part of the page
BACK = "_templates-back"  # the part that an image was opened from
TITLES = {  # shipped run -> what people call it
    "softmax-mnist": "Digits, one layer",
    "hidden-mnist": "Digits, 10 hidden units",
    "softmax-cifar10": "Pictures, one layer",
    "softmax-cifar10-smooth": "Pictures, one layer, strong weight decay",
    "hidden-cifar10": "Pictures, 10 hidden units",
}
SOURCES = {"test": "a test image", "draw": "a digit you draw"}
TEST_IMAGE, DRAWING = SOURCES
BARS = {"weights": "output weights", "votes": "activation × weight for an image"}  # what the bars of the hidden layer show
WEIGHTS, VOTES = BARS
ANY = "any"  # class
NOTHING = "nothing"  # to compare with
OWN = "own"  # order of the hidden filters
CLASSES = {name: catalog.get(name).classes for name in ("mnist", "cifar10")}


@dataclass(frozen=True)
class View:
    """One model at one of its stored states."""

    name: str  # of the shipped run
    run: Run
    state: int  # index of the stored state

    @property
    def data(self) -> str:
        return self.run.spec.data.name

    @property
    def classes(self) -> tuple[str, ...]:
        return catalog.classes_of(self.run.spec.data)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one image."""
        return catalog.shape_of(self.run.spec.data)

    @property
    def hidden(self) -> bool:
        return len(self.run.spec.model.sizes) > 2

    @property
    def units(self) -> tuple[str, ...]:
        """Names of the first layer's units: the classes, or numbered filters."""
        return tuple(f"filter {i + 1}" for i in range(self.run.spec.model.sizes[1])) if self.hidden else self.classes

    @property
    def epoch_words(self) -> str:
        return f"Epoch {epoch_label(self.run.epochs[self.state])} of {epoch_label(self.run.epochs[-1])}"

    @cached_property
    def weights(self) -> dict[str, np.ndarray]:
        """Every parameter of this state."""
        return state(self.name, self.state)

    @property
    def templates(self) -> np.ndarray:
        """(units, *shape)"""
        return templates.rolled(self.weights["dense1.kernel"], self.shape)

    @property
    def limit(self) -> float:
        """Of the signed colours, the same for every state."""
        return limit(self.name)

    @property
    def colour_words(self) -> str:
        """What the colours of the templates say."""
        return COLOUR_WORDS if len(self.shape) == 3 else SIGNED_WORDS

    @property
    def share(self) -> float:
        """Of the test images that are read right."""
        return accuracy(self.run.evaluation("confusion")[self.state])

    def accuracy_words(self) -> str:
        """How many test images this state reads right, from the counts stored with the run."""
        counts = self.run.evaluation("confusion")[self.state]
        return f"{self.share:.1%} of {counts.sum():,} {catalog.get(self.data).test_words} right"

    def seeds_words(self) -> str:
        """Test accuracy at the end over the run's seeds: mean and range; empty where none are stored."""
        last = self.run.ends()
        if not len(last):
            return ""
        return f"At the end, over {len(last)} seeds: mean {last.mean():.1%}, range {last.min():.1%} to {last.max():.1%}."


@dataclass(frozen=True)
class Images:
    """Test images at hand, and which they are."""

    images: np.ndarray  # (N, *shape) uint8
    labels: np.ndarray  # (N,) uint8
    source: str
    own: bool  # whether they are the run's own test set


def epoch_label(epoch: float) -> str:
    """An epoch as it stands on the page and in the link: 12, or 0.04 inside the first one."""
    return f"{epoch:.3f}".rstrip("0").rstrip(".")


def read_epoch(text: str) -> str:
    """The text of an epoch in the link; empty for the last.

    Raises:
        ValueError: it is not a number from 0 on.
    """
    if text and not 0 <= float(text) < float("inf"):
        raise ValueError
    return text


def read_cell(text: str) -> str:
    """The text of a cell in the link: actual and predicted class of one data set.

    Raises:
        ValueError: it names no such pair.
    """
    row, _, column = text.partition("-")
    if not any(row in classes and column in classes for classes in CLASSES.values()):
        raise ValueError
    return text


def class_reader(*others: str) -> Callable[[str], str]:
    """Reads the name of a class of any data set, or one of `others`, from a link; it raises ValueError for another text."""

    def read(text: str) -> str:
        if text not in others and not any(text in classes for classes in CLASSES.values()):
            raise ValueError
        return text

    return read


def choice_key(name: str, options: Sequence[str]) -> str:
    """Session key of a choice; what is none of the options, such as a class of the other data set, gives way to the first."""
    key = link.key(PAGE, name)
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
    return key


def chosen_state(run: Run) -> int:
    """The state that the link or the player asks for: the one nearest to its epoch."""
    text = st.session_state.get(link.key(PAGE, "epoch")) or ""
    return templates.nearest_state(run.epochs, float(text)) if text else run.states - 1


def choose_state(run: Run, index: int) -> None:
    """Keep the state at which the player rests; the last one is the default and leaves the link short."""
    st.session_state[link.key(PAGE, "epoch")] = "" if index == run.states - 1 else epoch_label(run.epochs[index])


def epoch_slider(run: Run) -> None:
    """The epoch for pictures that the server draws; it shares the player's choice."""
    labels = [epoch_label(epoch) for epoch in run.epochs]
    key = f"{PAGE}-epoch-slider"
    st.session_state[key] = labels[chosen_state(run)]
    st.select_slider("Epoch", labels, key=key, on_change=lambda: choose_state(run, labels.index(st.session_state[key])))


def signed(value: float, digits: int = 4) -> str:
    """A number with a true minus sign."""
    return numbers.fixed(value, digits)


def with_article(word: str) -> str:
    """a cat, an airplane, an 8."""
    return f"{'an' if word[0] in 'aeiou8' else 'a'} {word}"


@st.cache_resource(show_spinner=False, max_entries=64)
def state(name: str, index: int) -> dict[str, np.ndarray]:
    """Every parameter of one state, read-only."""
    return cached.run(name).state(index)


@st.cache_resource(show_spinner=False, max_entries=8)
def limit(name: str) -> float:
    """The limit of the signed colours of a run's templates: that of its last state, kept for all states."""
    run = cached.run(name)
    return templates.limit(run.state(-1)["dense1.kernel"])


def test_images(data: str) -> Images | None:
    """The test images of a data set, the stand-in digits without MNIST, or None where there are none."""
    return _test_images(data, catalog.stamp(data))


@st.cache_resource(show_spinner="Reading the test images", max_entries=4)
def _test_images(data: str, stamp: str) -> Images | None:
    """As `test_images`, read again when the data set comes or goes."""
    if data == "mnist":
        found = cached.test_digits()
        return Images(found.images, found.labels, found.source, found.source == digits.SOURCE)
    try:
        return Images(*catalog.load(data, "test"), catalog.get(data).title, True)
    except MissingData:
        return None


def class_means(view: View) -> np.ndarray | None:
    """Average training image of each class, (classes, *shape) in [0, 1]: as stored with the run, or from the data; None without."""
    return _class_means(view.name, catalog.stamp(view.data))


@st.cache_resource(show_spinner="Averaging the training images", max_entries=8)
def _class_means(name: str, stamp: str) -> np.ndarray | None:
    run = cached.run(name)
    try:
        stored = run.evaluation("class_means")
        return stored.reshape(-1, *catalog.shape_of(run.spec.data)).astype(np.float32)
    except KeyError:
        pass
    try:
        images, labels = catalog.load(run.spec.data, "train")
    except MissingData:
        return None
    return averages(images, labels, run.spec.model.sizes[-1]).astype(np.float32) / 255


def probabilities(view: View, images: Images) -> np.ndarray:
    """What a state makes of the test images, (images, classes)."""
    return _probabilities(view.name, view.state, view.data, images.source, images)


@st.cache_resource(show_spinner=False, max_entries=24)
def _probabilities(name: str, index: int, data: str, source: str, _images: Images) -> np.ndarray:
    return network.answers(cached.run(name).spec.model, state(name, index), _images.images)


def open_section(section: str) -> None:
    """In a callback: show another part of the page; the whole page then runs again."""
    st.session_state[link.key(PAGE, "section")] = section
    st.session_state[FOLLOW] = True


def opener(view: View) -> Callable[[int], None]:
    """A callback's way to one test image: to the match view, or with a hidden layer to its votes; the whole page then runs again."""

    def open_image(index: int) -> None:
        st.session_state[link.key(PAGE, "image")] = index
        st.session_state[link.key(PAGE, "source")] = TEST_IMAGE
        st.session_state[BACK] = link.value(PAGE, "section")
        open_section("hidden" if view.hidden else "match")
        if view.hidden:
            st.session_state[link.key(PAGE, "bars")] = VOTES
            question.tell(PAGE, "filters", view.data)

    return open_image


def downloads(*items: tuple[str, str | bytes | Callable[[], bytes], str, str], key: str) -> None:
    """A row of downloads: label, data or what makes it, file name, MIME type."""
    with st.popover("Download", icon=":material/download:"):
        for i, (label, data, file_name, mime) in enumerate(items):
            st.download_button(label, data, file_name, mime, key=f"{PAGE}-download-{key}-{i}", on_click="ignore")


def palette_words(view: View) -> str:
    """The colours in words, with the limit."""
    return f"Colours are full from ±{view.limit:.3g} on; 3 % of the last state's weights lie beyond. The same scale at every epoch."


def thumbnail_colours(view: View, image: np.ndarray, theme: Theme) -> np.ndarray:
    """A stored image (*shape) uint8 as colours (height, width, 3) uint8 in the theme."""
    return image_pixels(image / np.float32(255), theme)
