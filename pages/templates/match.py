"""Match an image with every template, sum by sum."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis.matching import Match, decisive, match
from core.analysis.templates import limit
from core.breaking.subject import seen_doubt
from core.charts import raster
from core.charts import templates as pictures
from core.charts.numbers import fixed, percent
from core.frame import page
from core.ui import question
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.templates import words
from pages.templates.choices import PAGE, epoch_slider
from pages.templates.match_board import match_board
from pages.templates.picked import Picked, picked_image
from pages.templates.sizes import LARGE, ONE, width
from pages.templates.strip import strip
from pages.templates.view import View, signed


def matching(view: View) -> None:
    """The image, a guess, then products, sums and probabilities of all templates."""
    picture, side = st.columns([3, 1], gap="large")
    with picked_image(view, side) as picked:
        if picked is not None:
            _guess_and_result(view, picked, picture)
    with side:
        epoch_slider(view)


def _guess_and_result(view: View, picked: Picked, picture: DeltaGenerator) -> None:
    """The guess, then every sum."""
    found = match(view.templates, view.weights["dense1.bias"], picked.values)
    subject = f"{view.id} {picked.words}"  # of the image: once told, the answer follows the epoch
    with picture:
        odd = seen_doubt("digit", picked.values) if picked.label is None else ""  # drawings alone
        st.markdown(f"**{picked.words[0].upper() + picked.words[1:]}.** {view.moment}. {odd}".rstrip())
        if not question.told(PAGE, "second", subject):
            own = Thumbnail(0, raster.rgb_url(pictures.image_pixels(picked.values, page.theme())), "the image")
            with st.container(key=f"{PAGE}-match"):
                left, right = st.columns([1, 4], vertical_alignment="center")
                with left:
                    thumbnails(f"{PAGE}-own", [own], side=width(view.shape, ONE), own=picked.label is None)
                with right:
                    strip(view, f"{PAGE}-strip")
        else:
            _result(view, found)
        told = question.ask(PAGE, "second", words.SECOND, view.classes, lambda: _answer(view, found), words.SECOND_WHY, subject=subject)
    if told:
        _ledger(view, picked, found)


def _answer(view: View, found: Match) -> tuple[str, str]:
    first, second = found.winner, found.second
    return view.classes[second], (
        f"{view.classes[first]} wins with z = {fixed(found.logits[first], 2, sign=True)}, {view.classes[second]} follows with "
        f"{fixed(found.logits[second], 2, sign=True)}; after softmax {percent(found.probabilities[first])} against "
        f"{percent(found.probabilities[second])}."
    )


def _result(view: View, found: Match) -> None:
    """All classes, best first, on one scale."""
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
        + words.MATCH_NOTICE
    )
    first, second = view.classes[found.winner], view.classes[found.second]
    lead = decisive(found, found.winner, found.second)
    url = raster.rgb_url(pictures.pixels(lead, limit(lead, 1.0), page.theme()))
    gap = signed(found.bias[found.winner] - found.bias[found.second])
    left, right = st.columns([1, 4], vertical_alignment="center")
    with left:
        thumbnails(f"{PAGE}-decisive", [Thumbnail(0, url, f"w·x of {first} less w·x of {second}")], side=width(view.shape, LARGE))
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
