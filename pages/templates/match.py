"""Match an image with every template, sum by sum."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis.matching import Match, decisive, match
from core.analysis.templates import limit
from core.charts import raster
from core.charts import templates as pictures
from core.ui import cached, page, question
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.templates.image import Picked, picked_image
from pages.templates.match_board import match_board
from pages.templates.view import PAGE, View, chosen_state, epoch_slider, signed


def matching(name: str) -> None:
    """The image, a guess, then products, sums and probabilities of all ten templates."""
    run = cached.run(name)
    view = View(name, run, chosen_state(run))
    picture, side = st.columns([3, 1], gap="large")
    with picked_image(view, side) as picked:
        if picked is not None:
            _guess_and_result(view, picked, picture)
    with side:
        epoch_slider(run)


def _guess_and_result(view: View, picked: Picked, picture: DeltaGenerator) -> None:
    """The guess, then every sum."""
    theme = page.theme()
    found = match(view.templates, view.weights["dense1.bias"], picked.values)
    subject = f"{view.name} {picked.words}"  # of the image: once told, the answer follows the epoch
    with picture:
        st.markdown(f"**{picked.words[0].upper() + picked.words[1:]}.** {view.epoch_words}.")
        if not question.told(PAGE, "second", subject):
            strip = [
                Thumbnail(i, raster.rgb_url(pictures.pixels(t, view.limit, theme)), word)
                for i, (t, word) in enumerate(zip(view.templates, view.classes, strict=True))
            ]
            own = Thumbnail(0, raster.rgb_url(pictures.image_pixels(picked.values, theme)), "the image")
            with st.container(key=f"{PAGE}-match"):
                left, right = st.columns([1, 4], vertical_alignment="center")
                with left:
                    thumbnails(f"{PAGE}-own", [own], side=4 * view.shape[0])
                with right:
                    thumbnails(f"{PAGE}-strip", strip, side=3 * view.shape[0], across=10)
        else:
            _result(view, found)
        told = question.ask(
            PAGE,
            "second",
            "Lay the image over each template in your mind. Which template wins second?",
            view.classes,
            lambda: _answer(view, found),
            "A template scores where its orange lies under ink and loses where its blue does. The runner-up shares most strokes with "
            "the image and has little blue in its way.",
            subject=subject,
        )
    if told:
        _ledger(view, picked, found)


def _answer(view: View, found: Match) -> tuple[str, str]:
    first, second = found.winner, found.second
    return view.classes[second], (
        f"{view.classes[first]} wins with z = {found.logits[first]:+.2f}, {view.classes[second]} follows with "
        f"{found.logits[second]:+.2f}; after softmax {found.probabilities[first]:.1%} against {found.probabilities[second]:.1%}."
    )


def _result(view: View, found: Match) -> None:
    """All ten classes, best first, on one scale."""
    with st.container(key=f"{PAGE}-match"):
        match_board(f"{PAGE}-board", found, view.classes, limit(found.products, 0.998), page.theme())
    page.legend(
        "orange: what the products above 0 add up to; blue: those below 0. The tick is z = b + their sum, the bar at the right its "
        f"softmax. In the pictures {view.colour_words}"
    )


def _ledger(view: View, picked: Picked, found: Match) -> None:
    """Every term of every class, in full."""
    st.markdown(
        f"**What to notice.** Winner **{view.classes[found.winner]}**, second **{view.classes[found.second]}**"
        + (f"; the image is a **{view.classes[picked.label]}**. " if picked.label is not None else ". ")
        + "Compare the orange with the blue bars: how often is it the blue that decides?"
    )
    first, second = view.classes[found.winner], view.classes[found.second]
    lead = decisive(found, found.winner, found.second)
    url = raster.rgb_url(pictures.pixels(lead, limit(lead, 1.0), page.theme()))
    gap = signed(found.bias[found.winner] - found.bias[found.second])
    left, right = st.columns([1, 4], vertical_alignment="center")
    with left:
        thumbnails(f"{PAGE}-decisive", [Thumbnail(0, url, f"w·x of {first} less w·x of {second}")], side=5 * view.shape[0])
    with right:
        st.markdown(
            f"**Where {first} beat {second}**: orange pixels gave {first} more, blue ones {second}. They add up to {signed(lead.sum())}; "
            f"with the biases' difference {gap} that is the lead in z, {signed(found.logits[found.winner] - found.logits[found.second])}."
        )
    with st.expander("Every sum in full"):
        st.dataframe(
            pd.DataFrame(
                {
                    "class": [view.classes[c] for c in found.order],
                    "sum of w·x above 0": found.positive[found.order],
                    "sum of w·x below 0": found.negative[found.order],
                    "bias b": found.bias[found.order],
                    "z": found.logits[found.order],
                    "softmax": found.probabilities[found.order],
                }
            ),
            hide_index=True,
            column_config={name: st.column_config.NumberColumn(format="%.6f") for name in ("z", "softmax", "bias b")},
        )
