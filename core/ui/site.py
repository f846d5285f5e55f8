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
        "pulses",
        "Pulses",
        "pulses",
        ":material/show_chart:",
        "Pulses on a small screen",
        "Shape a square, a gaussian or a wave, look through thousands of them, make your own.",
    ),
    Entry(
        "mlp",
        "MLP",
        "mlp",
        ":material/grid_on:",
        "How weights learn to read digits",
        "Five weight matrices over 50 epochs: click to sort, follow a unit from layer to layer, switch it off.",
    ),
    Entry(
        "templates",
        "Templates",
        "templates",
        ":material/blur_on:",
        "What one layer learns",
        "Ten blurry templates appear, win and fail; then ten hidden filters change the game.",
    ),
    Entry(
        "learning",
        "Learning",
        "learning",
        ":material/trending_down:",
        "How a weight learns",
        "One image, one step: error times input, opened to the last term, checked by a nudge.",
    ),
    Entry(
        "cnn",
        "CNN",
        "cnn",
        ":material/filter_center_focus:",
        "Kernels that read pulses",
        "Watch kernels find lines and corners, move their window yourself, see a run get stuck.",
    ),
    Entry(
        "digits",
        "Digits",
        "digits",
        ":material/draw:",
        "Inside a digit recogniser",
        "Draw a digit and see every layer answer, before and after training.",
    ),
    Entry(
        "lab",
        "Lab",
        "lab",
        ":material/science:",
        "Train your own",
        "Choose a network, its images and its training, watch it learn, compare, and come back tomorrow.",
    ),
)
