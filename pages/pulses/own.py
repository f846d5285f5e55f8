"""A pulse of one's own: typed as a formula, opened from a file, or drawn with the pen; kept for the CNN page.

It is kept as st.session_state["own_pulse"] = {"name": str, "image": (H, W) uint8 of 0 and 1}.
"""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.data import own_pulse, pulses
from core.data.formula import FUNCTIONS, LONGEST, FormulaError, pointer
from core.data.pulse_files import to_png
from core.frame import choices as all_choices
from core.frame import page
from core.frame.plain import plain
from core.frame.site import entry
from core.serving.shared import shared
from core.specs import PulseSpec
from core.ui.drawing_pad import drawing_pad
from core.ui.pulse_set import picture
from pages.pulses import choices, words
from pages.pulses.choices import WAYS, key
from pages.pulses.shape import Shape
from pages.pulses.trace import trace

KEPT = "own_pulse"


def keep(name: str, image: NDArray[np.uint8]) -> None:
    """Keep a pulse for the CNN page."""
    st.session_state[KEPT] = {"name": name, "image": image.astype(np.uint8)}


def sentence(spec: PulseSpec, shape: Shape) -> str:
    """What the designer shows now, with its numbers."""
    found = words.SHAPES[shape.kind].format(**pulses.place(spec, shape.kind, shape.values))
    ink = int(pulses.draw_one(spec, shape.kind, shape.values).sum())
    return words.SENTENCE.format(shape=found, size=spec.size, ink=ink, pixels=spec.size**2)


def actions(spec: PulseSpec, shape: Shape) -> None:
    """What can be done with the pulse of the designer."""
    image = pulses.draw_one(spec, shape.kind, shape.values)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Keep as my pulse", key="pulses-keep", icon=":material/bookmark:", help="The CNN page then shows what a network makes of it."
        ):
            keep(f"{shape.kind} from the designer", image)
        st.download_button(
            "This picture (PNG)",
            lambda: to_png(image),
            f"{shape.kind}.png",
            "image/png",
            key="pulses-download-png",
            on_click="ignore",
            icon=":material/image:",
        )
        kept()


def details() -> str:
    """Formulas and conventions."""
    formulas = "\n".join(f"- **{kind}**: `{formula}`" for kind, formula in pulses.FORMULAS.items())
    return f"{formulas}\n\n{words.DETAILS}"


@all_choices.fragment
def own(spec: PulseSpec) -> None:
    """Make a pulse and keep it."""
    way = st.segmented_control("Make it from a", WAYS, key=key("make"), required=True, persist_state="session")
    left, right = st.columns([3, 2])
    made: tuple[str, NDArray[np.uint8]] | None = None
    with left:
        if way == "Formula":
            made = _formula(spec)
        elif way == "CSV file":
            made = _trace(spec)
        else:
            made = _drawing(spec)
    with right:
        _result(spec, made)


def _example() -> None:
    chosen = st.session_state["pulses-own-example"]
    if chosen:
        choices.put("formula", words.EXAMPLES[chosen])
        st.session_state["pulses-own-example"] = None  # it may be changed, and then is that example no more


def _formula(spec: PulseSpec) -> tuple[str, NDArray[np.uint8]] | None:
    st.pills("Begin with", list(words.EXAMPLES), key="pulses-own-example", on_change=_example)
    text = st.text_input(
        "y of t, for t from 0 at the left to 1 at the right",
        key=key("formula"),
        max_chars=LONGEST,
        persist_state="session",
        help="y is 0 at the bottom of the screen and 1 at its top.",
    )
    fitted = st.checkbox("Scale it to fill the screen", key=key("fit"), persist_state="session")
    with st.expander("What a formula may hold"):
        st.markdown(words.FORMULA_WORDS)
        st.markdown("\n".join(f"- `{name}`: {meaning}" for name, (_, _, meaning) in FUNCTIONS.items()))
    try:
        heights = own_pulse.from_formula(text, spec.size)
    except FormulaError as error:
        st.error(plain(error), icon=":material/error:")
        if error.place is not None:
            st.code(pointer(text, error), language=None)
        return None
    return f"y = {text.strip()}", _drawn(heights, spec, fitted)


def _drawn(heights: NDArray[np.float64], spec: PulseSpec, fitted: bool) -> NDArray[np.uint8]:
    low, high = float(heights.min()), float(heights.max())
    if not fitted and (low < 0 or high > 1):
        st.warning(
            f"The curve runs from {low:.3g} to {high:.3g}; what lies outside 0 to 1 is cut. Scale it to see all of it.",
            icon=":material/info:",
        )
    return _inked(heights, heights.tobytes(), fitted, spec.size, spec.line)


@shared()
def _inked(_heights: NDArray[np.float64], heights: bytes, fitted: bool, size: int, line: int) -> NDArray[np.uint8]:
    return own_pulse.draw(own_pulse.fit(_heights) if fitted else _heights, size, line)


def _trace(spec: PulseSpec) -> tuple[str, NDArray[np.uint8]] | None:
    found = trace()
    if found is None:
        return None
    name, channel = found
    return f"{name}, {channel.name}", _drawn(channel.heights, spec, True)


def _drawing(spec: PulseSpec) -> tuple[str, NDArray[np.uint8]] | None:
    width = round(1_000 * spec.line / spec.size)
    with drawing_pad("pulses-own-pad", "Drawing pad: draw a pulse with pen, finger, mouse or the arrow keys", max(width, 10)) as drawing:
        if not drawing:
            return None
        return "my drawing", (drawing.image(spec.size) >= 0.5).astype(np.uint8)


def _result(spec: PulseSpec, made: tuple[str, NDArray[np.uint8]] | None) -> None:
    """The pulse as the network would see it, and what can be done with it."""
    if made is None:
        page.empty("No pulse yet", "It appears here as the network would see it.", 260)
    else:
        name, image = made
        st.image(picture(image, page.theme(), 260), alt=f"Own pulse: {name}")
        st.caption(f"{int(image.sum()):,} of {image.size:,} pixels are ink.")
        with st.container(horizontal=True):
            if st.button("Keep as my pulse", key="pulses-own-keep", type="primary", icon=":material/bookmark:"):
                keep(name, image)
            st.download_button(
                "PNG", lambda: to_png(image), "my-pulse.png", "image/png", key="pulses-own-png", on_click="ignore", icon=":material/image:"
            )
    kept()


def kept() -> None:
    """What is kept for the CNN page, in a line, and the way there."""
    found = st.session_state.get(KEPT)
    if found:
        st.markdown(f"Kept for the CNN page: **{plain(found['name'])}**")
        st.page_link(
            entry("cnn").file,
            label="See what a network makes of it",
            icon=":material/arrow_forward:",
            query_params={"section": "convolution", "image": "own"},
        )
