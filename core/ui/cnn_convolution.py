"""Do a convolution: the moving window, all kernels at once, and the way on to the outputs."""

import io

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import classical_kernels, convolution
from core.charts import cnn_curves, raster
from core.runs.run import Run
from core.ui import cnn_data, link, page
from core.ui.cnn_images import Shown, choose
from core.ui.cnn_view import FILTERS, LEARNED, PAGE, TYPED, View, changed, setter, settle
from core.ui.convolution_window import STAGES, convolution_window
from core.ui.thumbnails import Thumbnail, thumbnails

Settings = tuple[int, int, int]  # stride, padding, dilation


@st.fragment
def convolution_panel(view: View) -> None:
    """Controls, the window, then the network's own layers."""
    settle()
    with st.container(key="cnn-convolution"):
        image_side, kernel_side = st.columns(2, gap="large")
        with image_side:
            shown = choose(view)
        with kernel_side:
            chosen = _kernel(view)
            stage, settings = _settings()
        if shown is None:
            page.empty("No image yet", "Choose or make one above.", 300)
            return
        if chosen is None:
            return
        name, kernel, bias = chosen
        stride, padding, dilation = settings
        try:
            feature_map = convolution.convolve(shown.pixels, kernel, bias, stride, padding, dilation)
        except ValueError as error:
            st.error(str(error), icon=":material/error:")
            return
        if stage == STAGES[2] and min(feature_map.shape) < 2:
            st.error("The feature map is too small to pool; choose a smaller stride.", icon=":material/error:")
            return
        row, column, top = convolution.strongest(feature_map)
        st.markdown(
            f"**{shown.name}** under **{name}**: {feature_map.size:,} windows, {feature_map.shape[0]} × {feature_map.shape[1]}. "
            f"The strongest answer, {top:.4g}, comes from row {row + 1}, column {column + 1}, where the window opens."
        )
        convolution_window(
            "cnn-window",
            shown.pixels,
            kernel,
            feature_map,
            page.theme(),
            bias=bias,
            stride=stride,
            padding=padding,
            dilation=dilation,
            stage=stage,
            place=(row, column),
            name=f"{shown.name}, {name}",
        )
        page.legend("sums: orange above 0, blue below, the background's own colour 0; after the ReLU: the darker the larger")
        st.caption("The kernel is not turned round: what people call a convolution in these networks is a cross-correlation.")
        st.download_button(
            "Feature map, CSV",
            lambda: _csv(feature_map),
            "feature-map.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        _kinds(view, name, kernel, bias)
        if view.has_weights:
            _through(view, shown)


def _csv(feature_map: np.ndarray) -> bytes:
    out = io.StringIO()
    np.savetxt(out, feature_map, delimiter=",", fmt="%.9g")
    return out.getvalue().encode()


def _kernel(view: View) -> tuple[str, np.ndarray, float] | None:
    """Name, weights and bias of the kernel; None after saying what is wrong with it."""
    options = [name for name in FILTERS if view.has_weights or name != LEARNED]
    key = link.key(PAGE, "filter")
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
    words = {LEARNED: "learned by the network", TYPED: "typed by you"}
    chosen = st.selectbox("Kernel", options, format_func=lambda n: words.get(n, n.replace("-", " ")), key=key, on_change=changed)
    if chosen == LEARNED:
        count = view.run.spec.model.channels[0]
        picked = st.segmented_control(
            "Which one",
            range(1, count + 1),
            key=link.key(PAGE, "kernel"),
            required=True,
            on_change=changed,
            help="The numbers of the film above",
        )
        number = int(picked or 1) - 1
        weights = cnn_data.planes(view.name, "conv1.kernel")[view.state, number]
        return f"kernel {number + 1} at {view.epoch}", weights, float(_biases(view.run)[view.state, number])
    if chosen == TYPED:
        return _typed()
    kernel, does = classical_kernels.CLASSICAL[chosen.replace("-", " ")]
    st.caption(f"{chosen.replace('-', ' ').capitalize()}: {does}.")
    return chosen.replace("-", " "), kernel, 0.0


def _biases(run: Run) -> np.ndarray:
    return run.weights("conv1.bias")


def _typed() -> tuple[str, np.ndarray, float] | None:
    side = st.segmented_control("Cells a side", classical_kernels.SIDES, default=3, key="cnn-typed-side", required=True) or 3
    start = np.zeros((side, side))
    start[side // 2, side // 2] = 1.0
    table = pd.DataFrame(start, columns=[str(i + 1) for i in range(side)])
    edited = st.data_editor(table, hide_index=True, key=f"cnn-typed-{side}", num_rows="fixed", width="content")
    try:
        return "your kernel", classical_kernels.typed(edited.to_numpy()), 0.0
    except ValueError as error:
        st.error(str(error), icon=":material/error:")
        return None


def _settings() -> tuple[str, Settings]:
    stage = st.segmented_control("Show", STAGES, default=STAGES[0], key="cnn-stage", required=True) or STAGES[0]
    with st.popover("Stride, padding, dilation"):
        stride = st.slider("Stride: pixels from window to window", 1, 5, 1, key="cnn-stride")
        padding = st.slider("Padding: blank pixels around the image", 0, 12, 0, key="cnn-padding")
        dilation = st.slider("Dilation: pixels from weight to weight", 1, 4, 1, key="cnn-dilation")
    return stage, (stride, padding, dilation)


@st.cache_data(show_spinner=False, max_entries=64)
def _under(name: str, kernel: np.ndarray, bias: float) -> list[np.ndarray]:
    """The first test pulse of each kind under a kernel, after the ReLU."""
    found = cnn_data.test_set(name)
    firsts = [int(np.flatnonzero(found.labels == label)[0]) for label in np.unique(found.labels)]
    return [convolution.relu(convolution.convolve(found.images[i], kernel, bias)) for i in firsts]


def _kinds(view: View, name: str, kernel: np.ndarray, bias: float) -> None:
    """One pulse of each kind under the same kernel, on one scale: what it finds in each."""
    maps = _under(view.name, kernel, bias)
    labels = cnn_data.test_set(view.name).labels
    top = max(float(one.max()) for one in maps) or 1.0
    st.markdown(f"**One pulse of each kind under {name}**, after the ReLU, on one scale. Corners, slopes or turns: what lights up?")
    items = []
    for label, one in enumerate(maps):
        number = int(np.flatnonzero(labels == label)[0])
        url = raster.png_url(raster.amount_levels(one, top), page.theme().amount_palette, 2)
        items.append(Thumbnail(number, url, f"{view.pulses.classes[label]}: up to {one.max():.3g}"))
    thumbnails("cnn-kinds", items, side=2 * maps[0].shape[0], on_pick=lambda number: setter("image")(f"test-{number}"))


def _through(view: View, shown: Shown) -> None:
    """The same image through the network's own layers."""
    layers = cnn_data.activations(view.name, view.state, shown.pixels)
    theme = page.theme()
    st.markdown(f"**Through all kernels at once**, at {view.epoch}, after the ReLU; click one to take its kernel.")
    maps = layers["relu1"][0]  # (kernels, rows, columns)
    top = float(maps.max())
    items = [
        Thumbnail(i, raster.png_url(raster.amount_levels(one, top), theme.amount_palette, 2), f"kernel {i + 1}: up to {one.max():.3g}")
        for i, one in enumerate(maps)
    ]
    thumbnails("cnn-maps", items, side=2 * maps.shape[-1], picked=view.kernel, on_pick=_take)
    st.markdown(
        f"**On to the outputs.** The second convolution adds up what its kernels find in the {len(maps)} maps; the pool keeps the largest "
        "of each 2 × 2."
    )
    second, pooled, last = st.columns(3)
    total = float(max(layers["relu2"].max(), 0.0))
    for column, name, words, scale in ((second, "relu2", "second convolution after its ReLU", 3), (pooled, "pool", "pooled", 6)):
        picture = layers[name][0, 0]
        levels = raster.amount_levels(picture, total)
        column.image(raster.png(levels, theme.amount_palette, scale), caption=f"{words}, {picture.shape[0]} × {picture.shape[1]}")
    with last:
        _outputs(view, layers, shown)


def _take(kernel: int) -> None:
    setter("kernel")(kernel + 1)
    setter("filter")(LEARNED)


def _outputs(view: View, layers: dict[str, np.ndarray], shown: Shown) -> None:
    if not view.last:
        st.caption(
            f"The outputs stand here at the last state (epoch {view.run.epochs[-1]:g}): of the dense layers no other state is kept. "
            "Move the player to its end."
        )
        return
    classes = view.pulses.classes
    says = layers["answers"][0]
    low = -1.0 if view.run.spec.model.output == "tanh" else 0.0
    frame = pd.DataFrame({"class": list(classes), "output": says})
    page.chart(cnn_curves.outputs(frame, page.theme(), low), alt_text="The network's outputs", key="cnn-outputs", width="stretch")
    widths = " to ".join(str(n) for n in (layers["pool"].size, *view.run.spec.model.sizes))
    st.caption(f"Through dense layers of {widths} units: **{classes[int(says.argmax())]}**.")
    if not shown.pulse:
        st.caption("The network knows pulses alone: whatever it sees, it names one of them.")
