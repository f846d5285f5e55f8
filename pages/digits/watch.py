"""Draw, and watch: the image on the left, the answer, and every layer, while the pen moves."""

import io
from collections.abc import Mapping

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis.dense import order
from core.breaking.subject import seen_doubt
from core.charts import numbers
from core.charts.strips import Pictures, Strip, strip
from core.charts.theme import Theme, theme
from core.data.pictures import scaled
from core.frame import choices as links
from core.frame import page
from core.models.blocks import convolutions
from core.serving.shared import shared
from core.specs import RunSpec
from core.ui import shown
from core.ui.board import board
from core.ui.class_bars import class_bars
from core.ui.drawing_pad import drawing_pad
from core.ui.drawing_pad.examples import THREE
from core.ui.drawn_digit import prepare_or_say
from core.ui.shown import Shown
from pages.digits import choices, words
from pages.digits.board import layer_board, on_board, strips
from pages.digits.images import an, class_noun, classes, drawn_side, noun, side
from pages.digits.input import PAD, Given, drawn, given
from pages.digits.measures import limits, see
from pages.digits.panel import map_panel

HEIGHT = 640  # of the place where the layers stand
SIDE = 84  # pixels of the pictures of how the input was made


def draw_and_watch(net: Shown) -> None:
    """The first section. What does not follow the pen stands outside of the part that reruns: every element costs time."""
    held: dict[str, np.ndarray] = {}  # what is shown now, for the download
    _watch(net, held)
    page.legend(words.LAYERS.format(what=class_noun(net.run.spec)))
    st.markdown(words.notice(noun(net.run.spec), len(convolutions(net.run.spec.model))))
    st.download_button(
        "Activations (NPZ)",
        data=lambda: npz(held),
        file_name=f"activations-{net.id}-{shown.labels(net.run)[net.state]}.npz",
        mime="application/octet-stream",
        key="digits-npz",
        icon=":material/download:",
        on_click="ignore",
        help="Every layer's values for the image that is shown, or for blank paper where nothing is.",
    )


@links.fragment
def _watch(net: Shown, held: dict[str, np.ndarray]) -> None:
    """Input, answer and layers; reruns alone at every move of the pen, so it holds as few elements as it can."""
    spec = net.run.spec
    left, middle, right = st.columns([30, 25, 63], gap="medium")
    if choices.value("input") == "pad":
        with left, drawing_pad(PAD, example=THREE) as drawing:
            with right:
                prepared = prepare_or_say(drawing, centre=choices.value("centre"), height=HEIGHT, side=drawn_side(spec))
            seen = None if prepared is None else drawn(spec, prepared, drawing.example)
            acts = _show(net, seen, middle, right)
    else:
        with right:
            seen = given(spec, HEIGHT)
        if seen is not None:
            with left:
                board("digits-given", [_one(seen.image, seen.name, 280, page.theme())], own=seen.own)
        acts = _show(net, seen, middle, right)
    held.update(acts)
    if seen is not None and choices.value("layer"):
        map_panel(net, acts, 0, seen.name)


def _steps(seen: Given, colours: Theme) -> list[Strip]:
    """What was drawn, its box scaled, and the image that goes in; a test image goes in as it is."""
    input_ = _one(seen.image, f"Input: {_by(seen.image)} pixels", SIDE, colours)
    if seen.prepared is None:
        return [input_]
    return [
        _one(scaled(seen.prepared.drawn, SIDE), "Ink found" if choices.value("input") == "upload" else "Drawn", SIDE, colours),
        _one(seen.prepared.boxed, f"Its box in {_by(seen.prepared.boxed)}", SIDE, colours),
        input_,
    ]


def _by(image: np.ndarray) -> str:
    return f"{image.shape[0]}x{image.shape[1]}"


def _one(image: np.ndarray, title: str, side: int, colours: Theme) -> Strip:
    return strip(Pictures(image[None], "ink", 1), colours, title=title, alt=title, side=side)


def _show(net: Shown, seen: Given | None, middle: DeltaGenerator, right: DeltaGenerator) -> dict[str, np.ndarray]:
    """The answer and every layer; returns the activations, those of blank paper where no image is."""
    spec = net.run.spec
    if seen is None:
        return see(net, np.zeros((side(spec), side(spec)), np.float32))
    acts = see(net, seen.image)
    colours = page.theme()
    reading, why = answer(seen, acts["probabilities"][0], spec)
    maps = _maps(net, acts, limits(net), net.key, net.run.states, net.state, seen.image.tobytes(), colours.dark)
    with right:  # first, since what is sent first is drawn first
        layer_board("digits-layers", [*_steps(seen, colours), *maps], own=seen.own)
    with middle:
        class_bars(
            "digits-probabilities",
            acts["probabilities"][0],
            colours,
            classes=classes(spec),
            noun=class_noun(spec),
            title=reading,
            words=why,
        )
    return acts


@shared()
def _maps(
    _net: Shown, _acts: dict[str, np.ndarray], _limits: dict[str, float], key: str, states: int, state: int, image: bytes, dark: bool
) -> list[Strip]:
    """Every layer's maps for an image."""
    model = _net.run.spec.model
    return strips(_net.run.spec, _acts, _limits, theme(dark), shown=on_board(model)[1:])


def answer(seen: Given, shares: np.ndarray, spec: RunSpec) -> tuple[str, str]:
    """What the network says, and how sure it is of what."""
    names = classes(spec)
    best = [int(i) for i in order(shares)[:2]]
    verdict = (
        "" if seen.label is None else (" That is right." if best[0] == seen.label else f" That is wrong: it is {an(names[seen.label])}.")
    )
    sure = ", then ".join(f"{numbers.probability(shares[i])} for {names[i]}" for i in best)
    return (
        f"It reads {an(names[best[0]])}",
        f"{sure}, from {seen.name}.{verdict}{off_middle(seen)} {seen_doubt(noun(spec), seen.image)}".rstrip(),
    )


def off_middle(seen: Given) -> str:
    """Where the ink's centre of mass lies, when it is not in the middle."""
    if seen.prepared is None or max(map(abs, seen.prepared.shift)) <= 0.5:
        return ""
    row, column = seen.prepared.shift
    down, across = ("below" if row > 0 else "above"), ("right" if column > 0 else "left")
    return f" Its centre of mass is {abs(row):.1f} px {down} and {abs(column):.1f} px {across} of the middle."


def npz(acts: Mapping[str, np.ndarray]) -> bytes:
    """Every activation of the image as a compressed NPZ file."""
    out = io.BytesIO()
    np.savez_compressed(out, **{name: values[0] for name, values in acts.items()})  # type: ignore[arg-type]  # numpy's stubs know no names
    return out.getvalue()
