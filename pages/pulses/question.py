"""Two pulses that the eye confuses, and what tells them apart."""

import numpy as np
import streamlit as st

from core.analysis import pulse_sets
from core.charts import raster
from core.data import pulses
from core.frame import choices, page
from core.serving.shared import shared
from core.ui import question
from core.ui.pulse_set import Source, picture
from pages.pulses import words
from pages.pulses.choices import PAGE


@shared()
def _twins(spec, count: int, seed: int, _frame) -> pulse_sets.Twins | None:
    return pulse_sets.twins(spec, _frame)


@choices.fragment
def twins(source: Source) -> None:
    """Ask which of the two is the square; the pair comes from the set on the page."""
    found = (
        _twins(source.spec, len(source.frame), source.seed, source.frame)
        if source.opened is None
        else pulse_sets.twins(source.spec, source.frame)
    )
    if found is None:
        st.caption(words.NO_TWINS)
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
        because = words.ANSWER.format(left=names[0], bell=bell, box=box, different=found.different, pixels=size * size)
        return ("Left" if square_left else "Right"), because

    pair = f"{names[0]} {source.spec.size} {found.gaussian['amplitude']:.4g} {found.gaussian['gaussian_sd']:.4g}"
    if question.ask(PAGE, "twins", words.QUESTION, ("Left", "Right"), answer, words.WHY, subject=pair, voice="the pixels say"):
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
