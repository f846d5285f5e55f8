"""Breaking it: the same layer on CIFAR-10, beside the digits."""

import numpy as np
import streamlit as st

from core.analysis.confusion import largest_errors
from core.charts import raster
from core.charts import templates as pictures
from core.models.counts import recall
from core.ui import cached, page
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.templates.confusion import last_matrix
from pages.templates.image import missing
from pages.templates.view import PAGE, View, class_means, opener, palette_words, test_images

DIGITS = "softmax-mnist"
PICTURES = ("softmax-cifar10", "softmax-cifar10-smooth")
SAMPLES = 6  # a class


def breaking(name: str) -> None:
    """Colour templates with what they show, the digits' templates beside, and sample pictures where they are."""
    run = cached.run(name)
    view = View(name, run, run.states - 1)
    theme = page.theme()
    st.markdown(f"**{view.epoch_words}**, {view.accuracy_words()}. {view.seeds_words()}")
    left, right = st.columns([3, 2], gap="large")
    with left, st.container(key=f"{PAGE}-pictures"):
        _strip(view, f"{PAGE}-colour", large=True)
        page.legend(view.colour_words)
        st.caption(palette_words(view))
        st.markdown(
            "**What to notice.** An airplane or a ship is a blue field: sky and water, wherever the thing itself is. The horse has two "
            "heads, since horses look left as often as right and one template must serve both."
        )
    with right:
        beside = cached.run_or_say(DIGITS)
        if beside is not None:
            digits = View(DIGITS, beside, beside.states - 1)
            st.markdown(f"**The same layer on digits**: {digits.accuracy_words()}.")
            _strip(digits, f"{PAGE}-digits")
        st.markdown(
            "**Why it fails.** A digit is ink in about the same place each time, so one picture can stand for its class. A dog may be "
            "anywhere, in any colour, before any background: ten blurred colour fields are all that one layer can hold."
        )
    _other_decay(view)
    _errors(view)
    means = class_means(view)
    if means is not None:
        st.markdown("**The average training picture of each class**, for comparison: nearly the same blur.")
        thumbnails(
            f"{PAGE}-means",
            [
                Thumbnail(i, raster.rgb_url(pictures.image_pixels(m, theme)), c)
                for i, (m, c) in enumerate(zip(means, view.classes, strict=True))
            ],
            side=3 * view.shape[0],
            across=10,
        )
    images = test_images(view.data)
    if images is None:
        st.markdown("**What the network has to read**")
        missing()
        return
    st.markdown("**What the network has to read.** Click a picture to lay it over the templates.")
    of_class = [np.flatnonzero(images.labels == c)[:SAMPLES] for c in range(len(view.classes))]
    items = [
        Thumbnail(int(i), raster.rgb_url(images.images[i]), word)
        for row in zip(*of_class, strict=True)  # one picture of each class
        for i, word in zip(row, view.classes, strict=True)
    ]
    thumbnails(f"{PAGE}-samples", items, side=3 * view.shape[0], across=10, on_pick=opener(view))


def _strip(view: View, key: str, *, large: bool = False) -> None:
    """The ten templates of a view with their classes."""
    theme = page.theme()
    thumbnails(
        key,
        [
            Thumbnail(i, raster.rgb_url(pictures.pixels(t, view.limit, theme)), word)
            for i, (t, word) in enumerate(zip(view.templates, view.classes, strict=True))
        ],
        side=3 * view.shape[0] if large else 2 * view.shape[0],
        across=10,
    )


def _other_decay(view: View) -> None:
    """The templates of the other weight decay, and what a stronger one does, in the numbers of the two runs."""
    name = next(name for name in PICTURES if name != view.name)
    run = cached.run_or_say(name)
    if run is None:
        return
    other = View(name, run, run.states - 1)
    weak, strong = sorted((view, other), key=lambda v: v.run.spec.train.weight_decay)
    (low, few), (high, many) = ((v.run.spec.train.weight_decay, v.share) for v in (weak, strong))
    st.markdown(
        f"**Two weight decays.** Below is the same layer with weight decay {other.run.spec.train.weight_decay:g} instead of "
        f"{view.run.spec.train.weight_decay:g}. With {low:g} it reads {few:.1%} right, with {high:g} {many:.1%}: a stronger decay smooths "
        "the templates and costs accuracy."
    )
    _strip(other, f"{PAGE}-decay", large=True)
    st.caption(f"{other.epoch_words}, {other.accuracy_words()}. {other.seeds_words()} {palette_words(other)}")


def _errors(view: View) -> None:
    """Both confusion matrices, with the worst class and the most frequent error of the pictures."""
    counts = view.run.evaluation("confusion")[view.state].astype(int)
    row, column = (largest_errors(counts, 1) or [(0, 0)])[0]
    worst = int(np.nanargmin(recall(counts)))
    st.markdown(
        f"**What is taken for what.** Most frequent error: **{view.classes[row]}** read as **{view.classes[column]}**, "
        f"{counts[row, column]:,} of {counts[row].sum():,}. Least often right: **{view.classes[worst]}**, {counts[worst, worst]:,} of "
        f"{counts[worst].sum():,}."
    )
    left, right = st.columns(2, gap="large")
    with left:
        last_matrix(view)
    beside = cached.run_or_say(DIGITS)
    if beside is not None:
        with right:
            last_matrix(View(DIGITS, beside, beside.states - 1))
    st.caption("Rows: the actual class; columns: what it was read as. Click a cell to see its images and when the error came and went.")
