"""What a dense network can't do: break it on purpose, with one image and with all test images."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis.film import WITHOUT, Step
from core.charts.strips import Pictures, strip
from core.data.catalog import DIGITS
from core.ui import breaking, page
from core.ui.board import board
from core.ui.breaking import Subject
from core.ui.class_bars import class_bars
from pages.templates import words
from pages.templates.choices import PAGE, epoch_slider
from pages.templates.images import Images, missing, test_images
from pages.templates.picked import Picked, picked_image
from pages.templates.sizes import LARGE, width
from pages.templates.view import View


def break_it(view: View) -> None:
    """What is done, one image at every amount, then all of them."""
    images = test_images(view.data)
    if images is None:
        missing(view)
        return
    about = _subject(view, images)
    st.markdown(words.BREAKING)
    kind = breaking.chooser(about)
    film = st.container()
    own, rest = st.columns([3, 9], gap="medium")
    if kind in WITHOUT:
        step: Step | None = _film(about, Picked(np.zeros(view.shape, np.float32), None, ""), kind, film, rest)
    else:
        with picked_image(view, own) as picked:
            step = None if picked is None else _film(about, picked, kind, film, rest)
    with own:
        epoch_slider(view)
    if step is not None:
        breaking.over_all(about, kind, step)


def _subject(view: View, images: Images) -> Subject:
    """What the panels of all pages ask for."""
    digits = view.classes == DIGITS
    noun = "digit" if digits else "image"
    source = f"{images.source} test {noun}s"
    return Subject(PAGE, view, images.images, images.labels, source, images.source, view.classes, noun, "digit" if digits else "class")


def _film(about: Subject, picked: Picked, kind: str, film: DeltaGenerator, rest: DeltaGenerator) -> Step:
    """The image at every amount, and the one clicked with its answer."""
    own = picked.label is None and kind not in WITHOUT
    with film:
        step, shares = breaking.film(about, picked.values, picked.label, kind, own=own)
    title, why = breaking.sentence(about, step, shares, picked.values, picked.words, picked.label)
    with rest:
        picture, bars = st.columns([3, 6], gap="medium")
    with picture:
        done = f"{step.words[0].upper()}{step.words[1:]}"
        shown = strip(Pictures(step.image[None], "ink", 1), page.theme(), title=done, alt=done, side=width(step.image.shape, LARGE))
        board(f"{PAGE}-breaking-picked", [shown], own=True)
    with bars:
        class_bars(
            f"{PAGE}-breaking-bars",
            shares,
            page.theme(),
            classes=about.classes,
            noun=about.class_noun,
            title=title,
            words=why,
            upright=True,
        )
    return step
