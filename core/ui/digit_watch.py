"""Draw, and watch: the image on the left, the answer, and every layer, while the pen moves."""

import io

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from core.charts import digit_bars
from core.charts.strips import Pictures, Strip, strip
from core.charts.theme import Theme
from core.data.drawing import Prepared
from core.ui import digit_net, link, page
from core.ui.board import board
from core.ui.digit_board import layer_board, strips
from core.ui.digit_input import PAD, PAGE, Given, given
from core.ui.digit_net import Net
from core.ui.digit_panel import map_panel
from core.ui.drawing_pad import drawing_pad
from core.ui.drawing_pad.examples import THREE
from core.ui.drawn_digit import prepare_or_say

NOTICE = (
    "**What to notice.** The maps of convolution 1 still look like the digit: each filter keeps some of its edges. Those of convolution 2 "
    "do not: each says where one combination of edges lies. Draw slowly and watch which maps answer first, and when the reading tips over."
)
WORDS = (
    "maps: the stronger the colour, the larger the value, on one scale a layer; dense: orange speaks for a digit, blue against it; "
    "click any map, or a square of the dense layer, to open it with its values and the sums behind them"
)
HEIGHT = 640  # of the place where the layers stand


def draw_and_watch(net: Net) -> None:
    """The first section. What does not follow the pen stands outside of the part that reruns: every element costs the browser time."""
    _watch(net.name, net.state)
    page.legend(WORDS)
    st.markdown(NOTICE)


@st.fragment
def _watch(name: str, state: int) -> None:
    """Input, answer and layers; reruns alone at every move of the pen."""
    net = digit_net.net(name, state)
    left, middle, right = st.columns([30, 25, 63], gap="medium")
    below = st.container()
    if link.value(PAGE, "input") == "pad":
        with left, drawing_pad(PAD, example=THREE) as drawing:
            centre = _centre()
            with right:
                prepared = prepare_or_say(drawing, centre=centre, height=HEIGHT)
            seen = None
            if prepared is not None:
                seen = Given(prepared.centred, "our example of a drawing" if drawing.example else "your drawing", prepared=prepared)
            _show(net, seen, middle, right, below)  # the layers first: what is sent first is drawn first
            if prepared is not None:
                _steps(prepared)
    else:
        with right:
            seen = given(HEIGHT)
        with left:
            if seen is not None and seen.prepared is not None:
                _centre()
                _steps(seen.prepared)
            elif seen is not None:
                board("digits-given", [strip(Pictures(seen.image[None], "ink", 1), page.theme(), title=seen.name, alt=seen.name, side=280)])
        _show(net, seen, middle, right, below)
    link.write(
        PAGE, {"layer": link.value(PAGE, "layer") or None, "filter": link.value(PAGE, "filter") if link.value(PAGE, "layer") else None}
    )


def _centre() -> bool:
    """The switch that leaves out the centring."""
    centre = st.toggle(
        "Centre the digit",
        value=st.session_state.get("digits-centre-kept", True),
        key="digits-centre",
        help="MNIST's makers moved every digit's centre of mass to the middle. "
        "Switch it off, draw in a corner, and see what the network makes of it.",
    )
    st.session_state["digits-centre-kept"] = centre
    return centre


def _steps(prepared: Prepared) -> None:
    """What was drawn, its box scaled, and the centred image, in a row."""
    colours = page.theme()
    side = 84
    row, column = prepared.shift
    thumbnail = np.asarray(Image.fromarray(prepared.drawn).resize((side, side), Image.Resampling.BOX))
    shown = [
        _one(thumbnail, "ink found" if link.value(PAGE, "input") == "upload" else "drawn", side, colours),
        _one(prepared.boxed, "box to 20x20", side, colours),
        _one(prepared.centred, "in 28x28", side, colours),
    ]
    board("digits-steps", shown)
    if max(abs(row), abs(column)) <= 0.5:
        return  # centred: there is nothing to say
    down, across = ("below" if row > 0 else "above"), ("right" if column > 0 else "left")
    st.caption(f"Its centre of mass is {abs(row):.1f} px {down} and {abs(column):.1f} px {across} of the middle.")


def _one(image: np.ndarray, title: str, side: int, colours: Theme) -> Strip:
    return strip(Pictures(image[None], "ink", 1), colours, title=title, alt=title, side=side)


def _show(net: Net, seen: Given | None, middle: DeltaGenerator, right: DeltaGenerator, below: DeltaGenerator) -> None:
    """The answer, every layer, and the map that is open."""
    if seen is None:
        return
    acts = net.see(seen.image)
    colours = page.theme()
    shares = acts["probabilities"][0]
    with right:
        layer_board("digits-layers", strips(net.run.spec.model, acts, digit_net.limits(net.run.key), colours))
    with middle:
        st.markdown(answer(seen, shares))
        bars(shares, colours, key="digits-probabilities", width=190)
        st.download_button(
            "Activations (NPZ)",
            data=lambda: npz(acts),
            file_name=f"activations-{net.name}-{digit_net.epochs(net.run)[net.state]}.npz",
            mime="application/octet-stream",
            key="digits-npz",
            icon=":material/download:",
            on_click="ignore",
        )
    with below:
        if link.value(PAGE, "layer"):
            map_panel(net, acts, 0, seen.name)


def bars(shares: np.ndarray, colours: Theme, *, key: str, width: int = 220, height: int = 220) -> None:
    """The ten probabilities (10,); only their rows travel when they change."""
    st.container(key=key).vega_lite_chart(
        digit_bars.probability_frame(shares),
        digit_bars.probability_spec(colours, width, height),
        key=f"{key}-chart",
        theme=None,
        width="content",
        alt="Probability of each digit: " + ", ".join(f"{d} {100 * p:.1f} %" for d, p in enumerate(shares)),
    )


def answer(seen: Given, shares: np.ndarray) -> str:
    """What the network says, in a sentence."""
    first, second = (int(d) for d in np.argsort(-shares)[:2])
    verdict = "" if seen.label is None else (" That is right." if first == seen.label else f" That is wrong: it is {an(seen.label)}.")
    sure = f"{100 * shares[first]:.1f} % for {first}, then {100 * shares[second]:.1f} % for {second}"
    return f"### It reads {an(first)}\n{sure}, from {seen.name}.{verdict}"


def an(digit: int) -> str:
    """A digit with its article."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


def npz(acts: dict[str, np.ndarray]) -> bytes:
    """Every activation of the image as a compressed NPZ file."""
    out = io.BytesIO()
    np.savez_compressed(out, **{name: values[0] for name, values in acts.items()})  # type: ignore[arg-type]
    return out.getvalue()
