"""Misread images: those one sympathises with and the glaring ones."""

import streamlit as st

from core.analysis.mistakes import CLOSE, CONFIDENT, KINDS, Mistakes, chosen, mistakes
from core.charts import raster
from core.ui import cached, page
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.templates.image import missing
from pages.templates.view import (
    ANY,
    PAGE,
    Images,
    View,
    choice_key,
    chosen_state,
    epoch_slider,
    opener,
    probabilities,
    test_images,
    thumbnail_colours,
)

SHOWN = 30  # images a group


def misread(name: str) -> None:
    """Two groups by a stated rule, filtered by class; a click opens the image in the match view."""
    run = cached.run(name)
    view = View(name, run, chosen_state(run))
    images = test_images(view.data)
    if images is None:
        missing()
        return
    found = mistakes(probabilities(view, images), images.labels)
    st.markdown(f"**{view.epoch_words}**: {len(found):,} of {len(images.labels):,} images misread.")
    options = [ANY, *view.classes]
    with st.container(horizontal=True, gap="large"):
        actual = st.selectbox("It is", options, key=choice_key("actual", options), persist_state="session", width=150)
        predicted = st.selectbox("Read as", options, key=choice_key("predicted", options), persist_state="session", width=150)
        with st.container(width=300):
            epoch_slider(run)
    with st.container(key=f"{PAGE}-mistakes"):
        for kind, column in zip(KINDS[:2], st.columns(2, gap="large"), strict=True):
            part = chosen(found, kind, *(None if c == ANY else view.classes.index(c) for c in (actual, predicted)))
            with column:
                _group(view, images, part, kind)
    st.caption(f"{int((found.kind == KINDS[2]).sum()):,} mistakes lie between the two groups and are not shown.")
    st.markdown(
        "**What to notice.** In the first group you may have hesitated yourself. In the second the network is sure and wrong: a template "
        "has one place for each stroke, so a digit that leans, shifts or grows lies over the wrong weights. Click an image to see its sums."
    )


def _group(view: View, images: Images, part: Mistakes, kind: str) -> None:
    """One group's images with what the network said."""
    rule, order = {
        KINDS[0]: (f"the true class comes second, at most {100 * CLOSE:.0f} points behind", "closest race first"),
        KINDS[1]: (f"the wrong class gets {CONFIDENT:.0%} or more", "most confident first"),
    }[kind]
    st.markdown(f"**{kind.capitalize()}**: {rule}")
    st.caption(f"{len(part):,}, {order}" + (f"; the first {SHOWN}" if len(part) > SHOWN else ""))
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
