"""Unrolled and rolled: a template is a column of weights, laid out like the image."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis import templates
from core.analysis.matching import Match, match
from core.charts import templates as pictures
from core.ui import cached, page
from core.ui.player import player
from pages.templates.image import Picked, picked_image
from pages.templates.rolled_vector import rolled_vector
from pages.templates.view import PAGE, View, choice_key, choose_state, chosen_state, epoch_label, signed


def rolled(name: str) -> None:
    """One weight vector, an image and their product, each between a column and an image."""
    run = cached.run(name)
    view = View(name, run, chosen_state(run))
    picture, side = st.columns([3, 1], gap="large")
    with side:
        unit = st.selectbox("Template of", view.classes, key=choice_key("class", view.classes), persist_state="session")
    with picked_image(view, side) as picked:
        _panels(view, view.classes.index(unit), picked, picture)


@st.cache_resource(show_spinner=False, max_entries=24)
def _film(name: str, which: int) -> tuple[np.ndarray, np.ndarray]:
    """One template and its bias at every state: (states, *shape), (states,)."""
    run = cached.run(name)
    return np.ascontiguousarray(templates.film(run)[:, which]), run.weights("dense1.bias")[:, which]


def _panels(view: View, which: int, picked: Picked | None, picture: DeltaGenerator) -> None:
    """The vectors and their sum in `picture`, at every state, and what to notice."""
    theme, unit = page.theme(), view.classes[which]
    film, bias = _film(view.name, which)
    if picked is not None and picked.label is None:  # a drawing changes many times a second: send the state shown alone
        film, bias = film[[view.state]], bias[[view.state]]
    numbers = film[0].size
    panels = [(f"w: the weights of {unit}", pictures.pixels(film, view.limit, theme))]
    sums: list[str] = []
    if picked is not None:
        found = match(film, bias, picked.values)  # one "class" a state
        products = found.products
        panels.append(("x: the image", pictures.image_pixels(picked.values, theme)[None]))
        panels.append(("w·x: multiplied", pictures.pixels(products, templates.limit(products[-1], 0.995), theme)))
        sums = [_sum_words(found, i) for i in range(len(film))]
    with picture:
        st.markdown(f"**{view.epoch_words}**, {view.accuracy_words()}.")
        with st.container(key=f"{PAGE}-rolled"):
            label = f"The {numbers:,} weights of {unit} as a column and as an image"
            rolled_vector(f"{PAGE}-vector", panels, sums, label, states=view.run.states, state=view.state)
        if picked is not None:
            st.caption("Bias, the products above 0 and those below 0. Each sum holds all numbers on the screen, in either layout.")
        player(
            f"{PAGE}-player",
            [epoch_label(epoch) for epoch in view.run.epochs],
            view.state,
            [f"{PAGE}-rolled"],
            on_rest=lambda: choose_state(view.run, st.session_state[f"{PAGE}-player"]["frame"]),
        )
        page.legend(view.colour_words)
    st.markdown(
        f"**What to notice.** The network knows no rows and columns: it sees {numbers:,} numbers in one line. The picture is in the "
        "weights all the same, because neighbouring pixels carry ink together."
    )


def _sum_words(found: Match, state: int) -> str:
    """z as the sum that it is."""
    return (
        f"z = b + sum(w·x) = {signed(found.bias[state])} + {found.positive[state]:.4f} − {-found.negative[state]:.4f} "
        f"= {signed(found.logits[state])}"
    )
