"""Draw a digit on the home page, and the three networks answer."""

import numpy as np
import streamlit as st

from core.analysis.dense import order
from core.models import network
from core.runs.run import Run
from core.ui import cached, page
from core.ui.class_bars import class_bars
from core.ui.drawn_digit import drawn_digit

NETWORKS = {  # shipped run -> name on the page, the page that looks inside it
    "mlp-diagonal": ("Five dense layers", "pages/mlp/page.py"),
    "softmax-mnist": ("One layer of templates", "pages/templates/page.py"),
    "digit-cnn": ("Convolutions", "pages/digits/page.py"),
}


def answer(run: Run, image: np.ndarray) -> np.ndarray:
    """The ten probabilities (10,) that a run's last state gives an image (28, 28) in [0, 1]."""
    return network.answers(run.spec.model, cached.last_state(run.key), image[None])[0]


def percent(share: float) -> str:
    """A probability in words that never says 0% or 100% of what is neither."""
    return "less than 1%" if share < 0.01 else "more than 99%" if share > 0.99 else f"{share:.0%}"


@st.fragment
def draw_a_digit() -> None:
    """The pad, and each network's answer beside it."""
    left, right = st.columns([0.4, 0.6], gap="large")
    with left, drawn_digit("home-pad") as image, right:
        for name, (title, target) in NETWORKS.items():
            run = cached.run_or_say(name)
            if run is None:
                continue
            with st.container(border=True, key=f"home-answer-{name}"):
                if image is None:
                    st.markdown(f"**{title}** waits for a digit.")
                    continue
                _answer(title, target, answer(run, image))
        page.legend("the drawing is scaled to 20×20 pixels and centred by its mass in 28×28, as the training digits were")


def _answer(title: str, target: str, shares: np.ndarray) -> None:
    """What a network says, and its ten probabilities (10,) as bars."""
    first, second = order(shares)[:2]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(width=260, gap="xsmall"):
            st.markdown(
                f"**{title}**: it is a **{first}**, with {percent(shares[first])}; next comes {second}, with {percent(shares[second])}."
            )
            st.page_link(target, label="Look inside", icon=":material/arrow_forward:")
        with st.container(width=260):
            class_bars(f"home-bars-{title}", shares, page.theme(), noun="digit", upright=True)
