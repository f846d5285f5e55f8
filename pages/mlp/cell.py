"""What is picked in the matrix: its weight, where it stands and the norms of its row and column."""

import numpy as np
import streamlit as st

from core.analysis.dense import norms
from core.charts import numbers, raster
from core.charts.size import small
from core.charts.templates import pixels
from core.frame import page
from core.ui.shown import state_words
from pages.mlp import choices as mlp
from pages.mlp import large, words
from pages.mlp.layer import Layer, class_noun, pixel_words

SENTENCE = "mlp-cell-sentence"  # key of its container
SIDE = 112  # pixels of a column as an image, about


def cell_panel(layer: Layer) -> None:
    """The picked cell in full precision, or how to pick one."""
    with st.container(key="mlp-cell", border=True):
        row, column = mlp.picked()
        if row is None and column is None:
            st.markdown(words.NOTHING_PICKED.format(layer=layer.number))
            return
        with st.container(key=SENTENCE):
            st.markdown(describe(layer, row, column))
        st.caption(position(layer, row, column))
        if row is not None and layer.image:
            size = "×".join(map(str, layer.image[:2]))
            st.caption(f"Input {row + 1} is the pixel in {pixel_words(layer.image, row)} of the {size} image.")
        if layer.image:
            in_the_image(layer, row, column)


def in_the_image(layer: Layer, row: int | None, column: int | None) -> None:
    """Of a layer that images feed: the picked column as an image, and the picked row as one pixel of it."""
    colours, shape = page.theme(), layer.image
    assert shape is not None  # asked only of a layer that images feed
    scale = max(1, SIDE // shape[1])
    with st.container(horizontal=True):
        if column is not None:
            weights = layer.kernel[:, column]
            limit = float(np.abs(weights).max())
            picture = raster.rgb_png(pixels(weights.reshape(shape), limit, colours), scale)
            name = layer.output_name(column)
            st.image(picture, caption=f"{name}, ±{numbers.number(limit)}", alt=f"The weights of {name} as an image", width=scale * shape[1])
        if row is not None:
            place = np.zeros(shape, np.float32)
            place.flat[row] = 1
            spot = place if place.ndim == 2 else place.max(axis=2)
            levels = np.maximum(raster.amount_levels(spot, 1.0), 20)  # the rest of the square stays visible
            picture = raster.png(levels, colours.ink_palette, scale)
            st.image(picture, caption=layer.input_name(row), alt="Where it lies in the image", width=scale * shape[1])


def describe(layer: Layer, row: int | None, column: int | None) -> str:
    """Value, row, column and norms in words."""
    kernel = layer.kernel
    row_norms, column_norms = norms(kernel)
    lines = []
    if row is not None and column is not None:
        weight = float(kernel[row, column])
        pushes = "does nothing to" if weight == 0 else "pushes up" if weight > 0 else "pushes down"
        lines.append(f"### {numbers.number(weight)}")
        lines.append(f"Weight **{numbers.exact(weight)}** {_ends(layer, row, column)}: the input {pushes} this output.")
    for name, index, values, classes in (("Row", row, row_norms, ()), ("Column", column, column_norms, layer.column_names)):
        if index is not None:
            place = f"number {_rank(values, index):,} of {len(values):,} {name.lower()}s"
            called = f"of {class_noun(layer.spec)} {classes[index]}" if classes else f"{index + 1}"
            lines.append(f"{name} {called}: L2 norm **{numbers.number(values[index])}**, {place}.")
    return "\n\n".join(lines)


def cell_sentences(layer: Layer) -> list[str]:
    """The picked weight at every state, for while the player moves; none where no cell is picked or the layer is too large."""
    row, column = mlp.picked()
    if row is None or column is None or not small(*layer.shape):
        return []
    weights = layer.stack[:, row, column]
    return [
        f"### {numbers.number(weights[state])}\n\nWeight {_ends(layer, row, column)}, {state_words(layer.run, state)}."
        for state in range(layer.run.states)
    ]


def position(layer: Layer, row: int | None, column: int | None) -> str:
    """Where the picked row and column stand in the order shown, counted from 1."""
    rows, columns = large.order_at(layer, layer.state, mlp.ordering(), mlp.held_state(layer))
    said = []
    if row is not None:
        said.append(f"row {int(np.flatnonzero(rows == row)[0]) + 1:,} of {len(rows):,} from the top")
    if column is not None:
        said.append(f"column {int(np.flatnonzero(columns == column)[0]) + 1:,} of {len(columns):,} from the left")
    return "Stands now in " + ", ".join(said) + "."


def _ends(layer: Layer, row: int, column: int) -> str:
    """What a weight joins."""
    output = f"{class_noun(layer.spec)} **{layer.column_names[column]}**" if layer.column_names else f"output **{column + 1}**"
    return f"from input **{row + 1}** to {output} of layer {layer.number}"


def _rank(values: np.ndarray, index: int) -> int:
    """Place of one value among all, 1 = largest."""
    return 1 + int(np.sum(values > values[index]))
