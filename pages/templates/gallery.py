"""All templates beside the class averages, and how they appear while the network learns."""

import numpy as np
import streamlit as st

from core.analysis import templates
from core.charts import raster
from core.charts import templates as pictures
from core.charts import theme as colours
from core.frame import page
from core.serving import seen
from core.serving.shared import shared
from core.ui import question, shown
from core.ui.player import player
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.templates import words
from pages.templates.choices import PAGE, at_rest, choose_state
from pages.templates.downloads import downloads, film_webp, npz, png
from pages.templates.film import pack, template_film
from pages.templates.groups import SHEET, choose_group
from pages.templates.images import class_means
from pages.templates.sizes import film_scale, sheet_columns
from pages.templates.view import SENTENCE, View, moments

STILL = 146  # pixels across of a still frame, about
STILLS = 30  # templates on it


def gallery(view: View) -> None:
    """The picture of the page: every template at the epoch of the player, still frames beside it."""
    theme = page.theme()
    means = None if view.hidden else class_means(view)
    said = moments(view, view.seeds_words)
    with st.container(key=SENTENCE):
        st.markdown(said[view.state])
    picture, side = st.columns([4, 1], gap="medium")
    with picture:
        units = choose_group("sheet", len(view.units), SHEET)
        with st.container(key=f"{PAGE}-gallery"):
            states = view.held(2 * int(np.prod(view.shape)) * len(units))
            of = (theme, means, units.start, units.stop, tuple(states))
            key = ("template film", view.stamp, theme.dark, means is not None, *of[2:])
            template_film(f"{PAGE}-film", seen.built(key, lambda: _message(view, *of), "bin"))
        player(f"{PAGE}-player", shown.labels(view.run), view.state, [f"{PAGE}-gallery"], sentences={SENTENCE: said}, on_rest=at_rest(view))
        beside = ""
        if not view.hidden:
            beside = (
                "The class averages are not here: they come with the data set. "
                if means is None
                else "The small picture beside each template is the average training image of its class. "
            )
        st.caption(beside + view.palette_words)
        if not view.hidden and view.data.name in words.GALLERY_NOTICE:
            st.markdown(words.GALLERY_NOTICE[view.data.name])
    with side:
        inside = int(((view.run.epochs > 0) & (view.run.epochs < 1)).sum())
        st.markdown("**Watch them appear**")
        thumbnails(
            f"{PAGE}-stills",
            _stills(view, view.stamp, theme.dark, units.start, min(units.stop, units.start + STILLS)),
            scale=max(1, STILL // (sheet_columns(min(len(units), STILLS)) * (view.shape[1] + 1))),
            picked=view.state,
            on_pick=lambda index: choose_state(view, index),
        )
        if len(units) > STILLS:
            st.caption(f"The first {STILLS} filters.")
        if inside:
            st.caption(f"{inside} of the {view.run.states} stored states lie inside the first epoch.")
        stem = f"{view.id}-epoch-{view.label}"
        downloads(
            ("Templates, PNG", lambda: png(view, theme.dark), f"{stem}.png", "image/png"),
            ("Templates, NPZ", lambda: npz(view), f"{stem}.npz", "application/octet-stream"),
            ("The film, WebP", lambda: film_webp(view, theme.dark), f"{view.id}.webp", "image/webp"),
            key="gallery",
        )
    if means is not None:
        _ask(view, means)


def _message(view: View, theme: colours.Theme, means: np.ndarray | None, first: int, stop: int, states: tuple[int, ...]) -> bytes:
    """Some states of some units for the browser, in the theme's colours."""
    kernels = view.over_states("dense1.kernel")
    return pack(
        kernels[list(states), :, first:stop],
        states,
        view.shape,
        view.units[first:stop],
        view.limit,
        theme,
        source=f"{view.stamp}-{first}",
        states=view.run.states,
        state=view.run.states - 1,
        scale=film_scale(view.shape, stop - first),
        ends=(float(kernels.min()), float(kernels.max())),
        means=None if means is None else np.stack([pictures.image_pixels(mean, theme) for mean in means]),
        hint=f"Point at a {'filter' if view.hidden else 'template'} to read a weight; click one to mark it while it changes.",
        words=view.colour_words,
    )


@shared()
def _stills(_view: View, stamp: str, dark: bool, first: int, stop: int) -> list[Thumbnail]:
    """Some templates at a few epochs, each of them a sheet."""
    columns = sheet_columns(stop - first)
    out = []
    for index in templates.still_states(_view.run.epochs):
        at = _view.at(index)
        sheet = pictures.sheet(at.templates[first:stop], at.limit, colours.theme(dark), columns=columns)
        out.append(Thumbnail(index, raster.rgb_url(sheet), at.words[0].upper() + at.words[1:]))
    return out


def _ask(view: View, means: np.ndarray) -> None:
    """Which template looks most like the average of its class?"""

    def answer() -> tuple[str, str]:
        like = np.nan_to_num(np.diag(templates.likeness(view.templates, means)))
        best, worst = int(like.argmax()), int(like.argmin())
        return view.classes[best], (
            f"Its weights and its average image correlate at {like[best]:.2f} at this epoch; "
            f"for {view.classes[worst]} it is {like[worst]:.2f}, the lowest."
        )

    question.ask(PAGE, "likeness", words.LIKENESS, view.classes, answer, words.LIKENESS_WHY, subject=view.id)
