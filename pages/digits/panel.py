"""One map opened: large, with its values, and the ledger of the value that is picked."""

import re
from collections.abc import Mapping

import numpy as np
import streamlit as st

from core.analysis.terms import convolution_terms, dense_terms, pool_terms
from core.charts import cells, ledger
from core.models.digit_layers import layers
from core.ui import link, page
from pages.digits import net as digit_net
from pages.digits.board import SIGNED, title_of
from pages.digits.input import PAGE
from pages.digits.net import Net


def map_panel(net: Net, acts: Mapping[str, np.ndarray], image: int, name: str, key: str = "digits-map") -> None:
    """The map that the link's `layer` and `filter` name, for one image of the activations; a hint where none is open.

    Args:
        name: of the image, for the sentence.
    """
    layer, number = link.value(PAGE, "layer"), link.value(PAGE, "filter")
    if not layer:
        st.caption("Click any map, or a square of the dense layer, to open it with its values and the sums behind them.")
        return
    values = acts[layer][image]
    number = min(number, len(values) - 1)
    with st.container(border=True, key=f"{key}-panel"):
        head, close = st.columns([5, 1], vertical_alignment="center")
        head.markdown(
            f"**{title_of(net.run.spec.model, layer).split(':')[0]}, {'digit' if values.ndim == 1 else 'map'} {number}** of {name}"
        )
        close.button("Close", key=f"{key}-close", icon=":material/close:", on_click=close_map)
        if values.ndim == 1:
            _dense(net, acts, image, number)
        else:
            _map(net, acts, image, layer, number, key)


def close_map() -> None:
    """Nothing is open any more."""
    st.session_state[link.key(PAGE, "layer")] = st.session_state[link.key(PAGE, "cell")] = ""
    link.write(PAGE, {"cell": None})


def _map(net: Net, acts: Mapping[str, np.ndarray], image: int, layer: str, number: int, key: str) -> None:
    values = acts[layer][image][number]  # (height, width)
    colours = page.theme()
    limit = digit_net.limits(net.run.key)[layer]
    name = f"{key}-{layer}-{number}"
    row, column = _picked(name, values)
    link.write(PAGE, {"cell": link.value(PAGE, "cell") or None})
    left, right = st.columns([5, 7], gap="medium")
    with left:
        page.chart(
            cells.cells(
                values,
                limit,
                colours,
                kind="signed" if layer in SIGNED else "amount",
                size=max(1, 300 // max(values.shape)),
                legend=True,
                printed=True,
                pick=True,
                picked=(row, column),
            ),
            alt_text=f"Map {number} of {layer} with its values; the square at row {row}, column {column} is picked",
            key=name,
            select=True,
        )
        st.caption(f"Least {values.min():.4g}, mean {values.mean():.4g}, most {values.max():.4g}. Click a square to see its sum.")
    with right:
        if layer.startswith("pool"):
            _pool(acts, image, layer, number, row, column)
        else:
            _convolution(net, acts, image, layer, number, row, column, key)


def read_cell(text: str) -> str:
    """The `cell` of a link: row and column of a map's value.

    Raises:
        ValueError: it is no such pair.
    """
    if not re.fullmatch(r"\d{1,2}-\d{1,2}", text):
        raise ValueError(text)
    return text


def _picked(name: str, values: np.ndarray) -> tuple[int, int]:
    """The square that was clicked here, else the link's, else the largest value's."""
    event = st.session_state.get(name)
    clicked = event["selection"].get("picked") if event and "selection" in event else None
    if clicked:
        st.session_state[link.key(PAGE, "cell")] = f"{int(clicked[0].get('row', 0))}-{int(clicked[0].get('column', 0))}"
    if chosen := link.value(PAGE, "cell"):
        row, column = (int(part) for part in chosen.split("-"))
        if row < values.shape[0] and column < values.shape[1]:
            return row, column
    largest = np.unravel_index(int(values.argmax()), values.shape)
    return int(largest[0]), int(largest[1])


def _pool(acts: Mapping[str, np.ndarray], image: int, layer: str, number: int, row: int, column: int) -> None:
    found = pool_terms(acts, image, layer, number, row, column)
    numbers = [f"{value:.6f}" for value in found.values.ravel()]
    top, left = found.corner
    st.markdown(
        f"**Row {row}, column {column}** is the largest of four values of the map below it, "
        f"rows {top} and {top + 1}, columns {left} and {left + 1}:"
    )
    st.markdown(f"max({', '.join(numbers)}) = **{found.largest:.6f}**")


def _convolution(net: Net, acts: Mapping[str, np.ndarray], image: int, layer: str, number: int, row: int, column: int, key: str) -> None:
    conv = f"conv{layer[-1]}"
    colours = page.theme()
    found = convolution_terms(net.weights, acts, image, conv, number, row, column)
    inputs = len(found.patch)
    st.markdown(
        f"**Row {row}, column {column}**: the filter lies on {inputs} patch{'es' if inputs > 1 else ''} of "
        f"{found.patch.shape[1]}x{found.patch.shape[2]} values, multiplies and adds (cross-correlation: the kernel is not flipped)."
    )
    channel = 0
    if inputs > 1:
        strongest = int(np.abs(found.channels).argmax())
        channel = st.segmented_control(
            "Input map whose products are shown",
            list(range(inputs)),
            default=strongest,
            key=f"{key}-input-{number}-{row}-{column}",
            required=True,
        )
    below = "input" if conv == "conv1" else "pool1"
    kernel_limit = float(np.abs(net.weights[f"{conv}.kernel"]).max())
    seen_limit = digit_net.limits(net.run.key)[below]
    parts = {"what it sees": found.patch[channel], "kernel": found.kernel[channel], "products": found.products[channel]}
    tops = (seen_limit, kernel_limit, float(np.abs(found.products).max()) or 1.0)
    with st.container(horizontal=True):
        for (name, values), top in zip(parts.items(), tops, strict=True):
            page.chart(
                cells.cells(
                    values,
                    top,
                    colours,
                    kind="amount" if name == "what it sees" else "signed",
                    title=name,
                    size=180 // max(values.shape),
                    axes=False,
                    printed=True,
                ),
                alt_text=f"{name}, 5x5; its values add up to {values.sum():.6f}",
            )
    if inputs > 1:
        page.chart(
            ledger.parts(
                np.append(found.channels, found.bias), [f"input map {i}" for i in range(inputs)] + ["bias"], colours, title="what each adds"
            ),
            alt_text="The sum over each input map, and the bias",
        )
    shown = float(acts[layer][image][number][row, column])
    st.markdown(
        f"products **{found.channels.sum():.6f}** + bias **{found.bias:.6f}** = **{found.before:.6f}**; "
        f"ReLU keeps what is above 0: **{found.after:.6f}**. The map shows {shown:.6f}."
    )


def _dense(net: Net, acts: Mapping[str, np.ndarray], image: int, unit: int) -> None:
    found = dense_terms(net.weights, acts, image, unit)
    maps = len(found.maps)
    left, right = st.columns([6, 6], gap="medium")
    with left:
        page.chart(
            ledger.parts(
                np.append(found.maps, found.bias), [f"map {i}" for i in range(maps)] + ["bias"], page.theme(), title="what each adds"
            ),
            alt_text=f"What each pooled map and the bias add to the logit of digit {unit}",
        )
    with right:
        st.markdown(
            f"Each of the {maps} pooled maps of convolution 2 has {found.inputs[0].size} values; each is multiplied by "
            f"the weight that leads to digit {unit}."
        )
        st.markdown(
            f"products **{found.maps.sum():.6f}** + bias **{found.bias:.6f}** = logit **{found.logit:.6f}**. "
            f"Softmax sets it against the other nine logits: probability **{found.probability:.6f}**."
        )


def filters(net: Net, layer: str) -> int:
    """How many maps or units a layer has."""
    return next(one for one in layers(net.run.spec.model) if one.name == layer).shape[0]
