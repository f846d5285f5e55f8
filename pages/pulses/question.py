"""Two pulses that the eye confuses, and what tells them apart."""

import numpy as np
import streamlit as st

from core.analysis import pulse_sets
from core.charts import raster
from core.data import pulses
from core.ui import page, question
from core.ui.pulse_set import Source, picture


@st.cache_data(show_spinner=False, max_entries=32)
def _twins(spec, count: int, seed: int, _frame) -> pulse_sets.Twins | None:
    return pulse_sets.twins(spec, _frame)


@st.fragment
def twins(source: Source) -> None:
    """Ask which of the two is the square; the pair comes from the set on the page."""
    found = (
        _twins(source.spec, len(source.frame), source.seed, source.frame)
        if source.opened is None
        else pulse_sets.twins(source.spec, source.frame)
    )
    if found is None:
        st.caption("This set holds no gaussian; choose that class to be asked about it.")
        return
    square_left = source.seed % 2 == 0
    names = ("square", "gaussian") if square_left else ("gaussian", "square")
    order = [1, 0] if square_left else [0, 1]
    with st.container(horizontal=True):
        for i, side in zip(order, ("Left", "Right"), strict=True):
            st.image(picture(found.pictures[i], page.theme(), 200), caption=side, alt=f"{side} pulse")

    def answer() -> tuple[str, str]:
        size = source.spec.size
        bell = pulses.place(source.spec, "gaussian", found.gaussian)
        box = pulses.place(source.spec, "square", found.square)
        because = (
            f"The {names[0]} is on the left. "
            f"The gaussian is {bell['amplitude']:.3g} px high with a standard deviation of {bell['sd']:.3g} px; "
            f"the square {box['amplitude']:.3g} px high and {box['width']:.3g} px wide. "
            f"They differ in {found.different:,} of {size * size:,} pixels."
        )
        return ("Left" if square_left else "Right"), because

    question.ask(
        "pulses",
        "twins",
        "One of the smallest gaussians of this set stands beside a square made to resemble it, pixel for pixel as a network gets them. "
        "Which one is the square?",
        ("Left", "Right"),
        answer,
        "Look at the feet and the shoulders: the square meets the base line at a right angle, the gaussian bends into it. "
        "A network can only use those few pixels, so a kernel that answers to corners is worth having.",
        voice="the pixels say",
    )
    if st.session_state.get("guess-pulses-twins"):
        _difference(found, source.spec.size)


def _difference(found: pulse_sets.Twins, size: int) -> None:
    """Both on top of each other: what only one of them has is coloured."""
    gaussian, square = found.pictures.astype(np.int16)
    columns = np.flatnonzero((gaussian != square).any(axis=0))
    rows = np.flatnonzero((gaussian != square).any(axis=1))
    if not len(columns):
        return
    middle = [(axis[0] + axis[-1]) // 2 for axis in (rows, columns)]
    half = min(size // 2, max(len(rows), len(columns), 16) // 2 + 6)
    top, left = (int(np.clip(at - half, 0, size - 2 * half)) for at in middle)
    cut = (slice(top, top + 2 * half), slice(left, left + 2 * half))
    levels = raster.signed_levels((square - gaussian)[cut], 1.0)
    both = (gaussian & square)[cut] == 1
    theme = page.theme()
    colours = theme.signed_palette[levels].copy()
    colours[both] = theme.ink_palette[254]
    st.image(
        raster.rgb_png(colours, max(1, 320 // (2 * half))),
        caption="Both, enlarged: orange only the square has, blue only the gaussian has",
        alt="The two pulses on top of each other",
    )
