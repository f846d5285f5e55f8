"""What does it answer to: outputs and kernels along a pulse parameter, and the patches that each kernel likes best."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import convolution
from core.charts import cnn_curves, raster
from core.charts.theme import Theme
from core.data.pulses import draw_one, middle
from core.ui import cnn_data, page
from core.ui.cnn_images import own_pulse
from core.ui.cnn_view import View, setter, settle
from core.ui.thumbnails import Thumbnail, thumbnails

WORDS = {
    "amplitude": "amplitude (share of the height)",
    "square_width": "width (share of the image)",
    "gaussian_sd": "standard deviation (share of the image)",
    "frequency": "frequency (cycles over the image)",
    "phase": "phase (cycles)",
    "x_offset": "place from left to right (share of the room)",
    "y_offset": "place upwards (share of the room)",
}
SHAPING = ("square_width", "gaussian_sd", "frequency")  # what a pulse's kind is told by; moved first
SEARCHED = 300  # test images in which the best patches are looked for
BEST = 4  # patches a kernel


@st.fragment
def response_panel(view: View) -> None:
    """The sweep, then patches."""
    settle()
    with st.container(key="cnn-response"):
        _sweep(view)
        _own(view)
        _patches(view)


def _sweep(view: View) -> None:
    from core.analysis.pulse_response import swept

    spec = view.pulses
    left, right = st.columns([1, 3], gap="large")
    with left:
        kind = st.selectbox("Pulse", spec.classes, min(1, len(spec.classes) - 1), key="cnn-sweep-kind")
        choices = swept(kind)
        shaping = next(i for i, name in enumerate(choices) if name in SHAPING)
        parameter = st.selectbox("Move its", choices, shaping, format_func=WORDS.__getitem__, key=f"cnn-sweep-{kind}")
        low, high = getattr(spec, parameter)
        at = st.slider(WORDS[parameter], low, high, (low + high) / 2, key=f"cnn-at-{parameter}")
        fixed = {name: value for name, value in middle(spec, kind).items() if name not in ("drift", parameter)}
        image = draw_one(spec, kind, {**fixed, parameter: at})
        st.image(raster.png(raster.amount_levels(image, 1), page.theme().ink_palette, 2), caption=f"{kind}, {WORDS[parameter]} {at:.3g}")
    outputs, strongest = cnn_data.sweep(view.name, view.state, kind, parameter, tuple(sorted(fixed.items())))
    with right:
        if view.last:
            wins = outputs.loc[outputs.groupby("value")["output"].idxmax(), "class"]
            st.markdown(
                f"Of {len(wins)} {kind} pulses along this range the network calls {(wins == kind).sum()} a {kind}. The rest of the pulse "
                "stays in the middle of its ranges."
            )
            floor = -1.0 if view.run.spec.model.output == "tanh" else 0.0
            chart = cnn_curves.parameter_curves(
                outputs, "class", "output", at, (WORDS[parameter], "output"), page.theme(), domain=(floor, 1.0)
            )
            page.chart(chart, alt_text="The network's outputs along the parameter", key="cnn-sweep-outputs", width="stretch")
        else:
            st.caption("The outputs stand here at the last state: of the dense layers no other state is kept. Move the player to its end.")
        chart = cnn_curves.parameter_curves(
            strongest, "kernel", "response", at, (WORDS[parameter], "strongest response"), page.theme(), domain=None
        )
        page.chart(chart, alt_text="Each kernel's strongest response along the parameter", key="cnn-sweep-kernels", width="stretch")
        st.download_button(
            "Curves, CSV",
            lambda: _csv(outputs, strongest),
            f"{view.name}-{kind}-{parameter}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def _csv(outputs: pd.DataFrame, strongest: pd.DataFrame) -> bytes:
    wide = outputs.pivot(index="value", columns="class", values="output").add_prefix("output ")
    more = strongest.pivot(index="value", columns="kernel", values="response").add_prefix("kernel ")
    return wide.join(more).to_csv().encode()


def _own(view: View) -> None:
    """The patch of the learner's own pulse that each kernel likes best."""
    own = own_pulse(view)
    if own is None:
        st.caption("Make a pulse of your own on the Pulses page: here stands then the patch of it that each kernel likes best.")
        return
    maps = cnn_data.activations(view.name, view.state, own.pixels)["conv1"][0]  # (kernels, rows, columns)
    st.markdown(f"**In your own pulse** ({own.name}) each kernel likes this patch best:")
    items = []
    for kernel, one in enumerate(maps):
        row, column, top = convolution.strongest(one)
        picture = framed(own.pixels, row, column, view.run.spec.model.kernel_size, page.theme())
        items.append(Thumbnail(kernel, raster.rgb_url(picture), f"kernel {kernel + 1}: {top:.3g}"))
    thumbnails("cnn-own-patches", items, side=len(own.pixels))


def _patches(view: View) -> None:
    """The best test patches of each kernel with their place in their image."""
    searched = min(SEARCHED, len(cnn_data.test_set(view.name).images))
    found = cnn_data.liked(view.name, view.state, searched, BEST)
    st.markdown(f"**The patches that each kernel answers to most**, among the first {searched} test pulses. Click one to convolve it.")
    images = cnn_data.test_set(view.name).images
    side = view.run.spec.model.kernel_size
    for kernel in range(1, view.run.spec.model.channels[0] + 1):
        mine = found[found["kernel"] == kernel]
        weights = cnn_data.planes(view.name, "conv1.kernel")[view.state, kernel - 1]
        left, right = st.columns([1, 5], vertical_alignment="center")
        with left:
            levels = raster.signed_levels(weights, float(np.abs(weights).max()))
            st.image(raster.png(levels, page.theme().signed_palette, 4), caption=f"kernel {kernel}, on its own scale")
        with right:
            items = [
                Thumbnail(
                    int(row.image),
                    raster.rgb_url(framed(images[row.image], row.row, row.column, side, page.theme())),
                    f"test {row.image}: {row.response:.3g}",
                )
                for row in mine.itertuples()
            ]
            thumbnails(f"cnn-patches-{kernel}", items, side=images.shape[1], on_pick=_convolve)


def framed(image: np.ndarray, row: int, column: int, side: int, theme: Theme) -> np.ndarray:
    """An image in ink (h, w) -> (h, w, 3) uint8 with the frame of a patch; `row` and `column` are its upper left pixel."""
    picture = theme.ink_palette[raster.amount_levels(image, 1)].copy()
    colour = [int(theme.lines[1][i : i + 2], 16) for i in (1, 3, 5)]
    bottom, right = row + side - 1, column + side - 1
    picture[[row, bottom], column : right + 1] = colour
    picture[row : bottom + 1, [column, right]] = colour
    return picture


def _convolve(image: int) -> None:
    setter("image")(f"test-{image}")
    setter("section")("convolution")
