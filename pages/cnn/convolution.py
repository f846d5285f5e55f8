"""Do a convolution: the image, the kernel and the moving window."""

import io

import numpy as np
import streamlit as st

from core.analysis import classical_kernels, convolution
from core.charts import numbers
from core.frame import page
from core.frame.plain import plain
from core.serving.shared import shared
from core.ui.shown import Shown
from pages.cnn import data as cnn_data
from pages.cnn.choices import BUTTONS, FILTERS, LEARNED, MOST, TYPED, brought, key, panel, value
from pages.cnn.images import choose
from pages.cnn.through import kinds, through
from pages.cnn.typed import typed_kernel
from pages.cnn.window import STAGES, convolution_window
from pages.cnn.words import when

Settings = tuple[int, int, int]  # stride, padding, dilation


@panel
def convolution_panel(shown: Shown) -> None:
    """Controls, the window, then the network's own layers."""
    with st.container(key="cnn-convolution"):
        _panel(shown)


def _panel(shown: Shown) -> None:
    image_side, kernel_side = st.columns(2, gap="large")
    with image_side:
        picture = choose(shown)
    with kernel_side:
        chosen = _kernel(shown)
        stage, settings = _settings()
    if picture is None:
        page.empty("No image yet", "Choose or make one above.", 300)
        return
    if chosen is None:
        return
    name, kernel, bias = chosen
    stride, padding, dilation = settings
    try:
        pixels, weights = (np.ascontiguousarray(array, np.float64) for array in (picture.pixels, kernel))
        feature_map = _convolved(pixels, weights, pixels.tobytes(), weights.tobytes(), weights.shape, bias, settings)
    except ValueError as error:
        st.error(plain(error), icon=":material/error:")
        return
    if stage == STAGES[2] and min(feature_map.shape) < 2:
        st.error("The feature map is too small to pool; choose a smaller stride.", icon=":material/error:")
        return
    row, column, top = convolution.strongest(feature_map)
    st.markdown(
        f"**{plain(picture.name)}** under **{name}**: {feature_map.size:,} windows, {feature_map.shape[0]} × {feature_map.shape[1]}. "
        f"The strongest answer, {numbers.number(top, 4)}, comes from row {row + 1}, column {column + 1}, where the window opens."
    )
    convolution_window(
        "cnn-window",
        picture.pixels,
        kernel,
        feature_map,
        page.theme(),
        bias=bias,
        stride=stride,
        padding=padding,
        dilation=dilation,
        stage=stage,
        place=(row, column),
        name=f"{picture.name}, {name}",
        light=picture.light,
        own=brought(),
    )
    map_words = (
        "orange is above 0, blue below, the background's own colour 0" if stage == STAGES[0] else "the stronger the green, the larger"
    )
    page.legend(
        f"kernel and products: orange above 0, blue below; feature map: {map_words}. The kernel is not turned round: what people call a "
        "convolution in these networks is a cross-correlation"
    )
    st.download_button(
        "Feature map, CSV",
        lambda: _csv(feature_map),
        "feature-map.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    kinds(shown, name, kernel, bias)
    through(shown, picture)


@shared()
def _convolved(
    _image: np.ndarray, _kernel: np.ndarray, image: bytes, kernel: bytes, shape: tuple[int, ...], bias: float, settings: Settings
) -> np.ndarray:
    return convolution.convolve(_image, _kernel, bias, *settings)


def _csv(feature_map: np.ndarray) -> bytes:
    out = io.StringIO()
    np.savetxt(out, feature_map, delimiter=",", fmt="%.9g")
    return out.getvalue().encode()


def _kernel(shown: Shown) -> tuple[str, np.ndarray, float] | None:
    """Name, weights and bias of the kernel; None after saying what is wrong with it."""
    words = {LEARNED: "learned by the network", TYPED: "typed by you"}
    chosen = st.selectbox(
        "Kernel",
        FILTERS,
        format_func=lambda name: words.get(name, name.replace("-", " ")),
        key=key("filter"),
        persist_state="session",
    )
    if chosen == LEARNED:
        number = _which(shown.run.spec.model.channels[0])
        weights = cnn_data.planes(shown, "conv1")[shown.state, number]
        return f"kernel {number + 1} {when(shown)}", weights, float(shown.weights["conv1.bias"][number])
    if chosen == TYPED:
        typed = typed_kernel()
        return None if typed is None else ("your kernel", typed, 0.0)
    kernel, does = classical_kernels.CLASSICAL[chosen.replace("-", " ")]
    st.caption(f"{chosen.replace('-', ' ').capitalize()}: {does}.")
    return chosen.replace("-", " "), kernel, 0.0


def _which(count: int) -> int:
    """Which of the learned kernels, from 0."""
    words = "The numbers of the film above"
    if count > BUTTONS:
        st.number_input(f"Which one, 1 to {count}", 1, count, key=key("kernel"), persist_state="session", help=words)
    else:
        st.segmented_control("Which one", range(1, count + 1), key=key("kernel"), required=True, persist_state="session", help=words)
    return value("kernel") - 1


def _settings() -> tuple[str, Settings]:
    stages = {stage.replace(" ", "-"): stage for stage in STAGES}
    chosen = st.segmented_control(
        "Show", list(stages), format_func=stages.__getitem__, key=key("stage"), required=True, persist_state="session"
    )
    words = {
        "stride": "Stride: pixels from window to window",
        "padding": "Padding: blank pixels around the image",
        "dilation": "Dilation: pixels from weight to weight",
    }
    settings = [value(name) for name in words]
    changed_ones = ", ".join(f"{name} {value}" for name, value in zip(words, settings, strict=True) if value != MOST[name][0])
    with st.popover(changed_ones.capitalize() or "Stride, padding, dilation", key="cnn-settings"):
        stride, padding, dilation = (st.slider(label, *MOST[name], key=key(name), persist_state="session") for name, label in words.items())
    return stages[chosen or "sum"], (stride, padding, dilation)
