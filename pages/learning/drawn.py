"""The images that a step is taken on: some of the training images, of those that the network misreads, or one that is picked."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis.gradient import Pass, backward
from core.data.catalog import an
from core.serving.shared import shared
from pages.learning.choices import AMONG, PAGE, SIZES, key, put, value
from pages.learning.images import Images, misread, missing, pool, values
from pages.learning.picked import Picked, picked_image
from pages.learning.view import View


@dataclass(frozen=True)
class Batch:
    """Images of one step."""

    images: np.ndarray  # (N, inputs) float32
    labels: np.ndarray  # (N,)
    words: str  # which they are
    key: Hashable  # for caches: the network's state and which images these are
    test: int | None = None  # number of the test image that it is, where it is one
    own: bool = False  # whether it was drawn here

    def __len__(self) -> int:
        return len(self.labels)


@contextmanager
def chosen_batch(view: View, place: DeltaGenerator) -> Iterator[Batch | None]:
    """Controls in `place` that choose the images of a step, and the images; None after saying what is missing.

    What follows must stand inside the `with` block: the image may be a drawing.
    """
    with place:
        among = st.selectbox("Take the step on", list(AMONG), format_func=AMONG.__getitem__, key=key("among"), persist_state="session")
    if among == "picked":
        with picked_image(view, place) as picked:
            yield None if picked is None else _alone(view, picked)
        return
    images = pool(view)
    with place:
        st.segmented_control("How many", SIZES, format_func="{:,}".format, key=key("batch"), required=True, persist_state="session")
        st.button("Other images", icon=":material/shuffle:", key=f"{PAGE}-redraw", on_click=lambda: put("draw", value("draw") + 1))
        if images is None:
            missing(view)
    yield None if images is None else _batch(view, images, value("batch"), among, value("draw"))


def _alone(view: View, picked: Picked) -> Batch:
    """The one image that was picked, with the class that it is taken towards."""
    words = picked.words
    if picked.own or picked.label != picked.actual:
        words += f" taught as {an(view.classes[picked.label])}"
    label = np.array([picked.label])
    return Batch(picked.values[None], label, words, (*view.here, *picked.key), picked.index, picked.own)


def _batch(view: View, images: Images, size: int, among: str, draw: int) -> Batch:
    """Of the same draw a small batch is the first part of a large one."""
    places, note = np.arange(len(images)), ""
    if among == "misread":
        wrong = misread(view, images)
        if len(wrong):
            places, note = wrong, f" of the {len(wrong):,} that it misreads"
        else:
            note = " (it misreads none)"
    chosen = np.random.default_rng(draw).permutation(places)[:size]
    if len(chosen) == 1:
        words = f"one of the {images.words}, {an(view.classes[images.labels[chosen[0]]])}{note}"
    else:
        words = f"{len(chosen)} {images.words}{note}"
    return Batch(values(images, chosen), images.labels[chosen], words, (*view.here, size, among, draw, images.key))


def pass_over_pool(view: View) -> tuple[Pass, np.ndarray] | None:
    """Forward and back for all images that batches are drawn from, float32, and their classes; None without images."""
    images = pool(view)
    return None if images is None else _pass(view, images, view.here, images.key)


@shared()
def _pass(_view: View, _images: Images, here: Hashable, images: Hashable) -> tuple[Pass, np.ndarray]:
    flat = values(_images, np.arange(len(_images)))
    return backward(_view.model, _view.weights, flat, _images.labels, np.float32), _images.labels


def strongest(view: View, layer: int) -> tuple[tuple[int, int], ...] | None:
    """Input and unit of the two weights of a layer that open a panel; None without images.

    The one with the largest gradient over those images, then the largest of another input and another unit where there is one.
    """
    found = pass_over_pool(view)
    return None if found is None else _strongest(found[0], view.here, layer)


@shared()
def _strongest(_found: Pass, here: Hashable, layer: int) -> tuple[tuple[int, int], ...]:
    size = np.abs(_found.kernel(layer))
    out = []
    for _ in range(2):
        source, unit = (int(part) for part in np.unravel_index(int(size.argmax()), size.shape))
        out.append((source, unit))
        if len(size) > 1:
            size[source] = -1
        if size.shape[1] > 1:
            size[:, unit] = -1
    return tuple(out)
