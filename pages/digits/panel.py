"""One map or unit opened: large, with its values, and the ledger of the value that is picked."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from core.analysis.terms import convolution_terms, dense_terms, pool_terms
from core.charts import cells, ledger, numbers
from core.models.digit_layers import Layer, layer
from core.specs import ACTIVATIONS
from core.ui import choices as links
from core.ui import clicks, page
from core.ui.plain import plain
from core.ui.shown import Shown
from pages.digits import choices, words
from pages.digits.board import CLICKABLE, kind, unit_of
from pages.digits.measures import limits

MOST = 24  # terms that stand as bars of their own, the largest ones
SIDE = 300  # pixels of the large map
TERM = 180  # pixels of a term's small matrix


def map_panel(net: Shown, acts: Mapping[str, np.ndarray], image: int, name: str, key: str = "digits-map") -> None:
    """The map or unit that is open, for one image of the activations; a hint where none is.

    Args:
        name: of the image, for the sentence.
    """
    if not choices.value("layer"):
        st.caption(words.OPEN_A_MAP)
        return
    spec = net.run.spec
    one = layer(spec.model, choices.value("layer"))
    number = min(choices.value("filter"), one.shape[0] - 1)
    with st.container(border=True, key=f"{key}-panel"):
        head, choose, close = st.columns([4, 1, 1], vertical_alignment="center")
        head.markdown(f"**{one.title}, {unit_of(spec, one, number)}** of {plain(name)}")
        if one.flat and one.shape[0] > CLICKABLE:
            with choose:
                st.number_input("Unit", 0, one.shape[0] - 1, **links.showing(f"{key}-unit", number, lambda n: choices.put(filter=n)))
        close.button("Close", key=f"{key}-close", icon=":material/close:", on_click=choices.close_map)
        if one.flat:
            _dense(net, acts, image, one, number)
        else:
            _map(net, acts, image, one, number, key)


def _map(net: Shown, acts: Mapping[str, np.ndarray], image: int, one: Layer, number: int, key: str) -> None:
    values = acts[one.name][image][number]  # (height, width)
    row, column = _picked(values)
    chart = f"{key}-{one.name}-{number}"
    left, right = st.columns([5, 7], gap="medium")
    with left:
        page.chart(
            cells.cells(
                values,
                limits(net)[one.name],
                page.theme(),
                kind="signed" if kind(net.run.spec.model, one) == "signed" else "amount",
                size=max(1, SIDE // max(values.shape)),
                legend=True,
                printed=True,
                pick=True,
                picked=(row, column),
                now=clicks.count(chart),
            ),
            alt_text=f"Map {number} of {one.name} with its values; the square at row {row}, column {column} is picked",
            key=chart,
            select=lambda: _pick(chart, values.shape[1]),
        )
        least, mean, most = (numbers.number(value, 4) for value in (values.min(), values.mean(), values.max()))
        st.caption(f"Least {least}, mean {mean}, most {most}. Click a square to see its sum.")
    with right:
        if one.kind == "pool":
            _pool(acts, image, one, number, row, column)
        else:
            _convolution(net, acts, image, one, number, row, column, key)


def _pick(chart: str, width: int) -> None:
    """A click on a square of a map so many squares wide."""
    cell = clicks.take(chart, "cell")
    if cell is not None:
        choices.put(cell=f"{cell // width}-{cell % width}", channel=None)


def _picked(values: np.ndarray) -> tuple[int, int]:
    """The square that is chosen, else that of the largest value."""
    if chosen := choices.value("cell"):
        row, column = (int(part) for part in chosen.split("-"))
        if row < values.shape[0] and column < values.shape[1]:
            return row, column
    largest = np.unravel_index(int(values.argmax()), values.shape)
    return int(largest[0]), int(largest[1])


def _pool(acts: Mapping[str, np.ndarray], image: int, one: Layer, number: int, row: int, column: int) -> None:
    found = pool_terms(acts, image, one, number, row, column)
    terms = ", ".join(numbers.fixed(value, 6) for value in found.values.ravel())
    top, left = found.corner
    st.markdown(
        f"**Row {row}, column {column}** is the largest of four values of the map below it, "
        f"rows {top} and {top + 1}, columns {left} and {left + 1}:"
    )
    st.markdown(f"max({terms}) = **{numbers.fixed(found.largest, 6)}**")


def _convolution(net: Shown, acts: Mapping[str, np.ndarray], image: int, one: Layer, number: int, row: int, column: int, key: str) -> None:
    model = net.run.spec.model
    conv = layer(model, f"conv{one.number}")
    below = layer(model, conv.below)
    colours = page.theme()
    found = convolution_terms(net.weights, acts, image, conv, number, row, column)
    inputs, k = len(found.patch), conv.kernel
    st.markdown(
        f"**Row {row}, column {column}**: the filter lies on {inputs} patch{'es' if inputs > 1 else ''} of "
        f"{k}x{k} values, multiplies and adds (cross-correlation: the kernel is not flipped)."
    )
    channel = _channel(found.channels, key) if inputs > 1 else 0
    parts = {"what it sees": found.patch[channel], "kernel": found.kernel[channel], "products": found.products[channel]}
    tops = (limits(net)[below.name], float(np.abs(net.weights[f"{conv.weights}.kernel"]).max()), float(np.abs(found.products).max()) or 1.0)
    with st.container(horizontal=True):
        for (name, values), top in zip(parts.items(), tops, strict=True):
            page.chart(
                cells.cells(
                    values,
                    top,
                    colours,
                    kind="amount" if name == "what it sees" else "signed",
                    title=name,
                    size=max(1, TERM // k),
                    axes=False,
                    printed=True,
                ),
                alt_text=f"{name}, {k}x{k}; its values add up to {numbers.fixed(values.sum(), 6)}",
            )
    if inputs > 1:
        _bars(found.channels, found.bias, "input map", "The sum over each input map, and the bias")
    shown = acts[one.name][image][number][row, column]
    st.markdown(
        f"products **{numbers.fixed(found.channels.sum(), 6)}** + bias **{numbers.fixed(found.bias, 6)}** = "
        f"**{numbers.fixed(found.before, 6)}**; ReLU keeps what is above 0: **{numbers.fixed(found.after, 6)}**. "
        f"The map shows {numbers.fixed(shown, 6)}."
    )


def _channel(sums: np.ndarray, key: str) -> int:
    """Which input map's products are shown: the one chosen, else the one that adds most; `sums` (inputs,)."""
    chosen = choices.value("channel")
    shown = int(np.abs(sums).argmax()) if chosen is None else min(chosen, len(sums) - 1)
    widget = links.showing(f"{key}-input", shown, lambda n: choices.put(channel=n))
    st.segmented_control("Input map whose products are shown", list(range(len(sums))), required=True, wrap=True, **widget)
    return shown


def _bars(sums: np.ndarray, bias: float, what: str, alt_text: str) -> None:
    """What each input adds, and the bias; of many inputs the largest ones, and the others together."""
    labels = [f"{what} {i}" for i in range(len(sums))]
    if len(sums) > MOST:
        kept = np.sort(np.argsort(-np.abs(sums), kind="stable")[: MOST - 1])
        labels = [*(labels[i] for i in kept), f"the other {len(sums) - len(kept):,}"]
        sums = np.append(sums[kept], sums.sum() - sums[kept].sum())
    page.chart(ledger.parts(np.append(sums, bias), [*labels, "bias"], page.theme(), title="what each adds"), alt_text=alt_text)


def _dense(net: Shown, acts: Mapping[str, np.ndarray], image: int, one: Layer, unit: int) -> None:
    spec = net.run.spec
    found = dense_terms(net.weights, acts, image, one, unit)
    below = layer(spec.model, one.below)
    name = unit_of(spec, one, unit)
    left, right = st.columns([6, 6], gap="medium")
    with left:
        _bars(found.parts, found.bias, "unit" if below.flat else "map", f"What each part of {below.title} and the bias add to {name}")
    with right:
        st.markdown(f"{_parts(below, found.inputs)} the weight that leads to {name}.")
        st.markdown(
            f"products **{numbers.fixed(found.parts.sum(), 6)}** + bias **{numbers.fixed(found.bias, 6)}** = "
            f"{'' if one.kind == 'dense' else 'logit '}**{numbers.fixed(found.before, 6)}**"
            f"{_after(one, acts, image, unit)}"
        )


def _parts(below: Layer, inputs: np.ndarray) -> str:
    """What a dense layer reads, in words."""
    if below.flat:
        return f"Each of the {len(inputs):,} units of {below.title} is multiplied by"
    maps, values = len(inputs), inputs[0].size
    return (
        f"Each of the {maps} pooled maps of convolution {below.number} has {values} value{'s' if values > 1 else ''}; each is multiplied by"
    )


def _after(one: Layer, acts: Mapping[str, np.ndarray], image: int, unit: int) -> str:
    """What follows the sum of a dense unit."""
    if one.kind == "dense":
        return f"; {ACTIVATIONS[one.activation]} makes it **{numbers.fixed(acts[one.name][image][unit], 6)}**."
    others = {1: "no other logit", 2: "the other logit", 10: "the other nine logits"}.get(
        one.shape[0], f"the other {one.shape[0] - 1:,} logits"
    )
    share = numbers.fixed(acts["probabilities"][image][unit], 6)
    return f". Softmax sets it against {others}: probability **{share}**."
