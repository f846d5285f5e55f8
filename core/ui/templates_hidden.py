"""A hidden layer of ten units: filters on top, under them the votes of each for every class."""

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis.votes import sides, unit_order, votes
from core.charts import raster
from core.charts import templates as pictures
from core.charts import theme as colours
from core.charts import votes as chart
from core.models import mlp
from core.ui import cached, link, page, question
from core.ui.templates_image import Picked, picked_image
from core.ui.templates_view import PAGE, VOTES, WEIGHTS, View, chosen_state, epoch_slider, guessed, palette_words, skip, skipped

OWN = "their own order"


def hidden(name: str) -> None:
    """Guess what the filters look like, then see them with their output weights, sorted and for one image."""
    run = cached.run(name)
    view = View(name, run, chosen_state(run))
    key = f"filters-{view.data}"
    if not skipped(key):
        question.ask(
            key,
            "Ten hidden units now stand between the image and the ten classes. What will their filters look like?",
            ("one class each", "parts and contrasts shared by classes", "noise"),
            lambda: _answer(view),
            "Nothing ties a filter to one class any more. Ten classes share ten filters, so each filter becomes a contrast that splits "
            "the classes into those that want it and those that don't, and the output weights combine them.",
        )
    if not guessed(key):
        skip(key, "Show the filters without a guess")
        return
    picture, side = st.columns([3, 1], gap="large")
    with side:
        sort = st.selectbox("Sort the filters by", [OWN, *view.classes], key=link.key(PAGE, "sort"), persist_state="session")
        what = st.radio("Bars show", (WEIGHTS, VOTES), key=f"{PAGE}-bars", persist_state="session")
        epoch_slider(run)
    class_ = None if sort == OWN else view.classes.index(sort)
    if what == WEIGHTS:
        _picture(view, class_, None, picture)
    else:
        with picked_image(view, side) as picked:
            if picked is not None:
                _picture(view, class_, picked, picture)
    with side:
        st.caption(palette_words(view))
        if class_ is not None:
            _sides(view, class_)
    st.markdown(
        "**What to notice.** The filters show no digit and no thing of their own: each splits the classes into those that want it and "
        "those that don't. Sort by a class to read its votes from left to right."
    )


def _picture(view: View, class_: int | None, picked: Picked | None, picture: DeltaGenerator) -> None:
    """Filters and bars in `picture`."""
    with picture:
        st.markdown(f"**{view.epoch_words}**, {view.accuracy_words()}. {view.seeds_words()}")
        with st.container(key=f"{PAGE}-hidden"):
            _columns(view, class_, picked)


def _answer(view: View) -> tuple[str, str]:
    """How many classes lean strongly on each filter, from the output weights on the screen."""
    kernel = view.weights["dense2.kernel"]
    strong = (np.abs(kernel) > np.abs(kernel).max(axis=0) / 2).sum(axis=1)  # (units,) classes that give it half their largest weight
    alone = int((strong == 1).sum())
    right = "one class each" if alone > len(kernel) / 2 else "parts and contrasts shared by classes"
    return right, (
        f"A filter counts for {strong.mean():.1f} of the ten classes on average (at least half as much as that class's strongest "
        f"filter); {alone} of {len(kernel)} serve one class alone."
    )


def _columns(view: View, class_: int | None, picked: Picked | None) -> None:
    """The chart of filters and bars, and its legend."""
    theme = page.theme()
    kernel, bias = view.weights["dense2.kernel"], view.weights["dense2.bias"]
    order = unit_order(kernel, class_)
    words = [""] * len(kernel)
    values, top, what = kernel, float(np.abs(view.run.weights("dense2.kernel")).max()), "output weight"
    if picked is not None:
        layer = mlp.forward(*mlp.layers_of(view.weights), picked.values.reshape(1, -1), view.run.spec.model.activation)
        cast = votes(layer[0][0], kernel, bias)
        values, what = cast.products, "activation × weight"
        words = [f"active {a:.2f}" for a in cast.activations]
    bars = pd.DataFrame(
        [
            {"unit": view.units[u], "row": c, "value": float(values[u, c]), "size": float(values[u, c]) / top}
            for u in order
            for c in range(values.shape[1])
        ]
    )
    filters = pd.DataFrame(
        {
            "unit": [view.units[u] for u in order],
            "url": [_filter_urls(view.name, view.state, theme.dark)[u] for u in order],
            "words": [words[u] for u in order],
        }
    )
    page.chart(
        chart.columns(bars, filters, view.classes, theme, side=view.shape[0], marked=class_, what=what),
        alt_text=f"Ten hidden filters and under each a bar for every class: its {what}",
        key=f"{PAGE}-hidden-chart",
        width="stretch",
    )
    page.legend("a bar above its line (orange) votes for the class, one below (blue) against; all bars share one scale at every epoch")
    if picked is not None:
        shares = mlp.softmax(cast.logits)
        best = int(cast.logits.argmax())
        st.markdown(
            f"The votes for **{view.classes[best]}** add up to {cast.products[:, best].sum():+.3f}, with its bias {bias[best]:+.3f} to "
            f"z = **{cast.logits[best]:+.3f}**, {shares[best]:.1%} after softmax. The image: {picked.words}."
        )


@st.cache_data(show_spinner=False, max_entries=64)
def _filter_urls(name: str, state: int, dark: bool) -> list[str]:
    """Pictures of the filters of one state."""
    view = View(name, cached.run(name), state)
    return [raster.rgb_url(pictures.pixels(t, view.limit, colours.theme(dark))) for t in view.templates]


def _sides(view: View, class_: int) -> None:
    """Which filters vote for and against a class, strongest first."""
    kernel = view.weights["dense2.kernel"]
    pro, contra = sides(kernel, class_)
    word = view.classes[class_]
    for title, units in ((f"For {word}", pro), (f"Against {word}", contra)):
        st.markdown(f"**{title}**: " + (", ".join(f"{u + 1} ({kernel[u, class_]:+.2f})" for u in units) or "none"))
