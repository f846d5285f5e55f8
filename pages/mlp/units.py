"""The first layer as pictures: every unit's column as an image, every pixel's row as a place in the image."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import dense
from core.charts import cells, mosaic, numbers, raster
from core.charts.prepared import Prepared
from core.charts.templates import pixels
from core.charts.theme import theme
from core.frame import choices, page, screen
from core.serving.shared import shared
from core.ui import clicks
from pages.mlp import choices as mlp
from pages.mlp import words
from pages.mlp.layer import Layer, pixel_words

IMAGES, PIXELS = "mlp-units-images", "mlp-units-pixels"
MOST = 400_000  # pixels of all units' pictures together
LARGE = 140  # pixels of one unit's picture, about
FIELD = 224  # of the picture of pixels, about


@choices.fragment
def units_panel(layer: Layer) -> None:
    """The units' images and the pixels' norms; what is picked is shared with the matrix where that shows layer 1."""
    if mlp.moved(layer):
        st.rerun()
    first = layer.at(1)
    with st.container(key="mlp-layer1"):
        if first.image is None:
            page.empty(*words.NO_IMAGES)
            return
        row, column = _picked(layer)
        left, right = st.columns([3, 2])
        with left:
            _images(layer, first, column)
        with right:
            _pixels(layer, first, row)
            if column is not None:
                _unit(first, column)


def _picked(layer: Layer) -> tuple[int | None, int | None]:
    """Pixel and unit picked: the matrix's own where it shows layer 1, else what was clicked here."""
    if layer.first:
        return mlp.picked()
    where, row, column = st.session_state.get("_mlp-units-pick", (None, None, None))
    return (row, column) if where == layer.shown.id else (None, None)


def _pick(layer: Layer, row: int | None, column: int | None) -> None:
    """Remember a click, in the matrix too where that shows layer 1."""
    if layer.first:
        mlp.set_pick(row, column)
    else:
        before = _picked(layer)
        now = tuple(old if new is None else new for old, new in zip(before, (row, column), strict=True))
        st.session_state["_mlp-units-pick"] = (layer.shown.id, *now)


def image_order(layer: Layer, sort: str, descending: bool) -> np.ndarray:
    """Units of layer 1 (units,) in the order of a key of words.UNIT_SORTS."""
    if sort == "next" and layer.count > 1:
        return dense.order(dense.norms(layer.at(2).kernel)[0], descending=descending)
    return dense.order(dense.norms(layer.at(1).kernel)[1], "original" if sort == "original" else "value", descending)


def _images(layer: Layer, first: Layer, unit: int | None) -> None:
    one, two = st.columns([3, 2], vertical_alignment="bottom")
    sort = one.selectbox(
        f"Show the {first.shape[1]:,} units of layer 1",
        [name for name in words.UNIT_SORTS if name != "next" or layer.count > 1],
        format_func=words.UNIT_SORTS.__getitem__,
        key=mlp.key("images"),
        persist_state="session",
    )
    falling = two.toggle("Largest first", key=mlp.key("falling"), disabled=sort == "original", persist_state="session")
    order = image_order(layer, sort, falling)
    most = max(1, MOST // first.shape[0])
    shown = order[:most]
    now, large, dark = clicks.count(IMAGES), not screen.narrow(), page.theme().dark

    def picked() -> None:
        found = clicks.take(IMAGES, "unit")
        if found is not None:
            _pick(layer, None, found)

    page.chart(
        _mosaic(layer, layer.run.key, layer.run.states, layer.state, tuple(shown.tolist()), unit, now, large, dark),
        alt_text=f"{len(shown)} columns of layer 1 as images, {words.UNIT_SORTS[sort]}",
        key=IMAGES,
        select=picked,
        pictures="picture",
    )
    size = "×".join(map(str, first.image[:2])) if first.image else ""
    colours = words.SIGNED_UNITS if first.image and len(first.image) == 2 else words.COLOUR_UNITS
    said = words.UNITS.format(size=size, colours=colours, limit=numbers.number(first.extent.limit))
    st.caption(said if len(shown) == len(order) else f"The first {len(shown):,} of {len(order):,} in this order. {said}")


@shared()
def _mosaic(
    _layer: Layer, key: str, states: int, state: int, shown: tuple[int, ...], unit: int | None, now: int, large: bool, dark: bool
) -> Prepared:
    """The pictures of these units of layer 1, in this order."""
    first, units = _layer.at(1), np.array(shown)
    kernel = first.kernel
    frame = pd.DataFrame({"unit": units, "label": (units + 1).astype(str), "norm": dense.norms(kernel)[1][units]})
    if _layer.count > 1:
        frame["norm of its row in layer 2"] = dense.norms(_layer.at(2).kernel)[0][units]
    frame = frame.assign(chosen=units == unit, now=now)
    return mosaic.images(first.images(kernel[:, units]), first.extent.limit, frame, theme(dark), pick=True, large=large)


def _pixels(layer: Layer, first: Layer, place: int | None) -> None:
    """The norm of each pixel's row, at its place; of a pixel of three colours that of its three rows."""
    shape, kernel = first.image, first.kernel
    assert shape is not None  # the panel asks
    norms = dense.norms(kernel)[0]
    colours = shape[2] if len(shape) > 2 else 1
    field = _field(norms, shape)
    spot = None if place is None else divmod(place // colours, shape[1])
    cells_of_its_own = field.size <= 4_096
    if not cells_of_its_own:
        picture = raster.png(raster.amount_levels(field, float(field.max())), page.theme().amount_palette, 1)
        st.image(picture, width=FIELD, alt=_loudest(field))
    else:

        def picked() -> None:
            found = clicks.take(PIXELS, "cell")
            if found is not None:
                _pick(layer, found * colours, None)

        chart = _norms(first, layer.run.key, layer.run.states, layer.state, spot, clicks.count(PIXELS), page.theme().dark)
        page.chart(chart, alt_text=_loudest(field), key=PIXELS, select=picked)
    if place is None:
        st.caption(f"{words.PIXEL_NORMS} {words.CLICK_PIXEL}" if cells_of_its_own else words.PIXEL_NORMS)
        return
    strongest = dense.order(kernel[place], "size")[:3]
    said = ", ".join(f"unit {u + 1} ({numbers.signed(kernel[place, u])})" for u in strongest)
    st.markdown(
        f"**Row {place + 1}** is the pixel at {pixel_words(shape, place)} of the image: norm {numbers.number(norms[place], 4)}, "
        f"strongest to {said}."
    )


def _field(norms: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Norms of rows (inputs,) at their pixels, (height, width); of a pixel of three colours that of its three rows."""
    return np.sqrt(np.square(norms).reshape(shape[0], shape[1], -1).sum(axis=2))


def _loudest(field: np.ndarray) -> str:
    row, column = np.unravel_index(int(field.argmax()), field.shape)
    return (
        "Norm of each pixel's row at its place in the image; "
        f"the largest, {numbers.number(field.max())}, in row {row + 1}, column {column + 1}"
    )


@shared()
def _norms(_first: Layer, key: str, states: int, state: int, spot: tuple[int, int] | None, now: int, dark: bool) -> Prepared:
    """The norms of layer 1's rows as cells, one framed."""
    shape = _first.image
    assert shape is not None  # the panel asks
    return cells.cells(
        _field(dense.norms(_first.kernel)[0], shape),
        _first.extent.row_top * (shape[2] if len(shape) > 2 else 1) ** 0.5,
        theme(dark),
        kind="amount",
        names=("row of the image", "column of the image"),
        value="norm of the pixel's row",
        size=max(2, FIELD // shape[1]),
        legend=True,
        pick=True,
        picked=spot,
        now=now,
    )


def _unit(first: Layer, unit: int) -> None:
    """One unit's column, larger."""
    shape, weights = first.image, first.kernel[:, unit]
    assert shape is not None  # the panel asks
    scale = max(1, LARGE // shape[1])
    picture = raster.rgb_png(pixels(weights.reshape(shape), first.extent.limit, page.theme()), scale)
    st.image(picture, alt=f"The weights of unit {unit + 1} as an image", width=scale * shape[1])
    st.markdown(
        f"**Unit {unit + 1}**: column norm {numbers.number(dense.norms(weights[:, None])[1][0], 4)}, weights from "
        f"{numbers.span(weights.min(), weights.max())}, "
        f"the strongest at {pixel_words(shape, int(np.abs(weights).argmax()))} of the image."
    )
