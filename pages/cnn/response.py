"""What does it answer to: outputs and kernels along a pulse parameter, and the patches that each kernel likes best."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import convolution
from core.charts import raster, response
from core.charts.theme import Theme
from core.data.pulses import MEANINGS, draw_one, middle
from core.ui import link, page
from core.ui.pulse_set import picture
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.cnn import choices as cnn_choices
from pages.cnn import data as cnn_data
from pages.cnn.choices import ANY, PAGE, moved, put, unit
from pages.cnn.images import own_pulse
from pages.cnn.view import View, setter, settle, write_link

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
    write_link(view)


def _sweep(view: View) -> None:
    spec = view.pulses
    left, right = st.columns([1, 3], gap="large")
    with left:
        kind = st.selectbox("Pulse", spec.classes, key=link.key(PAGE, "pulse"), on_change=put, args=("at", None), persist_state="session")
        put("along", cnn_choices.parameter(kind))
        parameter = st.selectbox(
            "Move its",
            moved(kind),
            format_func=unit,
            key=link.key(PAGE, "along"),
            on_change=put,
            args=("at", None),
            persist_state="session",
        )
        at = _slider(view, kind, parameter)
        fixed = {name: value for name, value in middle(spec, kind).items() if name not in ("drift", parameter)}
        image = draw_one(spec, kind, {**fixed, parameter: at / MEANINGS[parameter].factor(spec.size)})
        st.image(picture(image, page.theme(), 200), caption=f"{kind}, {MEANINGS[parameter].title} {at:.3g} {MEANINGS[parameter].unit}")
    outputs, strongest = cnn_data.sweep(view.name, view.state, kind, parameter, tuple(sorted(fixed.items())))
    with right:
        _curves(view, kind, parameter, at, outputs, strongest)


def _range(view: View, kind: str, parameter: str) -> tuple[float, float, float, float]:
    """Least, most, and the two ends that the network was trained between, in the unit shown."""
    meaning = MEANINGS[parameter]
    factor = meaning.factor(view.pulses.size)
    low, high = getattr(view.pulses, parameter)
    return min(meaning.least, low) * factor, max(meaning.most, high) * factor, low * factor, high * factor


def _slider(view: View, kind: str, parameter: str) -> float:
    """The parameter's value in the unit shown; it opens in the middle of what the network was trained with."""
    least, most, low, high = _range(view, kind, parameter)
    held = link.value(PAGE, "at")
    key = f"cnn-at-{kind}-{parameter}"
    st.session_state[key] = min(max((low + high) / 2 if held is None else held, least), most)
    return st.slider(
        MEANINGS[parameter].title.capitalize(), least, most, key=key, on_change=lambda: put("at", st.session_state[key]), format="%.3g"
    )


def _curves(view: View, kind: str, parameter: str, at: float, outputs: pd.DataFrame, strongest: pd.DataFrame) -> None:
    least, most, low, high = _range(view, kind, parameter)
    factor = MEANINGS[parameter].factor(view.pulses.size)
    outputs, strongest = (frame.assign(value=frame["value"] * factor) for frame in (outputs, strongest))
    trained = (low, high) if (low, high) != (least, most) else None
    if view.last:
        st.markdown(_sentence(kind, outputs, trained))
        floor = -1.0 if view.run.spec.model.output == "tanh" else 0.0
        table = outputs.rename(columns={"class": "curve", "output": "answer"})
        chart = response.along(table, at, (unit(parameter), "output"), page.theme(), domain=(floor, 1.0), trained=trained)
        page.chart(chart, alt_text="The network's outputs along the parameter", key="cnn-sweep-outputs", width="stretch")
    else:
        st.caption("The outputs stand here at the last state: of the dense layers no other state is kept. Move the player to its end.")
    table = strongest.rename(columns={"kernel": "curve", "response": "answer"})
    chart = response.along(table, at, (unit(parameter), "strongest response"), page.theme(), trained=trained)
    page.chart(chart, alt_text="Each kernel's strongest response along the parameter", key="cnn-sweep-kernels", width="stretch")
    shaded = "Shaded: the range it was trained with. " if trained else ""
    st.caption(f"{shaded}Strongest response: the largest value of a kernel's feature map after the ReLU. The line marks your pulse.")
    st.download_button(
        "Curves, CSV",
        lambda: _csv(outputs, strongest),
        f"{view.name}-{kind}-{parameter}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _sentence(kind: str, outputs: pd.DataFrame, trained: tuple[float, float] | None) -> str:
    """How many pulses along the range are called what they are, inside and outside of what the network was trained with."""
    from core.analysis.pulse_response import called

    inside, beyond = called(outputs, kind, trained)
    text = f"**{inside[0]} of {inside[1]} {kind} pulses of the range it was trained with are called {kind}"
    if trained:
        text += f", and {beyond[0]} of {beyond[1]} beyond it"
    return f"{text}.** The rest of the pulse stays in the middle of its ranges."


def _csv(outputs: pd.DataFrame, strongest: pd.DataFrame) -> bytes:
    wide = outputs.pivot(index="value", columns="class", values="output").add_prefix("output ")
    more = strongest.pivot(index="value", columns="kernel", values="response").add_prefix("kernel ")
    return wide.join(more).to_csv().encode()


def _own(view: View) -> None:
    """The patch of the learner's own pulse that each kernel likes best."""
    own = own_pulse(view)
    if own is None:
        st.markdown("**In a pulse of your own** each kernel's favourite patch stands here once you have made one.")
        st.page_link("pages/pulses/page.py", label="Make a pulse on the Pulses page", icon=":material/show_chart:")
        return
    maps = cnn_data.activations(view.name, view.state, own.pixels)["conv1"][0]  # (kernels, rows, columns)
    st.markdown(f"**In your own pulse** ({own.name}) each kernel likes this patch best, and here it lies:")
    items = []
    for kernel, one in enumerate(maps):
        row, column, top = convolution.strongest(one)
        items.append(Thumbnail(kernel, _patch(view, own.pixels, row, column), f"kernel {kernel + 1}: {top:.3g}"))
    thumbnails("cnn-own-patches", items, side=0, scale=1, on_pick=lambda kernel: _convolve("own", kernel))


def _patches(view: View) -> None:
    """The best test patches of each kernel with their place in their image."""
    found = cnn_data.test_set(view.name)
    searched = min(SEARCHED, len(found.images))
    classes = view.pulses.classes
    st.markdown(
        f"**The patches that each kernel answers to most**, with their place, among the first {searched} test pulses. "
        "Click one to convolve it."
    )
    of = st.segmented_control(
        "Look in",
        [ANY, *classes],
        format_func=lambda name: "all pulses" if name == ANY else name,
        key=link.key(PAGE, "of"),
        required=True,
        persist_state="session",
    )
    label = None if of in (None, ANY) else classes.index(of)
    best = cnn_data.liked(view.name, view.state, searched, BEST, label)
    side = view.run.spec.model.kernel_size
    for kernel in range(1, view.run.spec.model.channels[0] + 1):
        weights = cnn_data.planes(view.name, "conv1.kernel")[view.state, kernel - 1]
        left, right = st.columns([1, 6], vertical_alignment="top")
        with left:
            levels = raster.signed_levels(weights, float(np.abs(weights).max()))
            st.image(raster.png(levels, page.theme().signed_palette, max(1, 100 // side)), caption=f"kernel {kernel}, on its own scale")
        with right:
            items = [
                Thumbnail(
                    int(row.image),
                    _patch(view, found.images[row.image], row.row, row.column),
                    f"{classes[found.labels[row.image]]} {row.image}: {row.response:.3g}",
                )
                for row in best[best["kernel"] == kernel].itertuples()
            ]
            thumbnails(f"cnn-patches-{kernel}", items, side=0, scale=1, on_pick=partial(_convolve_test, kernel - 1))


def _patch(view: View, image: np.ndarray, row: int, column: int) -> str:
    """A patch enlarged to the image's height, and beside it the image (h, w) with the patch's frame, as a data address."""
    side, theme = view.run.spec.model.kernel_size, page.theme()
    whole = framed(image, row, column, side, theme)
    patch = theme.ink_palette[raster.amount_levels(image[row : row + side, column : column + side], 1)]
    scale = max(1, len(whole) // side)
    large = patch.repeat(scale, 0).repeat(scale, 1)
    sheet = np.empty((len(whole), large.shape[1] + 2 + whole.shape[1], 3), np.uint8)
    sheet[:] = _colour(theme.grid)
    sheet[: len(large), : large.shape[1]] = large
    sheet[:, large.shape[1] + 2 :] = whole
    return raster.rgb_url(sheet)


def _colour(name: str) -> list[int]:
    return [int(name[i : i + 2], 16) for i in (1, 3, 5)]


def framed(image: np.ndarray, row: int, column: int, side: int, theme: Theme) -> np.ndarray:
    """An image in ink (h, w) -> (h, w, 3) uint8 with the frame of a patch; `row` and `column` are its upper left pixel."""
    sheet = theme.ink_palette[raster.amount_levels(image, 1)].copy()
    colour = _colour(theme.lines[1])
    bottom, right = row + side - 1, column + side - 1
    sheet[[row, bottom], column : right + 1] = colour
    sheet[row : bottom + 1, [column, right]] = colour
    return sheet


def _convolve_test(kernel: int, image: int) -> None:
    _convolve(f"test-{image}", kernel)


def _convolve(image: str, kernel: int) -> None:
    setter("image")(image)
    setter("kernel")(kernel + 1)
    setter("filter")(cnn_choices.LEARNED)
    setter("section")("convolution")
