"""What does it answer to: outputs and kernels along a pulse parameter, and the patches that each kernel likes best."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import convolution
from core.analysis.pulse_response import called
from core.charts import numbers, response
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.data.pulses import MEANINGS, draw_one, middle
from core.frame import choices, page
from core.frame.plain import plain
from core.serving.shared import shared
from core.ui.pulse_set import picture
from core.ui.shown import Shown
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.cnn import data as cnn_data
from pages.cnn import pictures
from pages.cnn.choices import ANY, convolve, declare_moved, key, listed, moved, panel, put, take_kernel, unit, value
from pages.cnn.images import own_pulse
from pages.cnn.runs import pulses_of

BEST = 4  # patches a kernel
READABLE = 100  # pixels of a side from which a pulse is shown as it is; smaller ones are enlarged


@panel
def response_panel(shown: Shown) -> None:
    """The sweep, then patches."""
    with st.container(key="cnn-response"):
        _sweep(shown)
        _own(shown)
        _patches(shown)


def _sweep(shown: Shown) -> None:
    spec = pulses_of(shown.run.spec)
    left, right = st.columns([1, 3], gap="large")
    with left:
        kind = st.selectbox("Pulse", spec.classes, key=key("pulse"), on_change=_anew, persist_state="session")
        declare_moved()
        parameter = st.selectbox("Move its", moved(kind), format_func=unit, key=key("along"), on_change=_anew, persist_state="session")
        at = _slider(shown, kind, parameter)
        fixed = {name: middling for name, middling in middle(spec, kind).items() if name not in ("drift", parameter)}
        image = draw_one(spec, kind, {**fixed, parameter: at / MEANINGS[parameter].factor(spec.size)})
        st.image(
            picture(image, page.theme(), 200),
            caption=f"{kind}, {MEANINGS[parameter].title} {numbers.number(at)} {MEANINGS[parameter].unit}",
            alt=f"The {kind} pulse",
        )
    outputs, strongest = cnn_data.sweep(shown, kind, parameter, fixed)
    with right:
        _curves(shown, kind, parameter, at, outputs, strongest)


def _anew() -> None:
    """In a callback: another parameter starts in the middle of its range."""
    put("at", None)


def _range(shown: Shown, parameter: str) -> tuple[float, float, float, float]:
    """Least, most, and the two ends that the network was trained between, in the unit shown."""
    spec = pulses_of(shown.run.spec)
    factor = MEANINGS[parameter].factor(spec.size)
    least, most, low, high = (n * factor for n in (*cnn_data.span(spec, parameter), *getattr(spec, parameter)))
    return least, most, low, high


def _slider(shown: Shown, kind: str, parameter: str) -> float:
    """The parameter's value in the unit shown; it opens in the middle of what the network was trained with."""
    least, most, low, high = _range(shown, parameter)
    held = value("at")
    at = min(max((low + high) / 2 if held is None else held, least), most)
    taken = choices.showing(f"cnn-at-{kind}-{parameter}", at, lambda item: put("at", item))
    return st.slider(MEANINGS[parameter].title.capitalize(), least, most, format="%.3g", **taken)


def _curves(shown: Shown, kind: str, parameter: str, at: float, outputs: pd.DataFrame, strongest: pd.DataFrame) -> None:
    least, most, low, high = _range(shown, parameter)
    factor = MEANINGS[parameter].factor(pulses_of(shown.run.spec).size)
    trained = (low, high) if (low, high) != (least, most) else None
    listing, dark = tuple(listed(shown.run.spec.model.channels[0])), page.theme().dark
    said, answers, kernels = _along(shown, outputs, strongest, shown.key, shown.state, kind, parameter, at, factor, trained, listing, dark)
    if cnn_data.answering(shown) == shown:
        st.markdown(said)
        page.chart(answers, alt_text=said.replace("**", ""), key="cnn-sweep-outputs", width="stretch")
    else:
        st.caption("The outputs stand here at the last state: of the dense layers no other state is kept. Move the player to its end.")
    best = strongest.loc[strongest["response"].idxmax()]
    largest = f"the largest, {numbers.number(best['response'])}, is kernel {best['kernel']}'s"
    words = f"Each kernel's strongest response along the parameter; {largest}"
    page.chart(kernels, alt_text=words, key="cnn-sweep-kernels", width="stretch")
    shaded = "Shaded: the range it was trained with. " if trained else ""
    st.caption(f"{shaded}Strongest response: the largest value of a kernel's feature map after the ReLU. The line marks your pulse.")
    st.download_button(
        "Curves, CSV",
        lambda: _csv(*(_scaled(frame, factor) for frame in (outputs, strongest))),
        f"{shown.id}-{kind}-{parameter}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _scaled(frame: pd.DataFrame, factor: float) -> pd.DataFrame:
    """The parameter in the unit shown."""
    return frame.assign(value=frame["value"] * factor)


@shared()
def _along(
    _shown: Shown,
    _outputs: pd.DataFrame,
    _strongest: pd.DataFrame,
    key: str,
    state: int,
    kind: str,
    parameter: str,
    at: float,
    factor: float,
    trained: tuple[float, float] | None,
    listing: tuple[int, ...],
    dark: bool,
) -> tuple[str, Prepared, Prepared]:
    """The sentence, and the curves of the outputs and of these kernels."""
    outputs, strongest = _scaled(_outputs, factor), _scaled(_strongest, factor)
    table = outputs.rename(columns={"class": "curve", "output": "answer"})
    domain = (cnn_data.floor(_shown.run), 1.0)
    answers = response.along(table, at, (unit(parameter), "output"), theme(dark), domain=domain, trained=trained)
    table = strongest[strongest["kernel"].isin([str(kernel + 1) for kernel in listing])]
    table = table.rename(columns={"kernel": "curve", "response": "answer"})
    kernels = response.along(table, at, (unit(parameter), "strongest response"), theme(dark), trained=trained)
    return _sentence(kind, outputs, trained), answers, kernels


def _sentence(kind: str, outputs: pd.DataFrame, trained: tuple[float, float] | None) -> str:
    """How many pulses along the range are called what they are, inside and outside of what the network was trained with."""
    inside, beyond = called(outputs, kind, trained)
    text = f"**{inside[0]} of {inside[1]} {kind} pulses of the range it was trained with are called {kind}"
    if trained:
        text += f", and {beyond[0]} of {beyond[1]} beyond it"
    return f"{text}.** The rest of the pulse stays in the middle of its ranges."


def _csv(outputs: pd.DataFrame, strongest: pd.DataFrame) -> bytes:
    wide = outputs.pivot(index="value", columns="class", values="output").add_prefix("output ")
    more = strongest.pivot(index="value", columns="kernel", values="response").add_prefix("kernel ")
    return wide.join(more).to_csv().encode()


def _own(shown: Shown) -> None:
    """The patch of the learner's own pulse that each kernel likes best."""
    own = own_pulse(shown)
    if own is None:
        st.markdown("**In a pulse of your own** each kernel's favourite patch stands here once you have made one.")
        st.page_link("pages/pulses/page.py", label="Make a pulse on the Pulses page", icon=":material/show_chart:")
        return
    maps = cnn_data.activations(shown, own.pixels)["conv1"][0]  # (kernels, rows, columns)
    st.markdown(f"**In your own pulse** ({plain(own.name)}) each kernel likes this patch best, and here it lies:")
    items = []
    for kernel in listed(len(maps)):
        row, column, top = convolution.strongest(maps[kernel])
        items.append(Thumbnail(kernel, _patch(shown, own.pixels, row, column), f"kernel {kernel + 1}: {numbers.number(top)}"))
    thumbnails("cnn-own-patches", items, side=0, scale=_scale(shown), on_pick=lambda kernel: _convolve("own", kernel), own=True)


def _patches(shown: Shown) -> None:
    """The best test patches of each kernel with their place in their image."""
    classes = pulses_of(shown.run.spec).classes
    st.markdown(
        "**The patches that each kernel answers to most**, with their place, among the first "
        f"{cnn_data.searched(shown.run)} test pulses. Click one to convolve it."
    )
    of = st.segmented_control(
        "Look in",
        [ANY, *classes],
        format_func=lambda name: "all pulses" if name == ANY else name,
        key=key("of"),
        required=True,
        persist_state="session",
    )
    liked = _liked(shown, shown.key, shown.state, None if of in (None, ANY) else classes.index(of), page.theme().dark)
    planes = cnn_data.planes(shown, "conv1")[shown.state]
    if len(listed(len(planes))) < len(planes):
        st.caption(
            f"Kernels {listed(len(planes))[0] + 1} to {listed(len(planes))[-1] + 1} of {len(planes)}: those around the one picked above."
        )
    for kernel in listed(len(planes)):
        left, right = st.columns([1, 6], vertical_alignment="top")
        with left:
            st.image(
                _kernel(shown, shown.key, shown.state, kernel, page.theme().dark),
                caption=f"kernel {kernel + 1}, on its own scale",
                alt=f"The weights of kernel {kernel + 1}",
            )
        with right:
            pick = partial(_convolve_test, kernel)
            thumbnails(f"cnn-patches-{kernel + 1}", liked[kernel], side=0, scale=_scale(shown), on_pick=pick)


@shared()
def _liked(_shown: Shown, key: str, state: int, label: int | None, dark: bool) -> list[list[Thumbnail]]:
    """Of each kernel the patches that it likes best."""
    classes = pulses_of(_shown.run.spec).classes
    images, labels = cnn_data.test_pulses(_shown.run), cnn_data.labels(_shown.run)
    best = cnn_data.liked(_shown, BEST, label)
    return [
        [
            Thumbnail(
                int(row.image),
                _patch(_shown, images[row.image], row.row, row.column),
                f"{classes[labels[row.image]]} {row.image}: {numbers.number(row.response)}",
            )
            for row in best[best["kernel"] == kernel + 1].itertuples()
        ]
        for kernel in range(_shown.run.spec.model.channels[0])
    ]


@shared()
def _kernel(_shown: Shown, key: str, state: int, kernel: int, dark: bool) -> bytes:
    return pictures.kernel(cnn_data.planes(_shown, "conv1")[state, kernel])


def _patch(shown: Shown, image: np.ndarray, row: int, column: int) -> str:
    return pictures.patch(image, row, column, shown.run.spec.model.kernel_size)


def _scale(shown: Shown) -> int:
    """How many times its size a pulse is shown."""
    return max(1, READABLE // shown.run.spec.model.image)


def _convolve_test(kernel: int, image: int) -> None:
    _convolve(f"test-{image}", kernel)


def _convolve(image: str, kernel: int) -> None:
    convolve(image)
    take_kernel(kernel)
