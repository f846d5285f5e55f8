"""Breaking it: the same layer on pictures in colour, beside the digits."""

import numpy as np
import streamlit as st

from core.analysis.confusion import largest_errors
from core.charts import raster
from core.charts import templates as pictures
from core.charts.numbers import percent
from core.charts.theme import theme
from core.data import catalog
from core.frame import page
from core.frame.plain import plain
from core.models.counts import recall
from core.runs import store
from core.runs.catalog import Entry
from core.serving.shared import shared
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.templates import words
from pages.templates.choices import PAGE, opener
from pages.templates.confusion import last_matrix
from pages.templates.images import Images, class_means, missing, test_images
from pages.templates.parts import nearest, on_digits, other_decay
from pages.templates.sizes import LIST, STRIP, across, width
from pages.templates.strip import strip
from pages.templates.view import View

SAMPLES = 6  # a class


def breaking(view: View) -> None:
    """Colour templates with what they show, the digits' templates beside, and sample pictures where they are."""
    view = view.at(-1)
    digits = _opened(nearest(view.run.spec, on_digits))
    st.markdown(f"**{view.moment}**, {view.accuracy_words}. {view.seeds_words}")
    left, right = st.columns([3, 2], gap="large")
    with left, st.container(key=f"{PAGE}-pictures"):
        strip(view, f"{PAGE}-colour")
        page.legend(view.colour_words)
        st.caption(view.palette_words)
        st.markdown(words.FAILURE.get(view.data.name, words.ANY_FAILURE))
    with right:
        if digits is not None:
            st.markdown(f"**The same layer on digits**: {digits.accuracy_words}.")
            strip(digits, f"{PAGE}-digits", LIST)
        st.markdown(words.WHY_IT_FAILS.format(classes=words.number(len(view.classes))))
    other = _opened(other_decay(view.run.spec))
    if other is not None:
        _two_decays(view, other)
    if view.counted:
        _errors(view, digits)
    means = class_means(view)
    if means is not None:
        st.markdown("**The average training picture of each class**, for comparison: nearly the same blur.")
        thumbnails(
            f"{PAGE}-means",
            _drawn_means(view, means, view.key, catalog.stamp(view.data), page.theme().dark),
            side=width(view.shape, STRIP),
            across=across(len(view.classes)),
        )
    _samples(view)


def _opened(entry: Entry | None) -> View | None:
    """The network to set beside, at its last state; None without one, or after saying why it cannot be read."""
    if entry is None:
        return None
    try:
        return View.of(entry.id)
    except (store.MissingRun, store.DamagedRun) as error:
        st.error(plain(error), icon=":material/error:")
        return None


def _two_decays(view: View, other: View) -> None:
    """The templates of the other weight decay, and what a stronger one does, in the numbers of the two runs."""
    weak, strong = sorted((view, other), key=lambda v: v.run.spec.train.weight_decay)
    (low, few), (high, many) = ((v.run.spec.train.weight_decay, v.share) for v in (weak, strong))
    st.markdown(
        f"**Two weight decays.** Below is the same layer with weight decay {other.run.spec.train.weight_decay:g} instead of "
        f"{view.run.spec.train.weight_decay:g}. With {low:g} it reads {percent(few)} right, with {high:g} {percent(many)}: "
        + ("a stronger decay smooths the templates and costs accuracy." if many < few else "a stronger decay smooths the templates.")
    )
    strip(other, f"{PAGE}-decay")
    st.caption(f"{other.moment}, {other.accuracy_words}. {other.seeds_words} {other.palette_words}")


def _errors(view: View, digits: View | None) -> None:
    """Both confusion matrices, with the worst class and the most frequent error of the pictures."""
    counts = view.counts
    totals = counts.sum(axis=1)
    worst = int(np.nanargmin(recall(counts)))
    most = "".join(
        f"Most frequent error: **{view.classes[row]}** read as **{view.classes[column]}**, {counts[row, column]:,} of {totals[row]:,}. "
        for row, column in largest_errors(counts, 1)
    )
    st.markdown(
        f"**What is taken for what.** {most}Least often right: **{view.classes[worst]}**, {counts[worst, worst]:,} of {totals[worst]:,}."
    )
    left, right = st.columns(2, gap="large")
    with left:
        last_matrix(view)
    if digits is not None and digits.counted:
        with right:
            last_matrix(digits)
    st.caption("Rows: the actual class; columns: what it was read as. Click a cell to see its images and when the error came and went.")


def _samples(view: View) -> None:
    """Some test pictures of each class."""
    images = test_images(view.data)
    if images is None:
        st.markdown("**What the network has to read**")
        missing(view)
        return
    st.markdown("**What the network has to read.** Click a picture to lay it over the templates.")
    items, classes = _drawn_samples(view, images, view.key, catalog.stamp(view.data))
    thumbnails(f"{PAGE}-samples", items, side=width(view.shape, STRIP), across=across(classes), on_pick=opener(view))


@shared()
def _drawn_means(_view: View, _means: np.ndarray, key: str, stamp: str, dark: bool) -> list[Thumbnail]:
    return [
        Thumbnail(i, raster.rgb_url(pictures.image_pixels(mean, theme(dark))), word)
        for i, (mean, word) in enumerate(zip(_means, _view.classes, strict=True))
        if np.isfinite(mean).all()
    ]


@shared()
def _drawn_samples(_view: View, _images: Images, key: str, stamp: str) -> tuple[list[Thumbnail], int]:
    """The pictures, and of how many classes they are."""
    of_class = {word: np.flatnonzero(_images.labels == c)[:SAMPLES] for c, word in enumerate(_view.classes)}
    there = {word: found for word, found in of_class.items() if len(found)}
    items = [
        Thumbnail(int(i), raster.rgb_url(_images.images[i]), word)
        for row in zip(*there.values(), strict=False)  # one picture of each class, as long as every class has another
        for i, word in zip(row, there, strict=True)
    ]
    return items, len(there)
