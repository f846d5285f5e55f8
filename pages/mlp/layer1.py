"""The first layer as pictures: every unit's column as an image, every pixel's row as a place in the image."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import dense
from core.charts import mosaic, pixel, raster
from core.runs.run import Run
from core.ui import cached, clicks, page, screen
from pages.mlp import details as mlp_details
from pages.mlp.details import Detail, among, flag
from pages.mlp.view import View

SORTS = {
    "original": "in their own order",
    "norm": "by their norm",
    "next": "by the norm of their row in layer 2",
}
mlp_details.DETAILS["units"] = (
    Detail("images", "mlp-layer1-sort", "original", among(SORTS)),
    flag("falling", "mlp-layer1-descending", True),
)


@st.fragment
@mlp_details.linked("units")
def layer1_images(
    run: Run,
    view: View,
    picked_row: int | None = None,
    picked_column: int | None = None,
    on_row: Callable[[int], None] | None = None,
    on_column: Callable[[int], None] | None = None,
) -> None:
    """Draw the units' images and the pixels' norms.

    Args:
        picked_row: pixel picked elsewhere on the page; a click here wins until that changes.
        picked_column: unit picked elsewhere, likewise.
        on_row: called with the pixel a click picks here, before the page runs again.
        on_column: called with the unit, likewise.
    """
    with st.container(key="mlp-layer1"):
        stack = cached.weights(run.key, "dense1.kernel")
        kernel = stack[view.epoch]  # (pixels, units)
        limit = float(np.abs(stack).max())
        unit = _followed("unit", picked_column)
        place = _followed("pixel", picked_row)
        left, right = st.columns([3, 2])
        with left:
            _images(run, view, kernel, limit, unit, on_column)
        with right:
            _pixels(stack, kernel, place, on_row)
            if unit is not None:
                _unit(kernel, limit, unit)
        if st.session_state.pop("_mlp-layer1-moved", False):
            st.rerun()


def _followed(name: str, outside: int | None) -> int | None:
    """What is picked: the last of a click here and a change on the page around."""
    if st.session_state.get(f"_mlp-layer1-{name}-outside") != outside:
        st.session_state[f"_mlp-layer1-{name}-outside"] = outside
        st.session_state[f"_mlp-layer1-{name}"] = outside
    return st.session_state.get(f"_mlp-layer1-{name}")


def _picker(key: str, name: str, tell: Callable[[int], None] | None) -> Callable[[], None]:
    """What a click does: keep the pick, and tell the page around if it wants to know."""

    def picked() -> None:
        found = clicks.take(key, name)
        if found is not None:
            st.session_state[f"_mlp-layer1-{name}"] = found
            if tell:
                tell(found)
                st.session_state["_mlp-layer1-moved"] = True

    return picked


def image_order(run: Run, state: int, sort: str, descending: bool) -> np.ndarray:
    """Units of layer 1 (units,) in the order of a key of SORTS, at one state."""
    weights = run.state(state)
    if sort == "next":
        return dense.order(dense.norms(weights["dense2.kernel"])[0], descending=descending)
    return dense.order(dense.norms(weights["dense1.kernel"])[1], "original" if sort == "original" else "value", descending)


def _images(run: Run, view: View, kernel: np.ndarray, limit: float, unit: int | None, on_column: Callable[[int], None] | None) -> None:
    first, second = st.columns([3, 2], vertical_alignment="bottom")
    sort = first.selectbox(
        f"Show the {kernel.shape[1]} units of layer 1",
        list(SORTS),
        format_func=lambda name: SORTS[name],
        key="mlp-layer1-sort",
        persist_state="session",
    )
    falling = second.toggle("Largest first", key="mlp-layer1-descending", disabled=sort == "original", persist_state="session")
    key = "mlp-layer1-images"
    order = image_order(run, view.epoch, sort, falling)
    side = round(len(kernel) ** 0.5)
    tiles = kernel.T.reshape(-1, side, side)[order]  # (units, height, width)
    state = run.state(view.epoch)
    frame = pd.DataFrame(
        {
            "unit": order,
            "label": order.astype(str),
            "norm": dense.norms(kernel)[1][order],
            "norm of its row in layer 2": dense.norms(state["dense2.kernel"])[0][order],
            "chosen": order == unit,
            "now": clicks.count(key),
        }
    )
    page.chart(
        mosaic.images(tiles, limit, frame, page.theme(), pick=True, large=not screen.narrow()),
        alt_text=f"The {len(order)} columns of layer 1 as images, {SORTS[sort]}",
        key=key,
        select=_picker(key, "unit", on_column),
    )
    st.caption(
        f"Each picture is one unit's column laid out as the {side}x{side} pixels it listens to: orange pixels push it up, blue ones down. "
        f"The scale runs to ±{limit:.3g} at every epoch. Click one to see it larger."
    )


def _pixels(stack: np.ndarray, kernel: np.ndarray, place: int | None, on_row: Callable[[int], None] | None) -> None:
    """The norm of each pixel's row, at its place."""
    side = round(len(kernel) ** 0.5)
    norms = dense.norms(kernel)[0]
    top = float(dense.norms(stack)[0].max())
    key = "mlp-layer1-pixels"
    chart = pixel.pixel_map(
        norms.reshape(side, side), top, page.theme(), what="norm of the pixel's row", chosen=place, now=clicks.count(key)
    )
    page.chart(chart, alt_text="Norm of each pixel's row at its place in the image", key=key, select=_picker(key, "pixel", on_row))
    if place is None:
        st.caption("How strongly layer 1 listens to each pixel. Click one to find its row.")
        return
    strongest = dense.order(kernel[place], "size")[:3]
    said = ", ".join(f"unit {u} ({kernel[place, u]:+.3g})" for u in strongest)
    st.markdown(
        f"**Row {place}** is the pixel at row {place // side}, column {place % side} of the image: "
        f"norm {norms[place]:.4g}, strongest to {said}."
    )


def _unit(kernel: np.ndarray, limit: float, unit: int) -> None:
    """One unit's column, larger."""
    side = round(len(kernel) ** 0.5)
    picture = raster.png(raster.signed_levels(kernel[:, unit].reshape(side, side), limit), page.theme().signed_palette, scale=5)
    st.image(picture, alt=f"The weights of unit {unit} as an image", width=5 * side)
    strongest = int(np.abs(kernel[:, unit]).argmax())
    st.markdown(
        f"**Unit {unit}**: column norm {dense.norms(kernel)[1][unit]:.4g}, weights from "
        f"{kernel[:, unit].min():.3g} to {kernel[:, unit].max():.3g}, "
        f"the strongest at row {strongest // side}, column {strongest % side} of the image."
    )
