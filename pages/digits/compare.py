"""Untrained, some epoch, trained: one image in three columns on the same scales, and how much each layer changed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from core.analysis.change import change
from core.charts import numbers
from core.charts.strips import Strip
from core.charts.theme import theme
from core.frame import choices as links
from core.frame import page
from core.frame.plain import plain
from core.models.blocks import hidden_behind
from core.models.network import layers
from core.serving.seen import told_as
from core.serving.shared import shared
from core.ui import board, class_bars, shown
from core.ui.board import picked_on
from core.ui.player import player
from core.ui.question import ask
from core.ui.shown import Shown
from pages.digits import choices, words
from pages.digits.board import on_board, open_picked, strips
from pages.digits.choices import PARTS
from pages.digits.film import film
from pages.digits.images import an, class_noun, classes
from pages.digits.input import Given, given
from pages.digits.measures import see, trouble
from pages.digits.panel import map_panel

BOARD = "digits-compare-maps"
BARS = "digits-compare-bars"  # and a part
PLAYER = "digits-player"
SENTENCE = "digits-compare-sentence"  # key of its container
SIDE = 48  # pixels of a map
MOST_FRAMES = 60  # states of the film
FILM_BYTES = 1_500_000  # of its pictures
SCALE_STATES = 12  # that set the colour scales


def compare(net: Shown) -> None:
    """The second section."""
    why = words.ONE_STATE if net.run.states == 1 else ""
    for end, state in (("start", 0), ("end", -1)):
        if not why and (wrong := trouble(net.at(state))):
            why = f"The {end} of the training: {wrong}"
    if why:
        page.empty("Nothing to compare", why)
        return
    seen = given(net.run.spec)
    if seen is None:
        return
    ask(
        choices.PAGE,
        "change",
        words.CHANGE,
        [title for _, title in _asked(net)],
        lambda: most_changed(net, seen.image),
        words.CHANGE_WHY,
        subject=net.key,
    )
    _columns(net)


def _asked(net: Shown) -> list[tuple[str, str]]:
    """The layers that the question is about: each convolution after ReLU, and the dense ones."""
    model = net.run.spec.model
    kinds, hidden = ("conv", "norm", "relu", "activation", "dense", "logits"), hidden_behind(model)
    return [(one.name, one.title.removesuffix(" after ReLU")) for one in layers(model) if one.kind in kinds and one.name not in hidden]


def most_changed(net: Shown, image: np.ndarray) -> tuple[str, str]:
    """The layer whose values changed most from the start to the end, and the numbers behind it."""
    first, last = see(net.at(0), image), see(net.at(-1), image)
    found = {title: change(first[name], last[name]) for name, title in _asked(net)}
    parts = ", ".join(f"{title} by {numbers.percent(value, 0)}" for title, value in found.items())
    right = max(found, key=found.__getitem__)
    return right, f"Root of the summed squared differences, against that of the trained values: {parts}, for this image and this run."


def middle_of(net: Shown) -> Shown:
    """The state of the middle column: the page's, or epoch 1 where that is an end, since else one column stood there twice."""
    if 0 < net.state < net.run.states - 1 or choices.value("stay"):
        return net
    return net.at(shown.nearest(net.run, 1))


@links.fragment
def _columns(net: Shown) -> None:
    """The three states, layer by layer."""
    if choices.value("epoch") != net.state:
        st.rerun()  # the player has come to rest at another state, which is the page's
    spec, seen = net.run.spec, given(net.run.spec)
    assert seen is not None  # the section has looked
    columns = dict(zip(PARTS, (net.at(0), middle_of(net), net.at(-1)), strict=True))
    acts = {part: see(one, seen.image) for part, one in columns.items()}
    tops = {part: acts[part]["probabilities"][0] for part in PARTS}
    said = {part: _reads(one, tops[part]) for part, one in columns.items()}
    with st.container(key=SENTENCE):
        st.markdown(_sentence(said))
    limits = _scale(net, seen.image, net.key, net.run.states, seen.image.tobytes())
    _play(columns["chosen"], seen, limits, said)
    shown_strips = [_titled(one, seen.image, limits, one.words, part) for part, one in columns.items()]
    picked = f"{choices.value('part')}-{choices.value('layer')}:{choices.value('filter')}"
    strips_of = [one for layer in zip(*shown_strips, strict=True) for one in layer]
    board.board(BOARD, strips_of, picked, _pick, columns=len(PARTS), own=seen.own, opens="digits-compare-map-panel")
    for place, (part, one) in zip(st.columns(3, gap="medium"), columns.items(), strict=True):
        with place:
            st.caption(f"Probabilities, {one.words}")
            class_bars.class_bars(f"{BARS}-{part}", tops[part], page.theme(), classes=classes(spec), noun=class_noun(spec))
    page.legend(words.COMPARED.format(name=plain(seen.name)))
    opened = choices.value("part")
    if choices.value("layer"):
        st.caption(f"Opened from {columns[opened].words}; click a map of another column to open that.")
    map_panel(columns[opened], acts[opened], 0, f"{seen.name}, {columns[opened].words}", key="digits-compare-map")


@shared()
def _scale(_net: Shown, _image: np.ndarray, key: str, states: int, image: bytes) -> dict[str, float]:
    """The largest size of each layer's values for an image at some states from start to end: one scale, whatever the middle shows."""
    some = np.unique(np.linspace(0, states - 1, SCALE_STATES).round().astype(int))
    acts = [see(one, _image) for one in map(_net.at, some.tolist())]
    return {one.name: max(float(np.abs(values[one.name]).max()) for values in acts) or 1.0 for one in on_board(_net.run.spec.model)}


def _titled(net: Shown, image: np.ndarray, limits: Mapping[str, float], state: str, part: str) -> list[Strip]:
    """The strips of one column, named after its state."""
    return _drawn(net, image, limits, net.key, net.run.states, net.state, image.tobytes(), state, part, page.theme().dark)


@shared()
def _drawn(
    _net: Shown,
    _image: np.ndarray,
    _limits: Mapping[str, float],
    key: str,
    states: int,
    index: int,
    image: bytes,
    state: str,
    part: str,
    dark: bool,
) -> list[Strip]:
    found = strips(_net.run.spec, see(_net, _image), _limits, theme(dark), side=SIDE, prefix=f"{part}-")
    return [replace(one, title=f"{one.title.split(', ')[0]}, {state}") for one in found]


def _pick() -> None:
    """The maps of one column are those that open."""
    part, _, rest = picked_on(BOARD).partition("-")
    if part in PARTS:
        choices.put(part=part)
        open_picked(rest)


def _reads(one: Shown, shares: np.ndarray) -> str:
    """What a state makes of the image, of its probabilities (classes,)."""
    return f"**{one.words}**, it reads {an(classes(one.run.spec)[int(shares.argmax())])} ({numbers.probability(shares.max())})"


def _sentence(said: Mapping[str, str]) -> str:
    return f"The same image three times: {'; '.join(said.values())}."


@shared()
def _moving(_net: Shown, _image: np.ndarray, kept: tuple[int, ...], key: str, image: bytes) -> list[str]:
    """What each of these states makes of the image."""
    return [_reads(one, see(one, _image)["probabilities"][0]) for one in map(_net.at, kept)]


def _play(middle: Shown, seen: Given, limits: Mapping[str, float], said: Mapping[str, str]) -> None:
    """The player: it moves the middle column and what is said of it, on request."""
    kept = _frames(middle, seen, limits)
    moving = _moving(middle.at(0), seen.image, tuple(kept), middle.key, seen.image.tobytes())
    player(
        PLAYER,
        [shown.state_words(middle.run, state) for state in kept],
        kept.index(middle.state),
        [PLAYER],
        name="middle column:",
        sentences={SENTENCE: [_sentence({**said, "chosen": text}) for text in moving]},
        own=seen.own,
        on_rest=lambda: _rest(middle, kept),
    )
    of = (tuple(kept), middle.key, seen.image.tobytes(), page.theme().dark)

    def frames() -> list[dict[str, Any]]:
        return _film(middle, seen.image, limits, *of)

    film("digits-film", PLAYER, frames() if seen.own else told_as(("digit film", *of), frames))


def _rest(net: Shown, kept: list[int]) -> None:
    """The player has come to rest: that state is the page's from now on, and the middle column's even where it is an end."""
    state = kept[int(st.session_state[PLAYER]["frame"])]
    choices.put(epoch=state, stay=state in (0, net.run.states - 1))


def _frames(middle: Shown, seen: Given, limits: Mapping[str, float]) -> list[int]:
    """The states of the film: all, or evenly chosen ones where they are many or large; the present one and the ends among them."""
    one = _titled(middle, seen.image, limits, middle.words, "chosen")
    bytes_ = sum(len(strip.url) for strip in one)
    states = middle.run.states
    most = max(2, min(MOST_FRAMES, FILM_BYTES // bytes_))
    step = -(-states // most)
    return sorted({*range(0, states, step), states - 1, middle.state})


@shared()
def _film(
    _net: Shown, _image: np.ndarray, _limits: Mapping[str, float], kept: tuple[int, ...], key: str, image: bytes, dark: bool
) -> list[dict[str, Any]]:
    """What each frame shows in the middle column: its pictures and its bars."""
    spec, frames = _net.run.spec, []
    for one in (_net.at(state) for state in kept):
        acts = see(one, _image)
        pictures = _titled(one, _image, _limits, one.words, "chosen")
        numbered = {len(PARTS) * i + PARTS.index("chosen"): picture for i, picture in enumerate(pictures)}
        bars = class_bars.frame(acts["probabilities"][0], classes(spec), noun=class_noun(spec))
        frames.append({BOARD: board.frame(numbered), f"{BARS}-chosen": bars})
    return frames
