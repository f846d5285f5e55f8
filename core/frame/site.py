"""The app's pages in the order of the navigation: one table for the entry file, the home page and the tests."""

from copy import copy
from dataclasses import dataclass
from functools import cache

import streamlit as st
from streamlit.navigation.page import StreamlitPage


@dataclass(frozen=True)
class Entry:
    """One page."""

    topic: str  # its folder in pages/
    title: str  # in the navigation
    path: str  # of the address; empty for home
    icon: str
    headline: str = ""  # on its card
    line: str = ""  # likewise
    question: str = ""  # of somebody who comes to it on the path
    minutes: int = 0  # that it takes then, about
    view: str = ""  # its query then: the picture that makes its point

    @property
    def file(self) -> str:
        """Its lesson, from the top of the project."""
        return f"pages/{self.topic}/page.py"


def pages() -> list[StreamlitPage]:
    """The pages for `st.navigation`, of one run alone: it marks the one that is up."""
    return [copy(page) for page in _made()]


@cache
def _made() -> list[StreamlitPage]:
    """Made once a process, since each is looked for on disk."""
    return [st.Page(one.file, title=one.title, icon=one.icon, url_path=one.path, default=not one.path) for one in ENTRIES]


def entry(topic: str) -> Entry:
    """The page of a topic."""
    return next(entry for entry in ENTRIES if entry.topic == topic)


ENTRIES = (
    Entry("home", "Home", "", ":material/home:"),
    Entry(
        "templates",
        "Templates",
        "templates",
        ":material/blur_on:",
        "What one layer learns",
        "Ten blurry templates appear, win and fail; then ten hidden filters change the game.",
        "Can a digit be recognised by laying it over a picture?",
        10,
    ),
    Entry(
        "learning",
        "Learning",
        "learning",
        ":material/trending_down:",
        "How a weight learns",
        "One image, one step: error times input, opened to the last term, checked by a nudge.",
        "How does a weight know which way to move?",
        15,
    ),
    Entry(
        "mlp",
        "MLP",
        "mlp",
        ":material/grid_on:",
        "How weights learn to read digits",
        "A multi-layer perceptron: five weight matrices over 50 epochs. Click to sort, follow a unit from layer to layer, switch it off.",
        "What do layers between the image and the answer do?",
        15,
        "layer=4&sort=original",  # the diagonal that its weights started with
    ),
    Entry(
        "pulses",
        "Pulses",
        "pulses",
        ":material/show_chart:",
        "Pulses on a small screen",
        "Shape a square, a gaussian or a wave, look through thousands of them, make your own.",
        "What do you look at to tell a square from a bell?",
        5,
    ),
    Entry(
        "cnn",
        "CNN",
        "cnn",
        ":material/filter_center_focus:",
        "Kernels that read pulses",
        "Watch kernels find lines and corners, move their window yourself, see a run get stuck.",
        "How does a network find a shape wherever it lies?",
        15,
    ),
    Entry(
        "digits",
        "Digits",
        "digits",
        ":material/draw:",
        "Inside a digit recogniser",
        "Draw a digit and see every layer answer, before and after training.",
        "What happens to your digit on its way to an answer?",
        15,
    ),
    Entry(
        "lab",
        "Lab",
        "lab",
        ":material/science:",
        "Train your own",
        "Choose a network, its images and its training, watch it learn, compare, and come back tomorrow.",
        "Can you train one yourself, and make it fail?",
        20,
    ),
    Entry(
        "own",
        "Own",
        "own",
        ":material/upload_file:",
        "Your own network, your own images",
        "Drop the file of a network that you trained anywhere, and look inside it; try it on your own images.",
    ),
    Entry(
        "words",
        "Words",
        "words",
        ":material/dictionary:",
        "Words of the trade",
        "Weight, kernel, softmax, epoch: each in a sentence and a picture.",
    ),
)
PATH = ("templates", "learning", "mlp", "pulses", "cnn", "digits", "lab")  # topics in the order in which they build on each other


def query(entry: Entry) -> dict[str, str]:
    """What a link on the path asks a page for."""
    return dict(part.split("=", 1) for part in entry.view.split("&") if part)


def path() -> list[Entry]:
    """The stations for somebody who begins: the pages of PATH that this app has."""
    known = {entry.topic: entry for entry in ENTRIES}
    return [known[topic] for topic in PATH if topic in known]


def beside() -> list[Entry]:
    """The pages that are no stations, without home."""
    return [entry for entry in ENTRIES if entry.path and entry.topic not in PATH]


def after(page: str) -> Entry | None:
    """The station after a page, by its path; the first for home and for pages beside the path, None behind the last."""
    stations = path()
    places = [entry.path for entry in stations]
    if page not in places:
        return stations[0]
    following = stations[places.index(page) + 1 :]
    return following[0] if following else None
