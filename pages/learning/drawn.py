"""The images that a step is taken on: one, ten or 128 of the training images, or of those that the network misreads."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.analysis.gradient import Pass, backward
from core.serving.shared import shared
from pages.learning.choices import AMONG, PAGE, SIZES, key, put, value
from pages.learning.images import Images, misread, pool, test_images, values
from pages.learning.view import View, with_article


@dataclass(frozen=True)
class Batch:
    """Images of one step."""

    images: np.ndarray  # (N, inputs) float32
    labels: np.ndarray  # (N,)
    words: str  # which they are
    key: tuple[int, str, int, str]  # for caches, beside the network's state: size, kind, draw and source; of a picked image its class first
    test: int | None = None  # number of the test image that it is, where it is one

    def __len__(self) -> int:
        return len(self.labels)


def batch_controls() -> None:
    """How many images, of which kind, and which of them."""
    alone = value("among") == "picked"
    st.selectbox("Take the step on", list(AMONG), format_func=AMONG.__getitem__, key=key("among"), persist_state="session")
    st.segmented_control(
        "How many", SIZES, format_func="{:,}".format, key=key("batch"), required=True, persist_state="session", disabled=alone
    )
    st.button(
        "Other images",
        icon=":material/shuffle:",
        key=f"{PAGE}-redraw",
        on_click=lambda: put("draw", value("draw") + 1),
        disabled=alone,
    )


def batch(view: View) -> Batch | None:
    """The batch that is chosen; of the same draw a small one is the first part of a large one. None without images."""
    images = pool(view)
    if images is None:
        return None
    if value("among") == "picked":
        return _picked(view)
    return _batch(view, images, value("batch"), value("among"), value("draw"))


def _picked(view: View) -> Batch | None:
    """The test image that a single step is taken on, with the class that it is taken towards."""
    images = test_images(view)
    if images is None:
        return None
    index = min(value("image"), len(images) - 1)
    label = int(value("label")) if value("label") else int(images.labels[index])
    words = f"{images.words[:-1]} {index:,}, {with_article(view.classes[images.labels[index]])}"
    if label != images.labels[index]:
        words += f" taught as {with_article(view.classes[label])}"
    flat = values(images, np.array([index]))
    return Batch(flat, np.array([label]), words, (label, "picked", index, images.words), index)


def _batch(view: View, images: Images, size: int, among: str, draw: int) -> Batch:
    places, note = np.arange(len(images)), ""
    if among == "misread":
        wrong = misread(view, images)
        if len(wrong):
            places, note = wrong, f" of the {len(wrong):,} that it misreads"
        else:
            note = " (it misreads none)"
    chosen = np.random.default_rng(draw).permutation(places)[:size]
    if len(chosen) == 1:
        words = f"one of the {images.words}, {with_article(view.classes[images.labels[chosen[0]]])}{note}"
    else:
        words = f"{len(chosen)} {images.words}{note}"
    return Batch(values(images, chosen), images.labels[chosen], words, (size, among, draw, images.words))


def pass_over_pool(view: View) -> tuple[Pass, np.ndarray] | None:
    """Forward and back for all images that batches are drawn from, float32, and their classes; None without images."""
    images = pool(view)
    return None if images is None else _pass(view, images, view.key, view.state, images.words, len(images))


@shared()
def _pass(_view: View, _images: Images, key: str, state: int, words: str, count: int) -> tuple[Pass, np.ndarray]:
    flat = values(_images, np.arange(count))
    return backward(_view.model, _view.weights, flat, _images.labels, np.float32), _images.labels
