"""Unrolled and rolled: a template is a column of weights, laid out like the image."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis.matching import match
from core.analysis.templates import limit
from core.charts import templates as pictures
from core.ui import cached, link, page
from core.ui.rolled_vector import rolled_vector
from core.ui.templates_image import Picked, picked_image
from core.ui.templates_view import PAGE, View, chosen_state, epoch_slider, signed


def rolled(name: str) -> None:
    """One weight vector, an image and their product, each between a column and an image."""
    run = cached.run(name)
    view = View(name, run, chosen_state(run))
    picture, side = st.columns([3, 1], gap="large")
    with side:
        unit = st.selectbox("Template of", view.classes, key=link.key(PAGE, "class"), persist_state="session")
        epoch_slider(run)
    with picked_image(view, side) as picked:
        _panels(view, view.classes.index(unit), picked, picture)


def _panels(view: View, which: int, picked: Picked | None, picture: DeltaGenerator) -> None:
    """The vectors and their sum in `picture`, and what to notice."""
    theme, unit = page.theme(), view.classes[which]
    weights = view.templates[which]
    numbers = weights.size
    panels = [(f"w: the weights of {unit}", pictures.pixels(weights, view.limit, theme))]
    if picked is not None:
        found = match(view.templates, view.weights["dense1.bias"], picked.values)
        products = found.products[which]
        panels.append(("x: the image", pictures.image_pixels(picked.values, theme)))
        panels.append(("w·x: multiplied", pictures.pixels(products, limit(products, 0.995), theme)))
    with picture:
        with st.container(key=f"{PAGE}-rolled"):
            rolled_vector(f"{PAGE}-vector", panels, f"The {numbers:,} weights of {unit} as a column and as an image")
        page.legend()
        if picked is not None:
            st.markdown(
                f"z = b + sum(w·x) = {signed(found.bias[which])} + {found.positive[which]:.4f} − {-found.negative[which]:.4f} "
                f"= **{signed(found.logits[which])}**"
            )
            st.caption("Bias, the products above 0 and those below 0. Each sum holds all numbers on the screen, in either layout.")
    st.markdown(
        f"**What to notice.** The network knows no rows and columns: it sees {numbers:,} numbers in one line. The picture is in the "
        "weights all the same, because neighbouring pixels carry ink together."
    )
