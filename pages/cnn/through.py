"""After the window: one pulse of each kind under the kernel, and an image through the network's own layers to its outputs."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.analysis import convolution
from core.charts import numbers
from core.frame import page
from core.models.activations import relu
from core.runs.shipped.pulses import SEEN
from core.serving.shared import shared
from core.ui import cached
from core.ui.class_bars import class_bars
from core.ui.shown import Shown
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.cnn import data as cnn_data
from pages.cnn import pictures
from pages.cnn.choices import brought, put, setter, switch, take_kernel, value
from pages.cnn.images import Picture
from pages.cnn.runs import pulses_of
from pages.cnn.words import in_words, when


@shared()
def _under(_shown: Shown, _kernel: np.ndarray, key: str, kernel: bytes, bias: float, dark: bool) -> tuple[list[Thumbnail], int]:
    """Pictures of the first test pulse of each kind under a kernel, after the ReLU, and their side; classes take turns."""
    run, classes = _shown.run, pulses_of(_shown.run.spec).classes
    firsts = [cnn_data.test_pulse(run, label) for label in range(len(classes))]
    found = [relu(convolution.convolve(image, _kernel, bias)) for image in firsts]
    top = max(float(one.max()) for one in found) or 1.0
    return pictures.maps([(i, one, f"{classes[i]}: up to {numbers.number(one.max())}") for i, one in enumerate(found)], top)


def kinds(shown: Shown, name: str, kernel: np.ndarray, bias: float) -> None:
    """One pulse of each kind under the same kernel, on one scale: what it finds in each."""
    items, side = _under(shown, kernel, shown.key, np.ascontiguousarray(kernel, np.float64).tobytes(), bias, page.theme().dark)
    st.markdown(f"**One pulse of each kind under {name}**, after the ReLU, on one scale. Corners, slopes or turns: what lights up?")
    thumbnails("cnn-kinds", items, side=side, on_pick=lambda number: put("image", f"test-{number}"))
    _study()


def best_state(right: np.ndarray) -> int:
    """The state that gets most test pulses right, of (states,) shares."""
    return int(np.nanargmax(right))


def _study() -> None:
    """The way to kernels that show what the study saw."""
    seen = {words: found for words, found in SEEN.items() if cached.readable(found.run) is not None}
    if not seen:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"The study saw {in_words(len(seen))} things, and so does a run of its kind:", width="content")
        for words, found in seen.items():
            st.button(words, key=f"cnn-study-{found.pulse}", on_click=_go, args=(found.run, found.kernel, found.pulse))


def _go(id_: str, kernel: int, pulse: str) -> None:
    """In a callback: show what the study saw, on the first test pulse of the kind."""
    run = cached.run(id_)
    switch(id_, best_state(run.history["accuracy_test"]))
    put("image", f"test-{pulses_of(run.spec).classes.index(pulse)}")
    put("stage", "after-ReLU")
    take_kernel(kernel - 1)


def through(shown: Shown, picture: Picture) -> None:
    """The same image through the network's own layers."""
    layers = cnn_data.activations(shown, picture.pixels)
    drawn = _drawn(shown, picture.pixels, shown.key, shown.state, picture.pixels.tobytes(), value("map"), page.theme().dark)
    items, side = drawn.maps
    st.markdown(f"**Through all kernels at once**, {when(shown)}, after the ReLU; click one to take its kernel.")
    thumbnails("cnn-maps", items, side=side, picked=value("kernel") - 1, on_pick=take_kernel, own=brought())
    second = layers["relu2"][0]  # (maps, rows, columns)
    adds = "adds up what its kernels find in the first one's maps"
    if len(second) > 1:
        adds += f", {len(second)} times over; map {value('map')} is shown"
    st.markdown(f"**On to the outputs.** The second convolution {adds}; the pool keeps the largest of each 2 × 2.")
    left, middle, dense, last = st.columns([3, 3, 3, 5])
    for column, name, words in ((left, "relu2", "second convolution after its ReLU"), (middle, "pool2", "pooled")):
        one = layers[name][0, value("map") - 1]
        column.image(
            drawn.second[name],
            caption=f"{words}, {one.shape[0]} × {one.shape[1]}, up to {numbers.number(one.max())}",
            alt=f"Map {value('map')} of the {words}",
        )
    if cnn_data.answering(shown) != shown:
        with last:
            st.caption(
                f"The outputs stand here at the last state (epoch {shown.run.epochs[-1]:g}): of the dense layers no other state is kept."
            )
            st.button("Go to the last state", key="cnn-last", on_click=setter("state"), args=(shown.run.states - 1,))
        return
    with dense:
        for place, units in enumerate(shown.run.spec.model.sizes[:-1], start=1):
            values = layers[f"dense{place}"][0]
            st.image(
                drawn.dense[place - 1],
                caption=f"dense layer {place}: {units:,} units from {numbers.span(values.min(), values.max())}",
                alt=f"The values of dense layer {place}",
            )
    with last:
        _outputs(shown, layers, picture)


@dataclass(frozen=True)
class Drawn:
    """An image in the network's layers, as pictures."""

    maps: tuple[list[Thumbnail], int]  # of the first convolution after its ReLU, and their side
    second: dict[str, bytes]  # relu2 and pool2 of one map
    dense: list[bytes]  # units of each hidden dense layer


@shared()
def _drawn(_shown: Shown, _image: np.ndarray, key: str, state: int, image: bytes, number: int, dark: bool) -> Drawn:
    """The pictures of one map of the second convolution and of all that lies around it."""
    layers = cnn_data.activations(_shown, _image)
    maps = layers["relu1"][0]  # (kernels, rows, columns)
    named = [(i, one, f"kernel {i + 1}: up to {numbers.number(one.max())}") for i, one in enumerate(maps)]
    top = float(layers["relu2"].max())
    return Drawn(
        pictures.maps(named, float(maps.max())),
        {name: pictures.amounts(layers[name][0, number - 1], top) for name in ("relu2", "pool2")},
        [pictures.rolled(layers[f"dense{place}"][0]) for place in range(1, len(_shown.run.spec.model.sizes))],
    )


def _outputs(shown: Shown, layers: dict[str, np.ndarray], picture: Picture) -> None:
    classes, model = pulses_of(shown.run.spec).classes, shown.run.spec.model
    says = cnn_data.says(shown, picture.pixels)
    class_bars("cnn-outputs", says, page.theme(), classes=classes, low=cnn_data.floor(shown.run))
    widths = " to ".join(str(n) for n in (layers["pool2"].size, *model.sizes))
    st.caption(f"Through dense layers of {widths} units the network says **{classes[int(says.argmax())]}**.")
    if not picture.pulse:
        st.caption("The network knows pulses alone: whatever it sees, it names one of them.")
