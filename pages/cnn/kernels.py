"""Kernels over the training: which run, the film, and stills beside it."""

import math

import numpy as np
import streamlit as st

from core.analysis import kernels
from core.charts import numbers, raster
from core.charts.theme import theme
from core.frame import choices, page
from core.serving.shared import shared
from core.ui import networks, shown
from core.ui.shown import Shown
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.cnn import data as cnn_data
from pages.cnn.choices import BUTTONS, PAGE, before_switch, key, put, setter, switch_back, take_run, value
from pages.cnn.film import Row, frames, kernel_film
from pages.cnn.fold import folded
from pages.cnn.picked import picked_kernel
from pages.cnn.runs import family, fits
from pages.cnn.sentences import sentences
from pages.cnn.states import state_player
from pages.cnn.words import HISTORY_ALONE

HINT = "Point at a weight to read it; click a kernel to pick it."
ACROSS = 5  # kernels in a row of a still, more where there are many
WIDE, HIGH = 260, 110  # pixels of a still, about
HIGHEST = 200  # pixels; where stills are higher there are two of them alone
TILE = 150  # CSS pixels of a kernel in the film, about


def kernels_panel(of: Shown) -> None:
    """The page's first picture, the choices and stills beside it, and below them the picked kernel."""
    kept = cnn_data.kept(of.run)
    left, right = st.columns([11, 4], gap="medium")
    with right:
        choose_run()
        _switched(of)
        _count(of)
        if kept:
            _map(of)
    with left:
        if not kept:
            page.empty(HISTORY_ALONE, "Its loss profile stands below; choose another run to see kernels.", 420)
            return
        _film(of)
    if of.run.states > 1:
        with right, folded("Stills at a few epochs", "cnn-fold-stills") as is_open:
            if is_open:
                _stills(of)
    with folded(f"Kernel {value('kernel')}, large and over the states", "cnn-fold-kernel") as is_open, st.container(key="cnn-structure"):
        if is_open:
            picked_kernel(of)


def choose_run() -> None:
    """Which training."""
    networks.chooser(PAGE, "run", fits, title="Training run", on_change=lambda: put("state", None))


def _switched(of: Shown) -> None:
    """That a button has put this run in another one's place, and the way back."""
    before = before_switch()
    if before:
        st.caption(f"**{of.title}** is shown in place of **{networks.label(before)}**, which you had chosen.")
        st.button(f"Back to {networks.label(before)}", icon=":material/arrow_back:", key="cnn-switch-back", on_click=switch_back)


def _count(of: Shown) -> None:
    """With how many kernels, where the same was trained with several numbers of them."""
    members = family(of.run.spec)
    if len(members) < 2:
        return
    taken = choices.showing("cnn-count", of.run.spec.model.channels[0], lambda count: take_run(members[count]))
    st.segmented_control("Number of kernels", list(members), required=True, **taken)


def _map(of: Shown) -> None:
    """Which map of the second convolution, where it has several."""
    count = of.run.spec.model.channels[1]
    if count > BUTTONS:
        st.number_input(f"Map of the second convolution, 1 to {count}", 1, count, key=key("map"), persist_state="session")
    elif count > 1:
        st.segmented_control("Map of the second convolution", range(1, count + 1), key=key("map"), required=True, persist_state="session")


def _film(of: Shown) -> None:
    model = of.run.spec.model
    count, side = model.channels[0], model.kernel_size
    first, second = cnn_data.planes(of, "conv1"), cnn_data.planes(of, "conv2")
    second = second[:, (value("map") - 1) * count :][:, :count]  # (states, kernels, k, k)
    kept = frames(of.run.states, of.state, 2 * count * side * side)
    scale = max(2, TILE // side)
    whose = f", map {value('map')} of {model.channels[1]}" if model.channels[1] > 1 else ""
    limits = [cnn_data.limit(of, layer) for layer in ("conv1", "conv2")]
    many = f"{count} kernel{'s' * (count > 1)} of {side} × {side}"
    rows = [
        Row(f"First convolution: {many}, {_scale(limits[0])}", first[kept], limits[0], scale),
        Row(
            f"Second convolution{whose}: one kernel for each map of the first, {_scale(limits[1])}",
            second[kept],
            limits[1],
            max(2, scale // 2),
        ),
    ]
    with st.container(key="cnn-kernels"):
        kernel_film(
            "cnn-film",
            rows,
            page.theme(),
            states=kept,
            source=f"{of.key} {page.theme().dark}",
            of=(value("map"), *kept),
            state=of.state,
            picked=value("kernel") - 1,
            on_pick=lambda kernel: put("kernel", kernel + 1),
            hint=HINT,
        )
    state_player(of, sentences(of))
    page.legend()
    if len(kept) < of.run.states:
        st.caption(f"While the player moves, {len(kept)} of the {of.run.states} stored states are drawn; at rest it is the one shown.")


def _scale(limit: float) -> str:
    return f"colours from {numbers.span(-limit, limit)}"


def _stills(of: Shown) -> None:
    """The same kernels at a few states, so that the film can be compared with what stands still; a click goes there."""
    items, scale = _drawn_stills(of, of.key, of.run.states, page.theme().dark)
    st.caption("Stills of the first convolution, on the film's colours. Click one to go there.")
    thumbnails("cnn-stills", items, side=0, scale=scale, picked=of.state, on_pick=setter("state"))


@shared()
def _drawn_stills(_of: Shown, key: str, count_of_states: int, dark: bool) -> tuple[list[Thumbnail], int]:
    """The stills, and how many times their size they are shown."""
    of = _of
    stack, limit, palette = cnn_data.planes(of, "conv1"), cnn_data.limit(of, "conv1"), theme(dark).signed_palette
    count, side = stack.shape[1:3]
    across = min(count, max(ACROSS, math.isqrt(2 * count)), max(1, WIDE // (side + 1)))
    width, height = across * (side + 1) - 1, -(-count // across) * (side + 1) - 1
    scale = max(1, min(WIDE // width, HIGH // height))
    states, names = kernels.stills(of.run.epochs), shown.labels(of.run)
    if scale * height > HIGHEST:
        states = [states[0], states[-1]]
    ends = {0: ", the start", of.run.states - 1: ", the end"}
    zero = raster.signed_levels(np.zeros(1), 1.0)[0]
    items = []
    for state in states:
        sheet = raster.tiled(raster.signed_levels(stack[state], limit), across, fill=zero)
        items.append(Thumbnail(state, raster.png_url(sheet, palette), f"epoch {names[state]}{ends.get(state, '')}"))
    return items, scale
