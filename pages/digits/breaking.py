"""What the network can't do: break it on purpose, with this image and with all test images; and how sure it is all the while."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis.film import WITHOUT, Step
from core.breaking import panel as breaking
from core.breaking.confidence import answer
from core.breaking.confidence import confidence as confidence_section
from core.breaking.hangs import hangs
from core.breaking.subject import Subject
from core.charts.strips import Pictures, strip
from core.frame import choices as links
from core.frame import page
from core.ui.board import board
from core.ui.class_bars import class_bars
from core.ui.drawing_pad import drawing_pad
from core.ui.drawing_pad.examples import THREE
from core.ui.drawn_digit import EMPTY_HEIGHT, prepare_or_say
from core.ui.shown import Shown
from pages.digits import choices, words
from pages.digits.images import class_noun, classes, drawn_side, noun, stamp, test_images
from pages.digits.input import PAD, Given, drawn, given

SIDE = 224  # pixels of the damaged image


def subject(net: Shown) -> Subject:
    """What the panels of all pages ask for."""
    spec = net.run.spec
    found = test_images(spec)
    return Subject(choices.PAGE, net, found.images, found.labels, found.words, stamp(spec), classes(spec), noun(spec), class_noun(spec))


@links.fragment
def confidence(net: Shown) -> None:
    """The section: how sure it is of the image chosen above, then of all of them."""
    about = subject(net)

    def this_image() -> None:
        seen = given(net.run.spec, 160)
        if seen is not None:
            answer(about, seen.image, seen.name, own=seen.own)

    confidence_section(about, this_image)


@links.fragment
def break_it(net: Shown) -> None:
    """The section: what is done, this image at every amount, then all of them."""
    with st.container(key="digits-breaking"):
        _break(subject(net))


def _break(about: Subject) -> None:
    net = about.net
    st.markdown(words.BREAKING.format(noun=about.noun, classes=len(about.classes)))
    kind = breaking.chooser(about)
    links.declare(choices.PAGE, breaking.of_network(choices.PAGE, about.side, about.classes, ("breaking", "confidence")))
    film = st.container()
    if kind in WITHOUT:
        step: Step | None = _film(about, Given(np.zeros((about.side, about.side), np.float32), ""), kind, film, st.container())
    else:
        own, rest = st.columns([27, 91], gap="medium")
        if choices.value("input") == "pad":
            with own, drawing_pad(PAD, example=THREE) as drawing:
                with film:
                    prepared = prepare_or_say(drawing, centre=choices.value("centre"), side=drawn_side(net.run.spec))
                step = None if prepared is None else _film(about, drawn(net.run.spec, prepared, drawing.example), kind, film, rest)
        else:
            with film:
                seen = given(net.run.spec, EMPTY_HEIGHT)
            step = None if seen is None else _film(about, seen, kind, film, rest)
            if seen is not None:
                with own:
                    _picture("digits-breaking-given", seen.image, f"{seen.name[0].upper()}{seen.name[1:]}", seen.own)
    if step is not None:
        breaking.over_all(about, kind, step)


def _film(about: Subject, seen: Given, kind: str, film: DeltaGenerator, rest: DeltaGenerator) -> Step:
    """The image at every amount, and the one picked with its answer."""
    with film:
        step, shares = breaking.film(about, seen.image, seen.label, kind, own=seen.own)
    with rest:
        picture, bars = st.columns([3, 6], gap="medium")
    with picture:
        _picture("digits-breaking-picked", step.image, f"{step.words[0].upper()}{step.words[1:]}", seen.own)
    with bars:
        title, why = breaking.sentence(about, step, shares, seen.image, seen.name, seen.label)
        class_bars("digits-breaking-bars", shares, page.theme(), classes=about.classes, noun=about.class_noun, title=title, words=why)
    with rest:
        hangs(about, step.image, int(shares.argmax()))
    return step


def _picture(key: str, image: np.ndarray, title: str, own: bool) -> None:
    board(key, [strip(Pictures(image[None], "ink", 1), page.theme(), title=title, alt=title, side=SIDE)], own=own)
