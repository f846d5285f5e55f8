"""Ten templates beside the class averages, and how they appear while the network learns."""

import io

import numpy as np
import streamlit as st

from core.analysis import templates
from core.charts import raster
from core.charts import templates as pictures
from core.charts import theme as colours
from core.ui import cached, page, question
from core.ui.player import player
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.templates.film import pack, template_film
from pages.templates.view import PAGE, TITLES, View, choose_state, chosen_state, class_means, downloads, epoch_label, palette_words


@st.cache_resource(show_spinner=False, max_entries=12)
def _message(name: str, dark: bool, with_means: bool) -> bytes:
    """All states of a run for the browser, in the theme's colours."""
    view = View(name, cached.run(name), 0)
    theme = colours.theme(dark)
    means = class_means(view) if with_means else None
    return pack(
        cached.weights(name, "dense1.kernel"),
        view.shape,
        view.units,
        view.limit,
        theme,
        source=f"{name}-{view.run.key}",
        state=view.run.states - 1,
        means=None if means is None else np.stack([pictures.image_pixels(mean, theme) for mean in means]),
        hint="Point at a template to read a weight; click one to mark it while it changes.",
        words=view.colour_words,
    )


@st.cache_data(show_spinner=False, max_entries=24)
def _stills(name: str, dark: bool) -> list[Thumbnail]:
    """All templates at a few epochs, two rows of five."""
    view = View(name, cached.run(name), 0)
    film = templates.film(view.run)
    return [
        Thumbnail(
            index,
            raster.rgb_url(pictures.sheet(film[index], view.limit, colours.theme(dark))),
            f"Epoch {epoch_label(view.run.epochs[index])}",
        )
        for index in templates.still_states(view.run.epochs)
    ]


def film_webp(view: View, dark: bool) -> bytes:
    """Every state, two rows of five."""
    captions = [f"{TITLES[view.name]}: epoch {epoch_label(epoch)}" for epoch in view.run.epochs]
    return pictures.film(templates.film(view.run), captions, view.limit, colours.theme(dark))


def npz(view: View) -> bytes:
    """Templates, biases and epoch of the state shown."""
    out = io.BytesIO()
    np.savez(out, templates=view.templates, bias=view.weights["dense1.bias"], epoch=view.run.epochs[view.state], names=np.array(view.units))
    return out.getvalue()


def gallery(name: str) -> None:
    """The picture of the page: every template at the epoch of the player, still frames beside it."""
    run = cached.run(name)
    view = View(name, run, chosen_state(run))
    theme = page.theme()
    means = None if view.hidden else class_means(view)
    st.markdown(f"**{view.epoch_words}**, {view.accuracy_words()}. {view.seeds_words()}")
    picture, side = st.columns([4, 1], gap="medium")
    with picture:
        with st.container(key=f"{PAGE}-gallery"):
            template_film(f"{PAGE}-film", _message(name, theme.dark, means is not None))
        player(
            f"{PAGE}-player",
            [epoch_label(epoch) for epoch in run.epochs],
            view.state,
            [f"{PAGE}-gallery"],
            on_rest=lambda: choose_state(run, st.session_state[f"{PAGE}-player"]["frame"]),
        )
        beside = ""
        if not view.hidden:
            beside = (
                "The class averages are not here: they come with the data set. "
                if means is None
                else "The small picture beside each template is the average training image of its class. "
            )
        st.caption(beside + palette_words(view))
        if view.data == "mnist" and not view.hidden:
            st.markdown(
                "**What to notice.** Early on each template is a soft picture of its digit. Later it sharpens where digits differ: the "
                "blue heart of the 0 is ink that a 0 never has."
            )
    with side:
        inside = int(((run.epochs > 0) & (run.epochs < 1)).sum())
        st.markdown("**Watch them appear**")
        thumbnails(f"{PAGE}-stills", _stills(name, theme.dark), scale=1, picked=view.state, on_pick=lambda index: choose_state(run, index))
        if inside:
            st.caption(f"{inside} of the {run.states} stored states lie inside the first epoch.")
        stem = f"{name}-epoch-{epoch_label(run.epochs[view.state])}"
        downloads(
            ("Templates, PNG", lambda: raster.rgb_png(pictures.sheet(view.templates, view.limit, theme), 4), f"{stem}.png", "image/png"),
            ("Templates, NPZ", lambda: npz(view), f"{stem}.npz", "application/octet-stream"),
            ("The film, WebP", lambda: film_webp(view, theme.dark), f"{name}.webp", "image/webp"),
            key="gallery",
        )
    if not view.hidden:
        _ask(view, means)


def _ask(view: View, means: np.ndarray | None) -> None:
    """Which template looks most like the average of its class?"""
    if means is None:
        return

    def answer() -> tuple[str, str]:
        like = np.diag(templates.likeness(view.templates, means))
        best, worst = int(like.argmax()), int(like.argmin())
        return view.classes[best], (
            f"Its weights and its average image correlate at {like[best]:.2f} at this epoch; "
            f"for {view.classes[worst]} it is {like[worst]:.2f}, the lowest."
        )

    question.ask(
        PAGE,
        "likeness",
        "Which template will look most like the average image of its class?",
        view.classes,
        answer,
        "A template is no average. It weighs each pixel by how well it tells its class from the other nine, so it is strongest where "
        "a class has ink and its rivals have none, and negative where only the rivals have it.",
        subject=view.name,
    )
