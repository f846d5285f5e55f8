"""After the window: one pulse of each kind under the kernel, and an image through the network's own layers to its outputs."""

import math

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import convolution
from core.charts import cnn_curves, raster
from core.models.activations import ANSWERS, relu
from core.ui import cached, page
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.cnn import data as cnn_data
from pages.cnn.choices import LEARNED
from pages.cnn.images import Shown
from pages.cnn.view import View, pulses_of, setter, take_run

# A run of the study's kind, kernels (from 1) that find there what the study saw, and the class whose map shows it.
STUDY_RUN = "pulse-drops"
STUDY = {"bright corners of the square": (5, "square"), "bright crests of the sinusoid": (4, "sinusoid")}


@st.cache_data(show_spinner=False, max_entries=64)
def _under(name: str, kernel: np.ndarray, bias: float) -> list[np.ndarray]:
    """The first test pulse of each kind under a kernel, after the ReLU."""
    found = cnn_data.test_set(name)
    firsts = [int(np.flatnonzero(found.labels == label)[0]) for label in np.unique(found.labels)]
    return [relu(convolution.convolve(found.images[i], kernel, bias)) for i in firsts]


def kinds(view: View, name: str, kernel: np.ndarray, bias: float) -> None:
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
    _study()


def study_state() -> int:
    """The state of the study's kind of run that gets most test pulses right."""
    return int(np.argmax(cached.run(STUDY_RUN).history["accuracy_test"]))


def _study() -> None:
    """The way to kernels that show what the study saw."""
    if cached.readable(STUDY_RUN) is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("The study saw two things, and so does a run of its kind:", width="content")
        for words, (kernel, kind) in STUDY.items():
            st.button(words, key=f"cnn-study-{kind}", on_click=_go, args=(kernel, kind))


def _go(kernel: int, kind: str) -> None:
    """Show what the study saw, on the first test pulse of the kind."""
    take_run(STUDY_RUN, study_state())
    found = cnn_data.test_set(STUDY_RUN)
    classes = pulses_of(cached.run(STUDY_RUN).spec).classes
    setter("image")(f"test-{int(np.flatnonzero(found.labels == classes.index(kind))[0])}")
    setter("stage")("after-ReLU")
    _take(kernel - 1)


def through(view: View, shown: Shown) -> None:
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
    second, pooled, dense, last = st.columns([3, 3, 3, 5])
    total = float(layers["relu2"].max())
    for column, name, words, scale in ((second, "relu2", "second convolution after its ReLU", 3), (pooled, "pool2", "pooled", 6)):
        maps = layers[name][0, 0]
        column.image(_picture(maps, total, scale), caption=f"{words}, {maps.shape[0]} × {maps.shape[1]}, up to {maps.max():.3g}")
    if not view.last:
        with last:
            st.caption(
                f"The outputs stand here at the last state (epoch {view.run.epochs[-1]:g}): of the dense layers no other state is kept."
            )
            st.button("Go to the last state", key="cnn-last", on_click=lambda: setter("state")(view.run.states - 1))
        return
    with dense:
        for number, units in enumerate(view.run.spec.model.sizes[:-1], start=1):
            values = layers[f"dense{number}"][0]
            st.image(_rolled(values), caption=f"dense layer {number}: {units:,} units from {values.min():.2g} to {values.max():.2g}")
    with last:
        _outputs(view, layers, shown)


def _picture(maps: np.ndarray, top: float, scale: int) -> bytes:
    """Amounts (h, w) from 0 to `top` as a PNG in a frame."""
    theme = page.theme()
    return _framed(theme.amount_palette[raster.amount_levels(maps, top)], scale)


def _rolled(values: np.ndarray) -> bytes:
    """Units (n,) rolled into a square, row after row, as a PNG in a frame: amounts, or signed where some are below 0."""
    side = math.ceil(math.sqrt(len(values)))
    square = np.pad(values, (0, side * side - len(values))).reshape(side, side)
    scale = max(1, 96 // side)
    if values.min() >= 0:
        return _picture(square, float(values.max()), scale)
    theme = page.theme()
    return _framed(theme.signed_palette[raster.signed_levels(square, float(np.abs(values).max()))], scale)


def _framed(colours: np.ndarray, scale: int) -> bytes:
    """Colours (h, w, 3) enlarged, with a line of one pixel around them, as a PNG."""
    grid = page.theme().grid
    large = colours.repeat(scale, 0).repeat(scale, 1)
    out = np.empty((large.shape[0] + 2, large.shape[1] + 2, 3), np.uint8)
    out[:] = [int(grid[i : i + 2], 16) for i in (1, 3, 5)]
    out[1:-1, 1:-1] = large
    return raster.rgb_png(out)


def _take(kernel: int) -> None:
    setter("kernel")(kernel + 1)
    setter("filter")(LEARNED)


def _outputs(view: View, layers: dict[str, np.ndarray], shown: Shown) -> None:
    classes = view.pulses.classes
    says = layers[ANSWERS[view.run.spec.model.output]][0]
    low = -1.0 if view.run.spec.model.output == "tanh" else 0.0
    frame = pd.DataFrame({"class": list(classes), "output": says})
    page.chart(cnn_curves.outputs(frame, page.theme(), low), alt_text="The network's outputs", key="cnn-outputs", width="stretch")
    widths = " to ".join(str(n) for n in (layers["pool2"].size, *view.run.spec.model.sizes))
    st.caption(f"Through dense layers of {widths} units the network says **{classes[int(says.argmax())]}**.")
    if not shown.pulse:
        st.caption("The network knows pulses alone: whatever it sees, it names one of them.")
