"""Unrolled and rolled: a template is a column of weights, laid out like the image."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis import templates
from core.analysis.matching import Match, match
from core.charts import templates as pictures
from core.charts.numbers import fixed
from core.frame import choices, page
from core.ui import shown
from core.ui.player import player
from pages.templates import words
from pages.templates.choices import PAGE, at_rest
from pages.templates.picked import Picked, picked_image
from pages.templates.rolled_vector import rolled_vector
from pages.templates.view import SENTENCE, View, moments, signed


def rolled(view: View) -> None:
    """One weight vector, an image and their product, each between a column and an image."""
    picture, side = st.columns([3, 1], gap="large")
    with side:
        unit = st.selectbox("Template of", view.classes, key=choices.key(PAGE, "class"), persist_state="session")
    with picked_image(view, side) as picked:
        _panels(view, view.classes.index(unit), picked, picture)


def _panels(view: View, which: int, picked: Picked | None, picture: DeltaGenerator) -> None:
    """The vectors and their sum in `picture`, at every state, and what to notice."""
    theme, unit = page.theme(), view.classes[which]
    numbers = int(np.prod(view.shape))
    states = view.held(2 * 3 * numbers)
    if picked is not None and picked.label is None:  # a drawing changes many times a second: send the state shown alone
        states = [view.state]
    film = view.over_states("dense1.kernel")[states, :, which].reshape(-1, *view.shape)  # (held, *shape)
    panels = [(f"w: the weights of {unit}", pictures.pixels(film, view.limit, theme))]
    sums: list[str] = []
    if picked is not None:
        found = match(film, view.over_states("dense1.bias")[states, which], picked.values)  # one "class" a state
        products = found.products
        panels.append(("x: the image", pictures.image_pixels(picked.values, theme)[None]))
        panels.append(("w·x: multiplied", pictures.pixels(products, templates.limit(products[-1], 0.995), theme)))
        sums = [_sum_words(found, i) for i in range(len(film))]
    with picture:
        said = moments(view)
        with st.container(key=SENTENCE):
            st.markdown(said[view.state])
        with st.container(key=f"{PAGE}-rolled"):
            label = f"The {numbers:,} weights of {unit} as a column and as an image"
            rolled_vector(
                f"{PAGE}-vector",
                panels,
                sums,
                label,
                held=states,
                states=view.run.states,
                state=view.state,
                own=picked is not None and picked.label is None,
            )
        if picked is not None:
            st.caption("Bias, the products above 0 and those below 0. Each sum holds all numbers on the screen, in either layout.")
        player(f"{PAGE}-player", shown.labels(view.run), view.state, [f"{PAGE}-rolled"], sentences={SENTENCE: said}, on_rest=at_rest(view))
        page.legend(view.colour_words)
    st.markdown(words.ROLLED_NOTICE.format(numbers=numbers))


def _sum_words(found: Match, state: int) -> str:
    """z as the sum that it is."""
    return (
        f"z = b + sum(w·x) = {signed(found.bias[state])} + {fixed(found.positive[state], 4)} − {fixed(-found.negative[state], 4)} "
        f"= {signed(found.logits[state])}"
    )
