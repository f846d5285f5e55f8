"""Kernels over the training: the film, its stills, the picked kernel and how much structure there is."""

import pandas as pd
import streamlit as st

from core.analysis import kernels
from core.charts import cnn_curves, matrix_cells, raster
from core.models.structure import low_share, roughness
from core.runs.shipped.pulses import LABELS
from core.ui import cnn_data, link, page
from core.ui.cnn_downloads import downloads
from core.ui.cnn_view import PAGE, View, forget_state, setter
from core.ui.kernel_film import Row, kernel_film
from core.ui.player import player

TARGETS = ("cnn-kernels", "cnn-structure", "cnn-loss")
HINT = "Point at a weight to read it; click a kernel to pick it."


def kernels_panel(view: View) -> None:
    """The page's first picture, with the controls that change it."""
    left, right = st.columns([5, 2], gap="large")
    with right:
        st.selectbox(
            "Run", list(LABELS), format_func=LABELS.__getitem__, key=link.key(PAGE, "run"), on_change=forget_state, help="Which training"
        )
    if not view.has_weights:
        with left:
            page.empty("This run keeps its history alone", "Its loss profile stands below; choose another run to see kernels.", 420)
        return
    with left:
        _film(view)
    with right:
        _picked(view)


def _film(view: View) -> None:
    first, second = (cnn_data.planes(view.name, f"conv{n}.kernel") for n in (1, 2))
    model = view.run.spec.model
    side = model.kernel_size
    scale = max(2, (125 if model.channels[0] <= 6 else 75) // side)
    limits = [kernels.limit(stack) for stack in (first, second)]
    rows = [
        Row(f"First convolution, {len(first[0])} kernels, -{limits[0]:.2g} to {limits[0]:.2g}", first, limits[0], scale),
        Row(
            f"Second convolution, one kernel for each map of the first, -{limits[1]:.2g} to {limits[1]:.2g}", second, limits[1], scale // 2
        ),
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
    _stills(view, first, limits[0])
    with st.container(key="cnn-structure"):
        _structure(view)


def state_player(view: View) -> None:
    """The player that drives every picture with a mark at the state shown."""

    def moved() -> None:
        setter("state")(int(st.session_state["cnn-player"]["frame"]))

    labels = [f"{epoch:.3g}" for epoch in view.run.epochs]
    player("cnn-player", labels, view.state, TARGETS, name="epoch", on_rest=moved)


def _stills(view: View, stack, limit: float) -> None:
    """The same kernels at a few states, so that the film can be compared with what stands still."""
    theme = page.theme()
    for column, state in zip(st.columns(4), kernels.stills(view.run.epochs), strict=False):
        with column:
            strip = raster.signed_levels(matrix_cells.strip(stack[state]), limit)
            st.image(raster.png(strip, theme.signed_palette, 4), caption=f"epoch {view.run.epochs[state]:.3g}", width="stretch")


def _picked(view: View) -> None:
    """The picked kernel at the state shown: each weight, and its two measures of structure."""
    weights = cnn_data.planes(view.name, "conv1.kernel")[view.state, view.kernel]
    st.markdown(f"**Kernel {view.kernel + 1}** at {view.epoch}")
    limit = kernels.limit(cnn_data.planes(view.name, "conv1.kernel"))
    page.chart(matrix_cells.kernel(weights, limit, page.theme()), alt_text=f"Weights of kernel {view.kernel + 1}", key="cnn-picked")
    act = float(view.run.history[f"act{view.kernel + 1}"][view.state])
    row, column = divmod(int(abs(weights).argmax()), weights.shape[1])
    st.markdown(
        f"{weights.size:,} weights from {weights.min():.4f} to {weights.max():.4f}, mean {round(float(weights.mean()), 4) + 0.0:.4f}. "
        f"The largest in size, {weights[row, column]:+.4f}, lies in row {row + 1}, column {column + 1}. "
        f"Its map is above 0 in {act:.1%} of places."
    )
    st.markdown(
        f"Structure: **low {float(low_share(weights)):.2f}** of its energy in slow waves (noise: 0.08), "
        f"**roughness {float(roughness(weights)):.2f}** from pixel to pixel (noise: 1.15)."
    )
    downloads(view)


def _structure(view: View) -> None:
    measured = cnn_data.structure(view.name)
    mine = measured[measured["kernel"] == view.kernel + 1]
    states = mine[["state", "epoch", "low", "tv"]]
    measures = (("low", "slow waves (low)", (0.0, 1.0)), ("tv", "roughness (tv)", (0.0, 1.3)))
    for column, (name, title, domain) in zip(st.columns(2), measures, strict=True):
        curve = pd.DataFrame({"state": mine["state"], "epoch": mine["epoch"], "curve": name, "value": mine[name]})
        chart = cnn_curves.state_curves(curve, states, title, page.theme(), opening(view), domain=domain, height=150)
        with column:
            page.chart(chart, alt_text=f"{title} of the picked kernel over the epochs", key=f"cnn-structure-{name}", width="stretch")


def opening(view: View) -> int:
    """The state that charts are first drawn with: kept for the visit, since a changed literal would rebuild them."""
    visit = st.session_state.get("visit", 0)
    return st.session_state.setdefault(f"cnn-opening-{view.name}-{visit}", view.state)
