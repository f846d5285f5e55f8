"""A hidden layer of ten units: filters on top, under them the votes of each for every class."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis.votes import film, leaners, sides, unit_order
from core.charts import raster
from core.charts import templates as pictures
from core.charts import theme as colours
from core.models.activations import softmax
from core.ui import cached, link, page, question
from core.ui.player import player
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.templates.film import pack, template_film
from pages.templates.image import Picked, picked_image
from pages.templates.view import (
    BARS,
    OWN,
    PAGE,
    WEIGHTS,
    View,
    choice_key,
    choose_state,
    chosen_state,
    epoch_label,
    palette_words,
    signed,
)
from pages.templates.vote_bars import vote_bars

ONE_LAYER = {"mnist": "softmax-mnist", "cifar10": "softmax-cifar10"}
LEAD = {"mnist": 22, "cifar10": 74}  # pixels for the names of the classes


def hidden(name: str) -> None:
    """Guess what the filters look like, then see them with their output weights, sorted and for one image."""
    run = cached.run(name)
    view = View(name, run, chosen_state(run))
    if not question.told(PAGE, "filters", view.data):
        _one_layer(view)
    told = question.ask(
        PAGE,
        "filters",
        "Ten hidden units now stand between the image and the ten classes. What will their filters look like?",
        ("one class each", "parts and contrasts shared by classes", "noise"),
        lambda: _answer(view),
        "Nothing ties a filter to one class any more. Ten classes share ten filters, so each filter becomes a contrast that splits "
        "the classes into those that want it and those that don't, and the output weights combine them.",
        subject=view.data,
    )
    if not told:
        return
    picture, side = st.columns([3, 1], gap="large")
    with side:
        orders = [OWN, *view.classes]
        sort = st.selectbox(
            "Sort the filters by",
            orders,
            format_func=lambda name: "their own order" if name == OWN else name,
            key=choice_key("sort", orders),
            persist_state="session",
        )
        what = st.radio("Bars show", list(BARS), format_func=BARS.__getitem__, key=link.key(PAGE, "bars"), persist_state="session")
    class_ = None if sort == OWN else view.classes.index(sort)
    if what == WEIGHTS:
        _picture(view, class_, None, picture)
    else:
        with picked_image(view, side) as picked:
            _picture(view, class_, picked, picture)  # without an image the output weights alone
    with side:
        if class_ is not None:
            _sides(view, class_)
        st.caption(palette_words(view))
    st.markdown(
        "**What to notice.** The filters show no digit and no thing of their own: each splits the classes into those that want it and "
        "those that don't. Sort by a class to read its votes from left to right."
    )


def _one_layer(view: View) -> None:
    """What the guess starts from: the templates without a hidden layer."""
    before = cached.run_or_say(ONE_LAYER[view.data])
    if before is None:
        return
    one = View(ONE_LAYER[view.data], before, before.states - 1)
    st.markdown(f"**Without a hidden layer** each class has a template of its own: {one.accuracy_words()}.")
    items = [
        Thumbnail(i, raster.rgb_url(pictures.pixels(template, one.limit, page.theme())), word)
        for i, (template, word) in enumerate(zip(one.templates, one.classes, strict=True))
    ]
    thumbnails(f"{PAGE}-before", items, side=3 * one.shape[0], across=10)


def _answer(view: View) -> tuple[str, str]:
    """How many classes lean strongly on each filter, from the output weights on the screen."""
    kernel = view.weights["dense2.kernel"]
    strong = leaners(kernel)
    alone = int((strong == 1).sum())
    right = "one class each" if alone > len(kernel) / 2 else "parts and contrasts shared by classes"
    return right, (
        f"A filter counts for {strong.mean():.1f} of the ten classes on average (at least half as much as that class's strongest "
        f"filter); {alone} of {len(kernel)} serve one class alone."
    )


@st.cache_resource(show_spinner=False, max_entries=4)
def _message(name: str, dark: bool) -> bytes:
    """The filters of all states for the browser."""
    view = View(name, cached.run(name), 0)
    return pack(
        cached.weights(name, "dense1.kernel"),
        view.shape,
        view.units,
        view.limit,
        colours.theme(dark),
        source=f"{name}-{view.run.key}",
        state=view.run.states - 1,
        means=None,
        hint="Point at a filter or a bar to read its weight.",
        words=view.colour_words,
        lead=LEAD[view.data],
    )


def _picture(view: View, class_: int | None, picked: Picked | None, picture: DeltaGenerator) -> None:
    """Filters, bars and the player that drives both, in `picture`."""
    run, theme = view.run, page.theme()
    weights = run.weights("dense2.kernel")  # (states, units, classes)
    values, sums, activations, what, sum_name = weights, run.weights("dense2.bias"), None, "output weight", "bias"
    if picked is not None:
        cast = film(run, picked.values.ravel())
        values, sums, activations, what, sum_name = cast.products, cast.logits, cast.activations, "activation × weight", "z"
    limit = float(np.abs(weights).max())
    order = unit_order(weights[view.state], class_)
    with picture:
        st.markdown(f"**{view.epoch_words}**, {view.accuracy_words()}. {view.seeds_words()}")
        with st.container(key=f"{PAGE}-hidden", gap="small"):
            template_film(f"{PAGE}-filters", _message(view.name, theme.dark))
            vote_bars(
                f"{PAGE}-votes",
                values,
                sums,
                view.classes,
                view.units,
                theme,
                state=view.state,
                limit=limit,
                lead=LEAD[view.data],
                marked=class_,
                what=what,
                sum_name=sum_name,
                activations=activations,
            )
        player(
            f"{PAGE}-player",
            [epoch_label(epoch) for epoch in run.epochs],
            view.state,
            [f"{PAGE}-hidden"],
            signals={"order": ",".join(str(unit) for unit in order)},
            on_rest=lambda: choose_state(run, st.session_state[f"{PAGE}-player"]["frame"]),
        )
        page.legend(
            f"a bar above its line (orange) votes for the class, one below (blue) against; a full bar is ±{limit:.3g} at every epoch"
        )
        if picked is not None:
            logits = cast.logits[view.state]
            best = int(logits.argmax())
            st.markdown(
                f"The votes for **{view.classes[best]}** add up to {signed(cast.products[view.state, :, best].sum())}, with its bias "
                f"{signed(cast.bias[view.state, best])} to z = **{signed(logits[best])}**, {softmax(logits)[best]:.1%} after softmax. "
                f"The image: {picked.words}."
            )


def _sides(view: View, class_: int) -> None:
    """Which filters vote for and against a class, strongest first."""
    kernel = view.weights["dense2.kernel"]
    pro, contra = sides(kernel, class_)
    word = view.classes[class_]
    for title, units in ((f"For {word}", pro), (f"Against {word}", contra)):
        st.markdown(f"**{title}**: " + (", ".join(f"filter {u + 1} ({signed(kernel[u, class_], 2)})" for u in units) or "none"))
