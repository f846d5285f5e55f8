"""Draw, and watch: the image on the left, the answer, and every layer, while the pen moves."""

import io

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis.dense import order
from core.charts.strips import Pictures, Strip, strip
from core.charts.theme import Theme
from core.data.pictures import scaled
from core.ui import link, page
from core.ui.board import board
from core.ui.class_bars import class_bars
from core.ui.drawing_pad import drawing_pad
from core.ui.drawing_pad.examples import THREE
from core.ui.drawn_digit import prepare_or_say
from pages.digits import net as digit_net
from pages.digits.board import SHOWN, layer_board, strips
from pages.digits.input import PAD, PAGE, Given, given
from pages.digits.net import Net
from pages.digits.panel import map_panel

NOTICE = (
    "**What to notice.** The maps of convolution 1 still look like the digit: each filter keeps some of its edges. Those of convolution 2 "
    "do not: each says where one combination of edges lies. Draw slowly and watch which maps answer first, and when the reading tips over."
)
WORDS = (
    "maps: the stronger the colour, the larger the value, on one scale a layer; dense: orange speaks for a digit, blue against it; "
    "click any map, or a square of the dense layer, to open it with its values and the sums behind them"
)
HEIGHT = 640  # of the place where the layers stand
SIDE = 84  # pixels of the pictures of how the input was made


def draw_and_watch(net: Net) -> None:
    """The first section. What does not follow the pen stands outside of the part that reruns: every element costs time."""
    held: dict[str, np.ndarray] = {}  # what is shown now, for the download
    _watch(net.name, net.state, held)
    page.legend(WORDS)
    st.markdown(NOTICE)
    st.download_button(
        "Activations (NPZ)",
        data=lambda: npz(held),
        file_name=f"activations-{net.name}-{digit_net.epochs(net.run)[net.state]}.npz",
        mime="application/octet-stream",
        key="digits-npz",
        icon=":material/download:",
        on_click="ignore",
        help="Every layer's values for the image that is shown, or for blank paper where nothing is.",
    )


@st.fragment
def _watch(name: str, state: int, held: dict[str, np.ndarray]) -> None:
    """Input, answer and layers; reruns alone at every move of the pen, so it holds as few elements as it can."""
    net = digit_net.net(name, state)
    left, middle, right = st.columns([30, 25, 63], gap="medium")
    if link.value(PAGE, "input") == "pad":
        with left, drawing_pad(PAD, example=THREE) as drawing:
            with right:
                prepared = prepare_or_say(drawing, centre=link.value(PAGE, "centre") == "on", height=HEIGHT)
            seen = None
            if prepared is not None:
                seen = Given(prepared.centred, "our example of a drawing" if drawing.example else "your drawing", prepared=prepared)
            acts = _show(net, seen, middle, right)
    else:
        with right:
            seen = given(HEIGHT)
        if seen is not None:
            with left:
                board("digits-given", [strip(Pictures(seen.image[None], "ink", 1), page.theme(), title=seen.name, alt=seen.name, side=280)])
        acts = _show(net, seen, middle, right)
    held.update(acts)
    if seen is not None and link.value(PAGE, "layer"):
        map_panel(net, acts, 0, seen.name)
    link.write(
        PAGE, {"layer": link.value(PAGE, "layer") or None, "filter": link.value(PAGE, "filter") if link.value(PAGE, "layer") else None}
    )


def _steps(seen: Given, colours: Theme) -> list[Strip]:
    """What was drawn, its box scaled, and the image that goes in; a test digit goes in as it is."""
    if seen.prepared is None:
        return [_one(seen.image, "Input: 28x28 pixels", SIDE, colours)]
    thumbnail = scaled(seen.prepared.drawn, SIDE)
    return [
        _one(thumbnail, "Ink found" if link.value(PAGE, "input") == "upload" else "Drawn", SIDE, colours),
        _one(seen.prepared.boxed, "Its box in 20x20", SIDE, colours),
        _one(seen.image, "Input: 28x28 pixels", SIDE, colours),
    ]


def _one(image: np.ndarray, title: str, side: int, colours: Theme) -> Strip:
    return strip(Pictures(image[None], "ink", 1), colours, title=title, alt=title, side=side)


def _show(net: Net, seen: Given | None, middle: DeltaGenerator, right: DeltaGenerator) -> dict[str, np.ndarray]:
    """The answer and every layer; returns the activations, those of blank paper where no image is."""
    if seen is None:
        return net.see(np.zeros((28, 28), np.float32))
    acts = net.see(seen.image)
    colours = page.theme()
    reading, why = answer(seen, acts["probabilities"][0])
    maps = strips(net.run.spec.model, acts, digit_net.limits(net.run.key), colours, shown=SHOWN[1:])
    with right:  # first, since what is sent first is drawn first
        layer_board("digits-layers", [*_steps(seen, colours), *maps])
    with middle:
        class_bars("digits-probabilities", acts["probabilities"][0], colours, noun="digit", title=reading, words=why)
    return acts


def answer(seen: Given, shares: np.ndarray) -> tuple[str, str]:
    """What the network says, and how sure it is of what."""
    first, second = (int(d) for d in order(shares)[:2])
    verdict = "" if seen.label is None else (" That is right." if first == seen.label else f" That is wrong: it is {an(seen.label)}.")
    sure = f"{100 * shares[first]:.1f} % for {first}, then {100 * shares[second]:.1f} % for {second}"
    return f"It reads {an(first)}", f"{sure}, from {seen.name}.{verdict}{off_middle(seen)}"


def off_middle(seen: Given) -> str:
    """Where the ink's centre of mass lies, when it is not in the middle."""
    if seen.prepared is None or max(map(abs, seen.prepared.shift)) <= 0.5:
        return ""
    row, column = seen.prepared.shift
    down, across = ("below" if row > 0 else "above"), ("right" if column > 0 else "left")
    return f" Its centre of mass is {abs(row):.1f} px {down} and {abs(column):.1f} px {across} of the middle."


def an(digit: int) -> str:
    """A digit with its article."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


def npz(acts: dict[str, np.ndarray]) -> bytes:
    """Every activation of the image as a compressed NPZ file."""
    out = io.BytesIO()
    np.savez_compressed(out, **{name: values[0] for name, values in acts.items()})
    return out.getvalue()
