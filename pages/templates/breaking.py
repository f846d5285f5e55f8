"""What a dense network can't do: break it on purpose, with one image and with all test images; and how sure it is all the while."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis.film import WITHOUT, Step
from core.analysis.layer_map import states_of
from core.breaking import confidence as sureness
from core.breaking import map as maps
from core.breaking import panel as breaking
from core.breaking.hangs import hangs
from core.breaking.subject import Subject
from core.charts.strips import Pictures, strip
from core.data.catalog import DIGITS
from core.frame import page
from core.ui.board import board
from core.ui.class_bars import class_bars
from pages.templates import words
from pages.templates.choices import PAGE, epoch_slider, opener
from pages.templates.images import Images, missing, test_images
from pages.templates.parts import PARTS
from pages.templates.picked import Picked, picked_image
from pages.templates.sizes import LARGE, width
from pages.templates.view import View, with_article


def break_it(view: View) -> None:
    """What is done, one image at every amount, then all of them."""
    images = test_images(view.data)
    if images is None:
        missing(view)
        return
    about = subject(view, images)
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


def subject(view: View, images: Images) -> Subject:
    """What the panels of all pages ask for."""
    digits = view.classes == DIGITS
    noun = "digit" if digits else "image"
    source = f"{images.source} test {noun}s"
    return Subject(
        PAGE,
        view,
        images.images,
        images.labels,
        source,
        images.source,
        view.classes,
        noun,
        "digit" if digits else "class",
        PARTS["breaking"].title,
    )


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
    with rest:
        hangs(about, step.image, int(shares.argmax()))
    return step


def confidence(view: View) -> None:
    """How sure it is: one image, which may get no answer, then all of them."""
    images = test_images(view.data)
    if images is None:
        missing(view)
        return
    about = subject(view, images)
    own, rest = st.columns([3, 9], gap="medium")
    with picked_image(view, own) as picked:
        with own:
            epoch_slider(view)
        with rest:
            sureness.confidence(about, lambda: None if picked is None else _answer(about, picked))


def _answer(about: Subject, picked: Picked) -> None:
    sureness.answer(about, picked.values, picked.words, own=picked.label is None)


def layer_map(view: View) -> None:
    """Test images as points, as each layer sees them; a click opens one."""
    images = test_images(view.data)
    if images is None:
        missing(view)
        return
    epoch_slider(view)
    about, open_image = subject(view, images), opener(view)

    def opened(key: str) -> None:
        number = maps.taken(PAGE, key)
        if number is not None:
            open_image(number)

    def name(number: int) -> str:
        return f"test {about.noun} {number:,}, {with_article(view.classes[int(images.labels[number])])}"

    maps.layer_map(about, states_of(view.run.states), name, opened)


def sure(view: View, images: Images) -> None:
    """Below the mistakes: which of them a threshold would have saved, for images of any form as they are."""
    about = subject(view, images)
    with st.container(key=f"{PAGE}-sure"):
        st.markdown(words.SURE)
        sureness.threshold(about)
        sureness.judged(about, {"test images": sureness.as_they_are(about)}, f"{len(images.labels):,} test images")
