"""Kernels over the training: the film, stills beside it, the picked kernel and how much structure it has."""

import pandas as pd
import streamlit as st

from core.analysis import kernels
from core.charts import cells, curves, numbers, raster
from core.charts.prepared import Prepared
from core.models.structure import low_share, of_noise, roughness
from core.runs.shipped.pulses import LABELS, RUNS
from core.ui import address, page
from core.ui.player import player
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.cnn import data as cnn_data
from pages.cnn.downloads import downloads
from pages.cnn.film import Row, kernel_film
from pages.cnn.view import View, recipe, setter, take_run

TARGETS = ("cnn-kernels", "cnn-structure", "cnn-loss")
HINT = "Point at a weight to read it; click a kernel to pick it."
ACROSS = 5  # kernels in a row of a still
TILE = 150  # CSS pixels of a kernel in the film, about
SIDE = 225  # of the picked kernel, at the most


def kernels_panel(view: View) -> None:
    """The page's first picture, the choices and stills beside it, and below them the picked kernel."""
    left, right = st.columns([11, 4], gap="medium")
    with right:
        _choices(view)
    if not view.has_weights:
        with left:
            page.empty("This run keeps its history alone", "Its loss profile stands below; choose another run to see kernels.", 420)
        return
    with left:
        _film(view)
    with right:
        _stills(view)
    with st.container(key="cnn-structure"):
        _picked(view)


def _choices(view: View) -> None:
    """Which training, and with how many kernels where it was done with several numbers of them."""
    firsts: dict[str, str] = {}
    for name in LABELS:
        firsts.setdefault(recipe(name), name)
    st.session_state["cnn-recipe"] = recipe(view.name)
    st.selectbox("Training run", list(firsts), key="cnn-recipe", on_change=lambda: take_run(firsts[st.session_state["cnn-recipe"]]))
    if len(view.family) > 1:
        counts = {RUNS[name].model.channels[0]: name for name in view.family}
        st.session_state["cnn-count"] = RUNS[view.name].model.channels[0]
        st.segmented_control(
            "Number of kernels",
            list(counts),
            key="cnn-count",
            required=True,
            on_change=lambda: take_run(counts[st.session_state["cnn-count"]]),
        )


def _film(view: View) -> None:
    first, second = (cnn_data.planes(view.name, f"conv{n}.kernel") for n in (1, 2))
    model = view.run.spec.model
    side = model.kernel_size
    scale = max(2, TILE // side)
    limits = [kernels.limit(stack) for stack in (first, second)]
    rows = [
        Row(f"First convolution: {len(first[0])} kernels of {side} × {side}, {_scale(limits[0])}", first, limits[0], scale),
        Row(f"Second convolution: one kernel for each map of the first, {_scale(limits[1])}", second, limits[1], max(2, scale // 2)),
    ]
    with st.container(key="cnn-kernels"):
        kernel_film(
            "cnn-film",
            rows,
            page.theme(),
            source=f"{view.name} {page.theme().dark}",
            state=view.state,
            picked=view.kernel,
            on_pick=lambda kernel: setter("kernel")(kernel + 1),
            hint=HINT,
        )
    state_player(view)
    page.legend()


def _scale(limit: float) -> str:
    return f"colours from {numbers.span(-limit, limit)}"


def state_player(view: View) -> None:
    """The player that drives every picture with a mark at the state shown."""

    def moved() -> None:
        setter("state")(int(st.session_state["cnn-player"]["frame"]))

    labels = [f"{epoch:.3g}" for epoch in view.run.epochs]
    player("cnn-player", labels, view.state, TARGETS, name="epoch", on_rest=moved)


def _stills(view: View) -> None:
    """The same kernels at a few states, so that the film can be compared with what stands still; a click goes there."""
    stack = cnn_data.planes(view.name, "conv1.kernel")
    limit, palette = kernels.limit(stack), page.theme().signed_palette
    shown = kernels.stills(view.run.epochs)
    ends = {0: ", the start", view.run.states - 1: ", the end"}
    items = []
    for state in shown:
        levels = raster.signed_levels(raster.tiled(stack[state], ACROSS), limit)
        items.append(Thumbnail(state, raster.png_url(levels, palette), f"epoch {view.run.epochs[state]:.3g}{ends.get(state, '')}"))
    st.caption("Stills of the first convolution, on the film's colours. Click one to go there.")
    thumbnails("cnn-stills", items, side=0, picked=view.state, on_pick=setter("state"))


def _picked(view: View) -> None:
    """The picked kernel at the state shown: each weight, its numbers, and its two measures of structure over the epochs."""
    weights = cnn_data.planes(view.name, "conv1.kernel")[view.state, view.kernel]
    picture, words, low, tv = st.columns([5, 6, 6, 6])
    with picture:
        st.markdown(f"**Kernel {view.kernel + 1}** at {view.epoch}")
        limit = kernels.limit(cnn_data.planes(view.name, "conv1.kernel"))
        chart = cells.cells(weights, limit, page.theme(), value="weight", size=max(1, SIDE // len(weights)), axes=False, first=1)
        page.chart(chart, alt_text=f"Weights of kernel {view.kernel + 1}", key="cnn-picked")
    with words:
        act = float(view.run.history[f"act{view.kernel + 1}"][view.state])
        row, column = divmod(int(abs(weights).argmax()), weights.shape[1])
        st.markdown(
            f"{weights.size:,} weights from {weights.min():.4f} to {weights.max():.4f}, mean {round(float(weights.mean()), 4) + 0.0:.4f}. "
            f"The largest in size, {weights[row, column]:+.4f}, lies in row {row + 1}, column {column + 1}. "
            f"Its map is above 0 in {act:.1%} of places."
        )
        downloads(view)
    measured = cnn_data.structure(view.name)
    mine = measured[measured["kernel"] == view.kernel + 1]
    noise_low, noise_tv = _noise(len(weights))
    with low:
        st.markdown(f"**Broad strokes (low) {float(low_share(weights)):.2f}**, noise {noise_low:.2f}")
        _measure(view, mine, "low", "share of energy", (0.0, 1.0), noise_low)
        st.caption(
            "The share of its energy in broad stripes and patches, as against speckle. It rises as the kernel finds something to look for."
        )
    with tv:
        st.markdown(f"**Roughness (tv) {float(roughness(weights)):.2f}**, noise {noise_tv:.2f}")
        _measure(view, mine, "tv", "standard deviations", (0.0, 1.3), noise_tv)
        st.caption("How far neighbouring weights lie apart on average (total variation). It falls as the kernel gets smooth.")


@st.cache_data(show_spinner=False, max_entries=8)
def _noise(side: int) -> tuple[float, float]:
    """low and tv that kernels of this side have on average when their weights are uniform noise."""
    return of_noise(side)


def _measure(view: View, mine: pd.DataFrame, name: str, title: str, domain: tuple[float, float], noise: float) -> None:
    curve = pd.DataFrame({"state": mine["state"], "epoch": mine["epoch"], "curve": name, "value": mine[name]})
    states = mine[["state", "epoch", "low", "tv"]]
    chart = curves.over_epochs(curve, states, title, page.theme(), opening(view), domain=domain, height=150, level=(noise, "noise"))
    state_chart(chart, f"cnn-structure-{name}", f"{name} of the picked kernel over the epochs")


def state_chart(chart: Prepared, key: str, alt_text: str) -> None:
    """Curves over the states (see core.charts.curves.over_epochs); a click goes to a state."""

    def moved() -> None:
        picked = (st.session_state[key].get("selection") or {}).get("picked")
        if picked:
            setter("state")(int(picked[0]["state"]))

    page.chart(chart, alt_text=alt_text, key=key, select=moved, width="stretch")


def opening(view: View) -> int:
    """The state that charts are first drawn with: kept for the visit, since a changed literal would rebuild them."""
    visit = address.visit()
    return st.session_state.setdefault(f"cnn-opening-{view.name}-{visit}", view.state)
