"""The images that a step is taken on: one, ten or 128 of the training images, or of those that the network misreads."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.analysis.gradient import Pass, backward
from core.ui.shared import shared
from pages.learning.choices import AMONG, PAGE, SIZES, key, put, value
from pages.learning.images import Images, misread, pool, values
from pages.learning.view import View, with_article


@dataclass(frozen=True)
class Batch:
    """Images of one step."""

    images: np.ndarray  # (N, inputs) float32
    labels: np.ndarray  # (N,)
    words: str  # which they are
    key: tuple[int, str, int, str]  # for caches, beside the network's state: size, kind, draw and source

    def __len__(self) -> int:
        return len(self.labels)


def batch_controls() -> None:
    """How many images, of which kind, and which of them."""
    st.segmented_control(
        "Images of a step", SIZES, format_func=lambda size: f"{size:,}", key=key("batch"), required=True, persist_state="session"
    )
    st.selectbox("Drawn from", list(AMONG), format_func=AMONG.__getitem__, key=key("among"), persist_state="session")
    st.button("Other images", icon=":material/shuffle:", key=f"{PAGE}-redraw", on_click=lambda: put("draw", value("draw") + 1))


def batch(view: View) -> Batch | None:
    """The batch that is chosen; of the same draw a small one is the first part of a large one. None without images."""
    images = pool(view)
    return None if images is None else _batch(view, images, value("batch"), value("among"), value("draw"))


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


@shared(4)
def _pass(_view: View, _images: Images, key: str, state: int, words: str, count: int) -> tuple[Pass, np.ndarray]:
    flat = values(_images, np.arange(count))
    return backward(_view.model, _view.weights, flat, _images.labels, np.float32), _images.labels
