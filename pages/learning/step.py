"""One image, one step: scores, probabilities, errors, the gradient of every kernel, and the kernels after the step."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis import gradient
from core.analysis.gradient import Pass
from core.analysis.templates import limit
from core.charts import numbers
from core.charts.templates import COLOUR_WORDS
from core.charts.theme import SIGNED_WORDS
from core.frame import page
from core.models.activations import TABLE
from pages.learning import words
from pages.learning.cell import ledger
from pages.learning.choices import PAGE, layer_choice, put, rate_slider, state_slider, value
from pages.learning.picked import Picked, picked_image
from pages.learning.step_board import Column, step_board
from pages.learning.view import View
from pages.learning.white import white_pixels

ROWS = 10  # units that stand below each other; of more, those with the largest errors


def step(view: View) -> None:
    """The image, its step and the ledger of one cell of the gradient."""
    picture, side = st.columns([3, 1], gap="large")
    with picked_image(view, side) as picked:
        if picked is not None:
            with side:
                layer = layer_choice(view)
                rate = rate_slider()
            _step(view, picked, layer, rate, picture)
    with side:
        state_slider(view)


def _step(view: View, picked: Picked, layer: int, rate: float, picture: DeltaGenerator) -> None:
    images, labels = picked.values[None], np.array([picked.label])
    found = gradient.backward(view.model, view.weights, images, labels)
    after = gradient.backward(view.model, gradient.stepped(view.weights, found.gradient(), rate), images, labels)
    unit, source = cell(view, found, picked, layer)
    with picture:
        with st.container(key=f"{PAGE}-step"):
            st.markdown(_sentence(view, picked, found, after, rate))
            with st.container(key=f"{PAGE}-gradient"):
                _board(view, picked, layer, rate, found, after, (unit, source))
        page.legend(words.BOARD_LEGEND.format(colours=COLOUR_WORDS if len(view.picture(layer)) == 3 else SIGNED_WORDS))
        what = "the image" if layer == 1 else f"what the {view.model.sizes[layer - 1]:,} units of layer {layer - 1} give"
        st.button("Take it 25 times: what do the other images say?", icon=":material/repeat:", key=f"{PAGE}-again", on_click=_again)
        st.markdown(words.STAMP.format(what=what, units=words.number(view.model.sizes[layer])) + " In a formula: " + words.FORMULA + ".")
    with st.container(key=f"{PAGE}-ledger"):
        ledger(view, picked, found, layer, unit, source, rate)
    if layer == 1 and view.digits:
        white_pixels(view, picked)


def _again() -> None:
    """In a callback: many steps on this very image."""
    for name, item in (("section", "batch"), ("among", "picked"), ("times", 25)):
        put(name, item)


def cell(view: View, found: Pass, picked: Picked, layer: int) -> tuple[int, int]:
    """Unit and input of the cell that is opened: the one chosen, else the largest of the gradient of the image's own class."""
    chosen = value("cell")
    if chosen:
        unit, source = (int(part) for part in chosen.split("-"))
        return unit, source
    unit = picked.label if layer == view.layers else int(np.abs(found.errors[layer - 1][0]).argmax())
    return unit, int(np.abs(found.outputs[layer - 1][0]).argmax())


def _sentence(view: View, picked: Picked, found: Pass, after: Pass, rate: float) -> str:
    """The image's probability and loss, before and after."""
    own = view.classes[picked.label]
    now, then = (float(one.probabilities[0, picked.label]) for one in (found, after))
    scores = [float(one.sums[-1][0, picked.label]) for one in (found, after)]
    best = view.classes[int(found.probabilities[0].argmax())]
    says = f"gives **{own}** a probability of {numbers.probability(now)}" + ("" if best == own else f" and would say **{best}**")
    return (
        f"**{picked.words[0].upper() + picked.words[1:]}.** {view.moment}: the network {says}; its loss is "
        f"{numbers.number(found.loss)}. After one step of rate {rate:.4g} the score of {own} goes from {numbers.number(scores[0])} to "
        f"**{numbers.number(scores[1])}**, its probability to **{numbers.probability(then)}** and the loss to "
        f"**{numbers.number(after.loss)}**."
    )


def shown_units(found: Pass, layer: int, always: set[int]) -> np.ndarray:
    """The units that stand below each other, in their own order: all, or of many those with the largest errors and some always."""
    errors = np.abs(found.errors[layer - 1][0])
    if len(errors) <= ROWS:
        return np.arange(len(errors))
    ranked = [unit for unit in np.argsort(-errors, kind="stable") if unit not in always]
    return np.sort([*always, *ranked[: ROWS - len(always)]]).astype(int)


def _board(view: View, picked: Picked, layer: int, rate: float, found: Pass, after: Pass, chosen: tuple[int, int]) -> None:
    last = layer == view.layers
    units = shown_units(found, layer, {chosen[0], picked.label} if last else {chosen[0]})
    errors, inputs = found.errors[layer - 1][0, units], found.outputs[layer - 1][0]
    kernel = view.kernel(layer)[:, units]
    shape = view.picture(layer)
    stepped = kernel - rate * np.outer(inputs, errors)
    reach = limit(np.stack([kernel, stepped]), 0.995 if layer == 1 else 1.0)
    step_board(
        f"{PAGE}-board",
        inputs,
        errors,
        kernel,
        rate,
        _of_classes(found, after, units) if last else _of_units(view, found, after, layer, units),
        [view.unit(layer, unit) for unit in units],
        units.tolist(),
        (view.url(picked.values, page.theme()), view.across),
        page.theme(),
        shape=shape,
        limits=(float(np.abs(found.errors[layer - 1][0]).max() * np.abs(inputs).max()), reach),
        own=picked.label if last else None,
        picked=chosen,
        on_pick=lambda unit, source: put("cell", f"{unit}-{source}"),
        private=picked.own,
    )
    if len(units) < view.model.sizes[layer]:
        st.caption(
            f"{len(units)} of {view.model.sizes[layer]:,} units: those with the largest errors. Any other opens by its number below."
        )


def _of_classes(found: Pass, after: Pass, units: np.ndarray) -> list[Column]:
    """Scores, probabilities and errors of the outputs."""
    z, p, e = found.sums[-1][0, units], found.probabilities[0, units], found.errors[-1][0, units]
    z_after, p_after = after.sums[-1][0, units], after.probabilities[0, units]
    return [
        Column("score z", z.tolist(), [numbers.number(v) for v in z], _reach(z, z_after), after=z_after.tolist()),
        Column("probability p", p.tolist(), [numbers.probability(v) for v in p], 1.0, signed=False, after=p_after.tolist()),
        Column("error p − y", e.tolist(), [numbers.signed(v) for v in e], 1.0),
    ]


def _of_units(view: View, found: Pass, after: Pass, layer: int, units: np.ndarray) -> list[Column]:
    """Outputs, slopes and errors of hidden units."""
    a, a_after = (one.outputs[layer][0, units] for one in (found, after))
    e = found.errors[layer - 1][0, units]
    slope = np.asarray(TABLE[view.model.activation].slope(a), float)
    return [
        Column("output", a.tolist(), [numbers.number(v) for v in a], _reach(a, a_after), after=a_after.tolist()),
        Column("slope", slope.tolist(), [numbers.number(v) for v in slope], 1.0, signed=False),
        Column("error", e.tolist(), [numbers.signed(v) for v in e], _reach(e)),
    ]


def _reach(*arrays: np.ndarray) -> float:
    return float(max(np.abs(array).max() for array in arrays)) or 1.0
