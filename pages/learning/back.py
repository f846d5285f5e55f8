"""Hidden layers: how an error travels back, what the activations let through, and how little of it the first layer may get."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import gradient_flow
from core.analysis.gradient import Pass
from core.analysis.gradient_flow import Flow
from core.charts import curves, descent, numbers, raster
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.data import catalog
from core.frame import page, visitor
from core.models.activations import TABLE
from core.runs import catalog as runs
from core.serving.shared import shared
from core.specs import ACTIVATIONS, DataSpec
from core.ui import question
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.learning import course, words
from pages.learning.choices import MOST_DEPTH, PAGE, forget_weights, key, put, state_slider
from pages.learning.drawn import pass_over_pool
from pages.learning.images import missing, pool, values
from pages.learning.picked import picked_image
from pages.learning.view import View, deep
from pages.learning.way import way

IMAGES = 48  # rows of a picture of slopes
FRESH = 128  # images that untrained networks are asked about
WIDTH = 32  # units of their hidden layers
OFFERED = 4  # networks, where this one has no hidden layer
SHOWN = ("tanh", "sigmoid", "relu")  # activations whose slopes are compared


def back_panel(view: View) -> None:
    """One image's error on its way back, then slopes, the run over its epochs, and fresh networks of any depth."""
    with st.container(key=f"{PAGE}-back"):
        if view.layers < 2:
            _other_network(view)
            return
        picture, side = st.columns([3, 1], gap="large")
        with picked_image(view, side) as picked:
            if picked is not None:
                with side:
                    up = _which(view)
                with picture:
                    way(view, picked, up)
        with side:
            state_slider(view)
        found = pass_over_pool(view)
        if found is None:
            missing(view)
            return
        through = _through(view, found[0], view.here)
        _slopes(view, through)
        _over_training(view, through)
        _fresh(view)


def _other_network(view: View) -> None:
    """Offer some that have hidden layers, those on the same images first."""
    page.empty(words.NO_HIDDEN, words.NO_HIDDEN_CURE, 220)
    found = sorted(runs.fitting(deep, visitor.own()), key=lambda entry: entry.spec.data.name != view.data.name)
    for entry in found[:OFFERED]:
        st.button(entry.title, key=f"{PAGE}-open-{entry.id}", icon=":material/arrow_forward:", on_click=_open, args=(entry.id,))


def _open(model: str) -> None:
    put("model", model)
    for name in ("epoch", "layer", "label", "up"):
        put(name, None)
    forget_weights()


def _which(view: View) -> int:
    """The layer whose kernel the error comes back through."""
    words = {up: f"from layer {up} to layer {up - 1}" for up in range(view.layers, 1, -1)}
    return st.selectbox("The error comes back", list(words), format_func=words.__getitem__, key=key("up"), persist_state="session")


@dataclass(frozen=True)
class Through:
    """What the layers of a state let through, over the images that batches are drawn from."""

    parts: list[Flow]
    slopes: list[np.ndarray]  # of each hidden layer for the first images, (images, units)
    white: float  # share of the inputs that are 0
    images: int


@shared()
def _through(_view: View, _found: Pass, here: Hashable) -> Through:
    slope = TABLE[_view.model.activation].slope
    slopes = [np.asarray(slope(_found.outputs[layer][:IMAGES]), float) for layer in range(1, _view.layers)]
    white = float((_found.outputs[0] == 0).mean())
    return Through(gradient_flow.flow(_view.model, _view.weights, _found), slopes, white, len(_found.losses))


@shared()
def _slope_pictures(_found: Through, here: Hashable, dark: bool) -> list[Thumbnail]:
    return [
        Thumbnail(
            layer,
            raster.png_url(raster.amount_levels(slope, 1.0), theme(dark).amount_palette, max(1, min(6, 180 // slope.shape[1]))),
            f"layer {layer}\nmean slope {slope.mean():.2f}",
        )
        for layer, slope in enumerate(_found.slopes, start=1)
    ]


def _slopes(view: View, found: Through) -> None:
    """The slopes as curves, then those of this network's units, and each layer's part in the way back."""
    st.markdown(
        f"**What an activation lets through.** An error comes back times the slope at the unit's sum. This network uses "
        f"{ACTIVATIONS[view.model.activation]}."
    )
    left, right = st.columns(2, gap="large")
    with left:
        page.chart(
            _slope_curves(view.model.activation, page.theme().dark),
            alt_text="Slopes of the activations over the sum of a unit: a sigmoid's is at most ¼, a tanh's 1, a ReLU's 0 or 1",
            key=f"{PAGE}-slopes",
            width="stretch",
        )
    with right:
        thumbnails(f"{PAGE}-slope-pictures", _slope_pictures(found, view.here, page.theme().dark), scale=1)
        st.caption(f"Slopes of this network's units: a column a unit, a row an image ({IMAGES} training images). Strong: 1. Paper: 0.")
    lines = [
        "| layer | error of a unit | sent back to it | slopes let through | gradient of a weight | dead units |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for layer in range(view.layers, 0, -1):
        part = found.parts[layer - 1]
        sent = "p − y" if part.sent is None else numbers.number(part.sent)
        through = "" if part.through is None else f"{part.through:.0%}"
        dead = "" if part.sent is None else f"{part.dead:,} of {view.model.sizes[layer]:,}"
        lines.append(f"| {layer} | {numbers.number(part.error)} | {sent} | {through} | {numbers.number(part.gradient)} | {dead} |")
    st.markdown("\n".join(lines))
    st.caption(
        f"From the last layer back, over {found.images:,} training images; each number is the root of a mean square. Dead: the slope "
        f"is below {gradient_flow.OPEN:g} for every one of these images, so that no error of theirs comes through."
    )


@shared()
def _slope_curves(own: str, dark: bool) -> Prepared:
    z = np.linspace(-6, 6, 121)
    rows = []
    for name in dict.fromkeys((*SHOWN, own)):
        slope = np.asarray(TABLE[name].slope(TABLE[name].function(z)), float)
        rows.append(pd.DataFrame({"x": z, "curve": ACTIVATIONS[name], "y": slope}))
    return descent.lines(pd.concat(rows), ("sum of the unit", "slope there"), theme(dark))


def _over_training(view: View, found: Through) -> None:
    """A guess, then the size of the gradient in each layer at every stored state."""
    sizes = course.sizes(view)
    if sizes is None:
        return
    mean = sizes.mean(0)

    def answer() -> tuple[str, str]:
        least = int(mean.argmin())
        each = ", ".join(f"layer {layer} {numbers.number(size)}" for layer, size in enumerate(mean, start=1))
        return f"layer {least + 1}", f"Averaged over {len(sizes)} states, the gradient of a weight has the size: {each}."

    options = [f"layer {layer}" for layer in range(1, view.layers + 1)]
    if not question.ask(PAGE, "slowest", words.SLOWEST, options, answer, words.SLOWEST_WHY, subject=view.id):
        return
    chart = _sizes_chart(view, sizes, view.key, view.run.states, page.theme().dark)
    said = f"Size of the gradient in each layer over the epochs. {answer()[1]}"
    page.chart(chart, alt_text=said, key=f"{PAGE}-sizes", width="stretch")
    ratio = numbers.number(float(mean[0] / mean[1:].max()), 2)
    through = [part.through or 0.0 for part in found.parts[:-1][::-1]]
    st.markdown(
        f"**What to notice.** A weight of layer 1 gets a gradient {ratio} times as large as a weight of the layer with the largest. Its "
        f"error has come through the slopes of {words.number(len(through))} hidden layer{'s' if len(through) > 1 else ''}, none above 1: "
        f"now they let {' × '.join(f'{share:.0%}' for share in through)} = {np.prod(through):.0%} through; the weights on the way may "
        f"weaken or strengthen it besides. And {found.white:.0%} of what its weights see is white: from an image most of them get "
        "error × 0. All gradients shrink as the network gets its images right, since the error itself goes."
    )


@shared()
def _sizes_chart(_view: View, _sizes: np.ndarray, key: str, states: int, dark: bool) -> Prepared:
    at = course.looked_at(_view)
    epochs = _view.run.epochs[at]
    rows = [
        pd.DataFrame({"epoch": epochs, "curve": f"layer {layer}", "value": _sizes[:, layer - 1]}) for layer in range(1, _view.layers + 1)
    ]
    table = pd.concat(rows, ignore_index=True)
    seen = pd.DataFrame({"state": np.arange(len(at)), "epoch": epochs})
    return curves.over_epochs(table[table["value"] > 0], seen, "gradient of a weight (root of mean square)", theme(dark), logarithmic=True)


def _fresh(view: View) -> None:
    """Untrained networks of any depth on these images: what reaches the first layer before anything is learned."""
    st.markdown(
        "**Deeper.** Untrained networks on the same images, each started as suits its activation: how large is the error that arrives?"
    )
    depth = st.slider(f"Hidden layers, of {WIDTH} units each", 1, MOST_DEPTH, key=key("depth"), persist_state="session")
    images = pool(view)
    if images is None:
        return
    found, chart = _errors(view, view.data, catalog.stamp(view.data), view.model.sizes[-1], depth, page.theme().dark)
    kept = ", ".join(f"{ACTIVATIONS[name]} {numbers.number(errors[0] / errors[-1], 2)}" for name, errors in found.items())
    said = f"Error at each layer of untrained networks; the part of it that gets to the first: {kept}"
    page.chart(chart, alt_text=said, key=f"{PAGE}-fresh", width="stretch")
    st.markdown(
        f"Of the error at the output, the first of {depth} hidden layers gets this part: {kept}. A sigmoid's slope is at most ¼, a tanh's "
        "at most 1 and less wherever a unit answers strongly; a ReLU lets all through or nothing."
    )


@shared()
def _errors(_view: View, data: DataSpec, stamp: str, classes: int, depth: int, dark: bool) -> tuple[dict[str, np.ndarray], Prepared]:
    """Size of the error at each layer, by activation, and the chart of them."""
    images = pool(_view)
    assert images is not None  # whoever asks has looked
    some = images.first(FRESH)
    flat = values(some, np.arange(len(some)))
    made = {name: gradient_flow.fresh(flat.shape[1], classes, WIDTH, depth, name) for name in SHOWN}
    found = {name: gradient_flow.errors_by_layer(model, weights, flat, some.labels) for name, (model, weights) in made.items()}
    rows = [
        {"x": layer, "curve": ACTIVATIONS[name], "y": float(size)}
        for name, errors in found.items()
        for layer, size in enumerate(errors, start=1)
    ]
    titles = ("layer; the last one is the output", "error of a unit")
    return found, descent.lines(pd.DataFrame(rows), titles, theme(dark), logarithmic=True, whole=True)
