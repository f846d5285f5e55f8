"""Misread images: those one sympathises with and the glaring ones."""

import streamlit as st

from core.analysis.mistakes import CLOSE, CONFIDENT, KINDS, Mistakes, chosen, mistakes
from core.charts.numbers import percent, probability
from core.frame import choices
from core.serving.shared import shared
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.templates import words
from pages.templates.breaking import sure
from pages.templates.choices import ANY, PAGE, epoch_slider, opener
from pages.templates.images import Images, missing, probabilities, test_images, url
from pages.templates.sizes import LIST, width
from pages.templates.view import View

SHOWN = 30  # images a group


def misread(view: View) -> None:
    """Two groups by a stated rule, filtered by class; a click opens the image in the match view."""
    images = test_images(view.data)
    if images is None:
        missing(view)
        return
    found = _found(view, images, view.key, view.state, images.source)
    besides = "" if images.own else f" On its own test images, which are not here, it has {view.accuracy_words}."
    st.markdown(f"**{view.moment}**: {len(found):,} of {len(images.labels):,} images misread, test images of {images.source}.{besides}")
    options = [ANY, *view.classes]
    with st.container(horizontal=True, gap="large"):
        actual = st.selectbox("It is", options, key=choices.key(PAGE, "actual"), persist_state="session", width=150)
        predicted = st.selectbox("Read as", options, key=choices.key(PAGE, "predicted"), persist_state="session", width=150)
        with st.container(width=300):
            epoch_slider(view)
    with st.container(key=f"{PAGE}-mistakes"):
        for kind, column in zip(KINDS[:2], st.columns(2, gap="large"), strict=True):
            part = chosen(found, kind, *(None if c == ANY else view.classes.index(c) for c in (actual, predicted)))
            with column:
                _group(view, images, part, kind)
    st.caption(f"{int((found.kind == KINDS[2]).sum()):,} mistakes lie between the two groups and are not shown.")
    st.markdown(words.DIGITS_MISREAD if len(view.shape) == 2 else words.PICTURES_MISREAD)
    sure(view, images)


@shared()
def _found(_view: View, _images: Images, key: str, state: int, source: str) -> Mistakes:
    """What a state misreads."""
    return mistakes(probabilities(_view, _images), _images.labels)


def _group(view: View, images: Images, part: Mistakes, kind: str) -> None:
    """One group's images with what the network said."""
    rule, order = {
        KINDS[0]: (f"the true class comes second, at most {100 * CLOSE:.0f} points behind", "closest race first"),
        KINDS[1]: (f"the wrong class gets {percent(CONFIDENT, 0)} or more", "most confident first"),
    }[kind]
    st.markdown(f"**{kind.capitalize()}**: {rule}")
    st.caption(f"{len(part):,}, {order}" + (f"; the first {SHOWN}" if len(part) > SHOWN else ""))
    if not len(part):
        st.caption("None with these classes. Choose others, or another network.")
        return
    items = [
        Thumbnail(
            int(part.image[i]),
            url(images.images[part.image[i]]),
            f"{view.classes[part.actual[i]]} → {view.classes[part.predicted[i]]}\n{probability(float(part.given[i]))}\n"
            f"true {probability(float(part.truth[i]))}",
        )
        for i in range(min(SHOWN, len(part)))
    ]
    thumbnails(f"{PAGE}-mistakes-{kind}", items, side=width(view.shape, LIST), on_pick=opener(view))
