"""Untrained, some epoch, trained: one image in three columns on the same scales, and how much each layer changed."""

from functools import partial

import numpy as np
import streamlit as st

from core.analysis.activations import change
from core.ui import digit_net, page
from core.ui.digit_board import SHOWN, layer_board, strips
from core.ui.digit_input import given
from core.ui.digit_net import Net
from core.ui.digit_panel import map_panel
from core.ui.digit_watch import an
from core.ui.probability_bars import probability_bars
from core.ui.question import ask

LAYERS = {"relu1": "Convolution 1", "relu2": "Convolution 2", "logits": "Dense"}


def compare(net: Net) -> None:
    """The second section."""
    seen = given()
    if seen is not None:
        ask(
            f"digits-change-{net.run.key}",
            "The same image before and after training: in which layer do the values change most, set against their size?",
            list(LAYERS.values()),
            lambda: most_changed(net, seen.image),
            "Two things change a layer: its own kernel, and what comes in from below. What comes in has changed more the deeper a layer "
            "lies. But the first kernels meet the same pixels as before, and a random filter is already an edge finder of a kind.",
        )
        _columns(net.name, net.state)


def most_changed(net: Net, image: np.ndarray) -> tuple[str, str]:
    """The layer whose values changed most from the start to the end, and the numbers behind it."""
    first, last = net.at(0).see(image), net.at(-1).see(image)
    found = {title: change(first[name], last[name]) for name, title in LAYERS.items()}
    parts = ", ".join(f"{title} by {100 * value:.0f} %" for title, value in found.items())
    right = max(found, key=found.__getitem__)
    return right, f"Root of the summed squared differences, against that of the trained values: {parts}, for this image and this run."


def _open(part: str) -> None:
    """The maps of one column are those that open."""
    st.session_state["digits-compare-part"] = part


@st.fragment
def _columns(name: str, state: int) -> None:
    net = digit_net.net(name, state)
    seen = given()
    if seen is None:
        return
    colours = page.theme()
    at_an_end = net.state in (0, net.run.states - 1)
    middle = net.at(digit_net.nearest(net.run, "1")) if at_an_end else net  # the slider's end would show one column twice
    columns = {"start": net.at(0), "chosen": middle, "end": net.at(-1)}
    acts = {part: one.see(seen.image) for part, one in columns.items()}
    limits = {layer: max(float(np.abs(acts[part][layer]).max()) for part in acts) or 1.0 for layer in SHOWN}
    for place, (part, one) in zip(st.columns(3, gap="medium"), columns.items(), strict=True):
        with place:
            top = int(acts[part]["probabilities"][0].argmax())
            word = digit_net.state_name(one.run, one.state)
            st.markdown(f"**{word[0].upper()}{word[1:]}**: reads {an(top)} ({100 * acts[part]['probabilities'][0][top]:.1f} %)")
            shown = strips(net.run.spec.model, acts[part], limits, colours, side=48, prefix=f"{part}-")
            layer_board(f"digits-compare-{part}", shown, f"{part}-", partial(_open, part))
            probability_bars(f"digits-compare-bars-{part}", acts[part]["probabilities"][0], colours)
    page.legend(
        "each layer on one scale across the three columns; the middle column follows the state slider, "
        "or shows epoch 1 while that stands at an end; the image is " + seen.name
    )
    st.session_state.setdefault("digits-compare-part", "end")
    opened = st.segmented_control(
        "Open maps of",
        list(columns),
        format_func=lambda p: digit_net.state_name(net.run, columns[p].state),
        key="digits-compare-part",
        required=True,
    )
    part = str(opened or "end")
    map_panel(columns[part], acts[part], 0, seen.name, key="digits-compare-map")
