"""Untrained, some epoch, trained: one image in three columns on the same scales, and how much each layer changed."""

from dataclasses import replace

import numpy as np
import streamlit as st

from core.analysis.change import change
from core.charts import numbers
from core.ui import link, page
from core.ui.board import board, picked_on
from core.ui.class_bars import class_bars
from core.ui.question import ask
from pages.digits import net as digit_net
from pages.digits.board import SHOWN, open_map, strips
from pages.digits.input import PAGE, given
from pages.digits.net import Net
from pages.digits.panel import map_panel
from pages.digits.watch import an

PARTS = ("start", "chosen", "end")
BOARD = "digits-compare-maps"
PLAYING = "_digits-playing"  # session key: the state that plays now
RESTED = "_digits-rested"  # session key: the play has begun or ended, or a step was made
CAME_TO = "_digits-came-to"  # session key: the state that was stepped or played to
GOAL = "_digits-goal"  # session key: the epoch at which the play has ended
FRAME_SECONDS = 0.7
LAYERS = {"relu1": "Convolution 1", "relu2": "Convolution 2", "logits": "Dense"}


def compare(net: Net) -> None:
    """The second section."""
    seen = given()
    if seen is not None:
        ask(
            PAGE,
            "change",
            "The same image before and after training: in which layer do the values change most, set against their size?",
            list(LAYERS.values()),
            lambda: most_changed(net, seen.image),
            "Two things change a layer: its own kernel, and what comes in from below. What comes in has changed more the deeper a layer "
            "lies. But the first kernels meet the same pixels as before, and a random filter is already an edge finder of a kind.",
            subject=net.run.key,
        )
        playing = st.session_state.get(PLAYING) is not None
        st.fragment(_columns, run_every=FRAME_SECONDS if playing else None)(net.name, net.state)


def most_changed(net: Net, image: np.ndarray) -> tuple[str, str]:
    """The layer whose values changed most from the start to the end, and the numbers behind it."""
    first, last = net.at(0).see(image), net.at(-1).see(image)
    found = {title: change(first[name], last[name]) for name, title in LAYERS.items()}
    parts = ", ".join(f"{title} by {numbers.percent(value, 0)}" for title, value in found.items())
    right = max(found, key=found.__getitem__)
    return right, f"Root of the summed squared differences, against that of the trained values: {parts}, for this image and this run."


def _pick() -> None:
    """The maps of one column are those that open."""
    part, _, rest = picked_on(BOARD).partition("-")
    if part in PARTS:
        st.session_state[link.key(PAGE, "part")] = part
        open_map(rest)


def _columns(name: str, state: int) -> None:
    """The three states, layer by layer; a fragment, which runs again and again while the training plays."""
    seen = given()
    if seen is None:
        return
    playing = st.session_state.get(PLAYING)
    net = digit_net.net(name, state if playing is None else playing)
    last = net.run.states - 1
    middle = net
    if playing is None and net.state in (0, last) and st.session_state.get(CAME_TO) != net.state:  # else one column stood there twice
        middle = net.at(digit_net.nearest(net.run, "1"))
    columns = dict(zip(PARTS, (net.at(0), middle, net.at(last)), strict=True))
    acts = {part: one.see(seen.image) for part, one in columns.items()}
    names = {part: digit_net.state_name(one.run, one.state) for part, one in columns.items()}
    tops = {part: acts[part]["probabilities"][0] for part in PARTS}
    said = [f"**{names[part]}**, it reads {an(int(tops[part].argmax()))} ({numbers.percent(tops[part].max())})" for part in PARTS]
    st.markdown(f"The same image three times: {'; '.join(said)}.")
    _film(net, names["chosen"])
    _maps(net, acts, names)
    for place, part in zip(st.columns(3, gap="medium"), PARTS, strict=True):
        with place:
            st.caption(f"Probabilities, {names[part]}")
            class_bars(f"digits-compare-bars-{part}", tops[part], page.theme(), noun="digit")
    page.legend(
        "each layer on one scale across the three; the middle one follows the state slider, "
        "and opens on epoch 1 while that stands at an end; the image is " + seen.name
    )
    opened = link.value(PAGE, "part")
    if link.value(PAGE, "layer"):
        st.caption(f"Opened from {names[opened]}; click a map of another column to open that.")
    map_panel(columns[opened], acts[opened], 0, f"{seen.name}, {names[opened]}", key="digits-compare-map")
    link.write(
        PAGE,
        {
            "layer": link.value(PAGE, "layer") or None,
            "filter": link.value(PAGE, "filter") if link.value(PAGE, "layer") else None,
            "part": None if opened == "end" else opened,
        },
    )
    if playing is not None:
        _go_on(net, last)


def _maps(net: Net, acts: dict[str, dict[str, np.ndarray]], names: dict[str, str]) -> None:
    """Layer by layer the three states beside each other, on a narrow screen below each other."""
    limits = {layer: max(float(np.abs(acts[part][layer]).max()) for part in PARTS) or 1.0 for layer in SHOWN}
    each = [
        [
            replace(one, title=f"{one.title.split(', one for')[0]}, {names[part]}")
            for one in strips(net.run.spec.model, acts[part], limits, page.theme(), side=48, prefix=f"{part}-")
        ]
        for part in PARTS
    ]
    shown = [one for layer in zip(*each, strict=True) for one in layer]
    picked = f"{link.value(PAGE, 'part')}-{link.value(PAGE, 'layer')}:{link.value(PAGE, 'filter')}"
    board(BOARD, shown, picked, _pick, columns=len(PARTS))


def _film(net: Net, name: str) -> None:
    """Step through the training, or let it play: the middle column moves, on request."""
    playing = st.session_state.get(PLAYING) is not None
    with st.container(horizontal=True, vertical_alignment="center", key="digits-film"):
        for label, icon, step in (("Step back", "skip_previous", -1), ("Step forward", "skip_next", 1)):
            to = net.state + step
            st.button(
                label,
                key=f"digits-film-{step}",
                icon=f":material/{icon}:",
                disabled=playing or not 0 <= to < net.run.states,
                on_click=_rest_at,
                args=(net, to),
            )
        if playing:
            st.button("Pause", key="digits-film-pause", icon=":material/pause:", on_click=_rest_at, args=(net, net.state))
        else:
            st.button("Play the training", key="digits-film-play", icon=":material/play_arrow:", on_click=_play, args=(net,))
        st.caption(f"The middle column: {name}.")
    if st.session_state.pop(RESTED, False):
        st.rerun()  # the state slider lies outside of this fragment, and its clock is set there


def _play(net: Net) -> None:
    st.session_state[PLAYING] = net.state if 0 < net.state < net.run.states - 1 else 0
    st.session_state[RESTED] = True


def _rest_at(net: Net, state: int) -> None:
    """Stop at a state, which is then the page's."""
    st.session_state.pop(PLAYING, None)
    st.session_state[CAME_TO] = state
    st.session_state[link.key(PAGE, "epoch")] = digit_net.epochs(net.run)[state]
    st.session_state[RESTED] = True


def _go_on(net: Net, last: int) -> None:
    """The next state at the next look; after the last one the page rests there."""
    if net.state < last:
        st.session_state[PLAYING] = net.state + 1
        return
    del st.session_state[PLAYING]
    st.session_state[CAME_TO] = last
    st.session_state[GOAL] = digit_net.epochs(net.run)[last]
    st.rerun()


def arrive() -> None:
    """Before the page's widgets are made: the state at which the film ended becomes the page's."""
    if (epoch := st.session_state.pop(GOAL, None)) is not None:
        st.session_state[link.key(PAGE, "epoch")] = epoch
