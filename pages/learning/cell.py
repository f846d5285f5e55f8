"""One cell of a gradient, opened: error times input, where the error comes from, and the same number found by nudging the weight."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from core.analysis import ledger as sums
from core.analysis.gradient import Pass
from core.analysis.gradient_terms import Above, CellTerms, cell_terms, nudged
from core.charts import numbers
from core.frame import choices
from pages.learning.choices import PAGE, put
from pages.learning.picked import Picked
from pages.learning.view import View

LARGEST = 8  # terms that are listed
SLOPES = {  # activation -> how its slope follows from the unit's output
    "tanh": "1 − output²",
    "sigmoid": "output × (1 − output)",
    "relu": "1 above 0, else 0",
    "elu": "1 above 0, else output + 1",
}


def ledger(view: View, picked: Picked, found: Pass, layer: int, unit: int, source: int, rate: float) -> None:
    """The terms at the left, the check at the right."""
    terms = cell_terms(view.model, view.weights, found, picked.label, layer, source, unit)
    st.markdown(f"**One cell of the gradient**: the weight from {view.source(layer, source)} into {view.unit(layer, unit)}.")
    choose(view, layer, unit, source)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown(_table(view, terms, layer, unit, source, rate))
        if terms.above is not None:
            _error(view, terms.above, layer, unit)
    with right:
        _check(view, picked, terms, layer, source, unit)
        if layer == view.layers:
            _probability(view, picked, found, unit)
        if layer > 1:
            _output(view, picked, found, layer - 1, source)


def choose(view: View, layer: int, unit: int, source: int) -> None:
    """The cell by number, for the keyboard; it shares the choice with the click."""
    with st.container(horizontal=True):
        st.selectbox(
            "Into",
            range(view.model.sizes[layer]),
            format_func=lambda number: view.unit(layer, number),
            width=160,
            **choices.showing(f"{PAGE}-unit", unit, lambda number: put("cell", f"{number}-{source}")),
        )
        if layer > 1:
            st.number_input(
                f"From unit of layer {layer - 1}",
                1,
                view.model.sizes[layer - 1],
                width=180,
                **choices.showing(f"{PAGE}-from-{layer}", source + 1, lambda number: put("cell", f"{unit}-{number - 1}")),
            )
            return
        place = [int(part) for part in np.unravel_index(source, view.shape)]
        for axis, word in enumerate(("Row", "Column", "Channel: red, green, blue")[: len(view.shape)]):
            st.number_input(
                word,
                1,
                view.shape[axis],
                width=130,
                **choices.showing(f"{PAGE}-place-{axis}", place[axis] + 1, _mover(view, unit, place, axis)),
            )


def _mover(view: View, unit: int, place: list[int], axis: int) -> Callable[[int], None]:
    """What a number does: another row, column or channel of the same unit."""

    def move(number: int) -> None:
        there = [number - 1 if i == axis else part for i, part in enumerate(place)]
        put("cell", f"{unit}-{int(np.ravel_multi_index(there, view.shape))}")

    return move


def _table(view: View, terms: CellTerms, layer: int, unit: int, source: int, rate: float) -> str:
    """Every term to eight decimals."""
    carried = "the pixel" if layer == 1 else f"what {view.source(layer, source)} gives"
    if terms.probability is None:
        error = f"error of {view.unit(layer, unit)}, see below"
    else:
        error = f"error of {view.unit(layer, unit)}: p − y = {terms.probability:.8f} − {terms.target:.0f}"
    fixed = numbers.fixed
    lines = [
        "| term | number |",
        "|---|---:|",
        f"| input: {carried} | {fixed(terms.input, 8)} |",
        f"| {error} | {fixed(terms.error, 8)} |",
        f"| **gradient = error × input** | **{fixed(terms.gradient, 8)}** |",
        f"| weight now | {fixed(terms.weight, 8)} |",
        f"| after the step: weight − {rate:.4g} × gradient | {fixed(terms.weight - rate * terms.gradient, 8)} |",
    ]
    return "\n".join(lines)


def _error(view: View, above: Above, layer: int, unit: int) -> None:
    """Where a hidden unit's error comes from: its weights upwards times the errors there, added up, times its own slope."""
    top = np.argsort(-np.abs(above.products), kind="stable")[:LARGEST]
    fixed = numbers.fixed
    lines = [
        f"| its error: from layer {layer + 1} | weight up | error there | product |",
        "|---|---:|---:|---:|",
        *(
            f"| {view.unit(layer + 1, int(k))} | {fixed(above.weights[k], 8)} | {fixed(above.errors[k], 8)} | "
            f"{fixed(above.products[k], 8)} |"
            for k in top
        ),
    ]
    if len(above.products) > len(top):
        rest = np.delete(above.products, top)
        lines.append(f"| {len(rest):,} others | | | {fixed(rest.sum(), 8)} |")
    activation = view.model.activation
    lines += [
        f"| **sum** | | | **{fixed(above.total, 8)}** |",
        f"| slope of {activation} at its output {fixed(above.output, 8)}: {SLOPES[activation]} | | | {fixed(above.slope, 8)} |",
        f"| **error = sum × slope** | | | **{fixed(above.total * above.slope, 8)}** |",
    ]
    st.markdown("\n".join(lines))
    strongest = int(top[0])

    def climb() -> None:
        put("layer", layer + 1)
        put("cell", f"{strongest}-{unit}")

    st.button(f"Open the strongest of them, {view.unit(layer + 1, strongest)}", icon=":material/arrow_upward:", on_click=climb)


def _check(view: View, picked: Picked, terms: CellTerms, layer: int, source: int, unit: int) -> None:
    """The same cell by changing the weight a little and looking at the loss: no formula in between."""
    seen = nudged(view.model, view.weights, picked.values, picked.label, layer, source, unit)
    apart = abs(seen.gradient - terms.gradient)
    fixed = numbers.fixed
    st.markdown(
        "**Check it without any formula: nudge this weight and look at the loss**\n\n"
        "| | number |\n|---|---:|\n"
        f"| loss with the weight {seen.by:g} smaller | {fixed(seen.below, 10)} |\n"
        f"| loss with the weight {seen.by:g} larger | {fixed(seen.above, 10)} |\n"
        f"| **rise ÷ {2 * seen.by:g}** | **{fixed(seen.gradient, 8)}** |\n"
        f"| gradient, from the left | {fixed(terms.gradient, 8)} |\n"
        f"| difference | {'0' if apart == 0 else f'{apart:.0e}'.replace('-', numbers.MINUS)} |"
    )


def _probability(view: View, picked: Picked, found: Pass, unit: int) -> None:
    """Where the probability in the error comes from: the score's terms, and the share of softmax."""
    with st.expander("Where p comes from"):
        z = found.sums[-1][0]
        powers = np.exp(z - z.max())
        lines = [
            *_sum(view, picked, view.layers, unit, "score z"),
            f"| exp(z − {numbers.fixed(z.max(), 2)}) | | {numbers.fixed(powers[unit], 6)} |",
            f"| the same of all {len(z):,} added up | | {numbers.fixed(powers.sum(), 6)} |",
            f"| **p, the one ÷ the other** | | **{numbers.fixed(powers[unit] / powers.sum(), 8)}** |",
        ]
        st.markdown("\n".join(lines))


def _output(view: View, picked: Picked, found: Pass, layer: int, unit: int) -> None:
    """Where the input of the weight comes from: the terms of the hidden unit below, and its activation."""
    with st.expander(f"Where the output of {view.unit(layer, unit)} of layer {layer} comes from"):
        output = numbers.fixed(found.outputs[layer][0, unit], 8)
        lines = [*_sum(view, picked, layer, unit, "sum"), f"| **{view.model.activation} of it** | | **{output}** |"]
        st.markdown("\n".join(lines))


def _sum(view: View, picked: Picked, layer: int, unit: int, total: str) -> list[str]:
    """A unit's sum, term by term, as lines of a table."""
    book = sums.ledger(view.weights, picked.values, layer, unit, view.model.activation, view.model.output, LARGEST)
    fixed = numbers.fixed
    lines = ["| from | input × weight | |", "|---|---:|---:|"]
    for source, x, w, term in zip(book.sources, book.inputs, book.weights, book.products, strict=True):
        lines.append(f"| {view.source(layer, int(source))} | {fixed(x, 4)} × {fixed(w, 4)} | {fixed(term, 6)} |")
    if book.rest_count:
        lines.append(f"| {book.rest_count:,} others | | {fixed(book.rest, 6)} |")
    return [*lines, f"| bias | | {fixed(book.bias, 6)} |", f"| **{total}** | | **{fixed(book.total, 6)}** |"]
