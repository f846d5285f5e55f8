"""Misread images: those one sympathises with and the glaring ones."""

import streamlit as st

from core.analysis.mistakes import CLOSE, CONFIDENT, KINDS, Mistakes, chosen, mistakes
from core.charts import raster
from core.ui import cached, page
from core.ui.templates_image import missing, stand_in
from core.ui.templates_view import (
    PAGE,
    Images,
    View,
    chosen_state,
    epoch_slider,
    opener,
    probabilities,
    test_images,
    thumbnail_colours,
)
from core.ui.thumbnails import Thumbnail, thumbnails

SHOWN = 48  # images a group
ANY = "any"


def misread(name: str) -> None:
    """Two groups by a stated rule, filtered by class; a click opens the image in the match view."""
    run = cached.run(name)
    view = View(name, run, chosen_state(run))
    images = test_images(view.data)
    if images is None:
        missing()
        return
    found = mistakes(probabilities(view, images), images.labels)
    picture, side = st.columns([3, 1], gap="large")
    with side:
        st.markdown(f"**{view.epoch_words}**  \n{len(found):,} of {len(images.labels):,} images misread")
        epoch_slider(run)
        options = [ANY, *view.classes]
        actual = st.selectbox("It is", options, key=f"{PAGE}-mistakes-actual", persist_state="session")
        predicted = st.selectbox("Read as", options, key=f"{PAGE}-mistakes-predicted", persist_state="session")
        st.caption(
            f"Understandable: the true class comes second, at most {100 * CLOSE:.0f} points behind. Glaring: the wrong class gets "
            f"{CONFIDENT:.0%} or more. {int((found.kind == KINDS[2]).sum()):,} lie between and are not shown."
        )
        stand_in(view)
    with picture, st.container(key=f"{PAGE}-mistakes"):
        for kind in KINDS[:2]:
            part = chosen(found, kind, *(None if c == ANY else view.classes.index(c) for c in (actual, predicted)))
            _group(view, images, part, kind)
    st.markdown(
        "**What to notice.** In the first group you may have hesitated yourself. In the second the network is sure and wrong: a template "
        "has one place for each stroke, so a digit that leans, shifts or grows lies over the wrong weights. Click an image to see its sums."
    )


def _group(view: View, images: Images, part: Mistakes, kind: str) -> None:
    """One group's images with what the network said."""
    words = {KINDS[0]: "closest race first", KINDS[1]: "most confident first"}[kind]
    st.markdown(f"**{kind.capitalize()}**: {len(part):,}, {words}" + (f"; the first {SHOWN}" if len(part) > SHOWN else ""))
    if not len(part):
        st.caption("None with these classes. Choose others, or another model.")
        return
    theme = page.theme()
    items = [
        Thumbnail(
            int(part.image[i]),
            raster.rgb_url(thumbnail_colours(view, images.images[part.image[i]], theme)),
            f"{view.classes[part.actual[i]]} → {view.classes[part.predicted[i]]}\n{part.given[i]:.1%}\ntrue {part.truth[i]:.1%}",
        )
        for i in range(min(SHOWN, len(part)))
    ]
    thumbnails(f"{PAGE}-mistakes-{kind}", items, side=2 * view.shape[0], on_pick=opener(view))
