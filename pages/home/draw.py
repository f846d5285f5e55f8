"""Draw a digit on the home page, and three networks answer."""

import numpy as np
import streamlit as st

from core.analysis.dense import order
from core.charts.numbers import probability
from core.charts.theme import SIGNED_WORDS
from core.frame import page
from core.frame.site import entry
from core.models import network
from core.ui.class_bars import class_bars
from core.ui.drawing_pad import last_drawing
from core.ui.drawing_pad.examples import THREE
from core.ui.drawn_digit import drawn_digit
from core.ui.shown import Shown
from core.ui.thumbnails import thumbnails
from pages.home.networks import KINDS, READERS, best, trouble
from pages.home.why import WHY
from pages.home.words import LEGEND, LINKS

PAD = "home-pad"
SIDE, ROOM = 84, 30  # pixels of a picture, and what its words may take beside it


def said(share: float | np.floating) -> str:
    """A probability in words: softmax never gives 0 or 1, it only rounds to them."""
    return probability(min(max(float(share), 1e-9), 1 - 1e-9))  # in float32 the upper bound would be 1


@st.fragment
def draw_a_digit() -> None:
    """The pad, and each network's answer beside it."""
    left, right = st.columns([0.35, 0.65], gap="large")
    with left, drawn_digit(PAD) as image, right:
        for topic in READERS:
            with st.container(border=True, key=f"home-answer-{topic}"):
                _reader(topic, image)
        page.legend(SIGNED_WORDS, LEGEND)


def _reader(topic: str, image: np.ndarray | None) -> None:
    """The network of a topic and what it says to the image (28, 28)."""
    shown = best(topic)
    if shown is None:
        st.error(f"{entry(topic).headline}. {trouble(topic)}", icon=":material/error:")
    elif image is None:
        st.markdown(f"**{shown.title}** waits for a digit.")
    else:
        _answer(topic, shown, image, not last_drawing(PAD, THREE).example)


def _answer(topic: str, shown: Shown, image: np.ndarray, own: bool) -> None:
    """What a network says to the image (28, 28), its probabilities as bars, and why."""
    shares = network.answers(shown.run.spec.model, shown.weights, image[None])[0]  # (10,)
    first, second = order(shares)[:2]
    pictures, because = WHY[topic](shown, image, page.theme())
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(width=300, gap="xsmall"):
            st.markdown(
                f"**{shown.title}**: it is a **{first}**, with {said(shares[first])}; next comes {second}, with {said(shares[second])}."
            )
            class_bars(f"home-bars-{topic}", shares, page.theme(), noun="digit", upright=True)
        with st.container(width=3 * (SIDE + ROOM), gap="xsmall"):
            thumbnails(f"home-why-{topic}", pictures, side=SIDE, own=own)
    st.markdown(because)
    query = {KINDS[topic].link: shown.id, **LINKS[topic]}
    st.page_link(entry(topic).file, label="Look inside", icon=":material/arrow_forward:", query_params=query)
