"""What a pulse CNN can't do: break it on purpose, with one image and with all test pulses; and how sure it is all the while."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis.film import WITHOUT, Step
from core.breaking import confidence
from core.breaking import panel as breaking
from core.breaking.subject import Subject
from core.charts.strips import Pictures, strip
from core.frame import choices, page
from core.serving.shared import shared
from core.ui.board import board
from core.ui.class_bars import class_bars
from core.ui.shown import Shown
from pages.cnn import data, words
from pages.cnn.choices import PAGE, brought, panel, value
from pages.cnn.hangs import hangs
from pages.cnn.images import Picture, choose
from pages.cnn.runs import pulses_of

SIDE = 200  # pixels of the damaged image


@panel
def breaking_panel(shown: Shown) -> None:
    """What is done, one image at every amount, then all of them; at a state whose dense layers are kept."""
    about = _about(shown)
    st.markdown(words.BREAKING)
    kind = breaking.chooser(about)
    choices.declare(PAGE, breaking.of_network(PAGE, about.side, about.classes, ("breaking", "confidence")))
    film = st.container()
    own, rest = st.columns([3, 9], gap="medium")
    if kind in WITHOUT:
        step: Step | None = _film(about, Picture("", np.zeros((about.side, about.side), np.float32), False), kind, film, rest)
    else:
        with own:
            picture = choose(shown)
        step = None if picture is None else _film(about, picture, kind, film, rest)
    if step is not None:
        breaking.over_all(about, kind, step)


@panel
def confidence_panel(shown: Shown) -> None:
    """How sure it is: one image, which may get no answer, then all test pulses."""
    about = _about(shown)
    own, rest = st.columns([3, 9], gap="medium")
    with own:
        picture = choose(shown)
    with rest:
        confidence.confidence(
            about, lambda: None if picture is None else confidence.answer(about, picture.pixels, picture.name, own=brought())
        )


def _about(shown: Shown) -> Subject:
    """What the panels of all pages ask for, at a state whose dense layers are kept, which is said where it is another than that shown."""
    net = data.answering(shown)
    if net != shown:
        st.caption(f"At the last state (epoch {net.epoch:g}): of the dense layers no other state is kept.")
    images = _images(net, net.key)
    return Subject(
        PAGE, net, images, data.labels(net.run)[: len(images)], "test pulses", "", pulses_of(net.run.spec).classes, "pulse", "class"
    )


@shared()
def _images(_net: Shown, key: str) -> np.ndarray:
    """The test pulses that are looked at, (images, side, side) uint8, ink 255."""
    return data.test_pulses(_net.run) * np.uint8(255)


def _label(about: Subject) -> int | None:
    """The class of the image where it is a test pulse."""
    source, _, number = value("image").partition("-")
    return int(number) % len(about.classes) if source == "test" else None


def _film(about: Subject, picture: Picture, kind: str, film: DeltaGenerator, rest: DeltaGenerator) -> Step:
    """The image at every amount, and the one clicked with its answer."""
    label = _label(about)
    with film:
        step, says = breaking.film(about, picture.pixels, label, kind, own=brought())
    title, why = breaking.sentence(about, step, says, picture.pixels, picture.name, label)
    with rest:
        left, right = st.columns([3, 6], gap="medium")
    with left:
        done = f"{step.words[0].upper()}{step.words[1:]}"
        board("cnn-breaking-picked", [strip(Pictures(step.image[None], "ink", 1), page.theme(), title=done, alt=done, side=SIDE)], own=True)
    with right:
        class_bars("cnn-breaking-bars", says, page.theme(), classes=about.classes, low=about.low, title=title, words=why)
    with rest:
        hangs(about, step.image, int(says.argmax()))
    return step
