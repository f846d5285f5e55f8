"""The loss as a landscape over two weights, and three ways to walk downhill in it from the same place."""

from collections.abc import Hashable
from itertools import islice

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import gradient_surface
from core.analysis.gradient_surface import WALKS, Ground, Place
from core.charts import descent, numbers
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.frame import choices, page
from core.frame.plain import plain
from core.serving.shared import shared
from pages.learning import words
from pages.learning.choices import CORNERS, PACES, PAGE, SIZES, SPANS, STEPS, key, layer_choice, put, state_slider, value
from pages.learning.drawn import strongest
from pages.learning.images import missing, pool, values
from pages.learning.view import View

IMAGES = 256  # training images, the first ones, whose mean loss the landscape is
GRID = 25  # places a side at which it is worked out
CORNER_PLACES = {"here": (0, 0), "bottom-left": (-1, -1), "bottom-right": (1, -1), "top-left": (-1, 1), "top-right": (1, 1)}


def surface_panel(view: View) -> None:
    """Two weights, the landscape, the walks."""
    picture, side = st.columns([3, 1], gap="large")
    with side:
        layer = layer_choice(view)
        st.select_slider("Weights up to so far from now", SPANS, format_func="±{:g}".format, key=key("span"), persist_state="session")
        st.selectbox("Start", list(CORNERS), format_func=CORNERS.__getitem__, key=key("corner"), persist_state="session")
        st.segmented_control("Images of a step", SIZES, key=key("few"), required=True, persist_state="session")
        st.segmented_control("Steps", STEPS, key=key("steps"), required=True, persist_state="session")
        st.select_slider("Rate of SGD and momentum", PACES, format_func="{:g}".format, key=key("pace"), persist_state="session")
        st.select_slider("Rate of Adam", PACES, format_func="{:g}".format, key=key("adam"), persist_state="session")
        state_slider(view)
    with picture:
        found = _places(view, layer)
        if found is None:
            missing(view)
            return
        first = _pick(view, "Across", "first", found[0])
        second = _pick(view, "Up", "second", found[1])
        try:
            gradient_surface.check((first, second))
        except ValueError as error:
            st.error(plain(error), icon=":material/error:")
            return
        with st.container(key=f"{PAGE}-surface"):
            _landscape(view, (first, second))


def _places(view: View, layer: int) -> tuple[Place, Place] | None:
    """The two weights chosen, else two with large gradients."""
    found = strongest(view, layer)
    if found is None:
        return None
    first, second = (Place(layer, source, unit) for source, unit in found)
    return _chosen("first", first), _chosen("second", second)


def _chosen(name: str, usual: Place) -> Place:
    if not value(name):
        return usual
    unit, source = (int(part) for part in value(name).split("-"))
    return Place(usual.layer, source, unit)


def _pick(view: View, title: str, name: str, place: Place) -> Place:
    """One of the two weights by number."""
    layer = place.layer
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            f"{title}: the weight into",
            range(view.model.sizes[layer]),
            format_func=lambda unit: view.unit(layer, unit),
            width=180,
            **choices.showing(f"{PAGE}-{name}-unit", place.unit, lambda unit: put(name, f"{unit}-{place.source}")),
        )
        st.number_input(
            "from input",
            1,
            view.model.sizes[layer - 1],
            width=150,
            **choices.showing(f"{PAGE}-{name}-source-{layer}", place.source + 1, lambda source: put(name, f"{place.unit}-{source - 1}")),
        )
        with st.container(key=f"{PAGE}-{name}-beside-a-control", width="content"):
            st.caption(view.source(layer, place.source))
    return place


def _landscape(view: View, places: tuple[Place, Place]) -> None:
    images = pool(view)
    assert images is not None  # the panel has asked
    settings = (value("span"), value("corner"), value("few"), value("steps"), value("pace"), value("adam"))
    chart, ends, here = _drawn(view, view.here, images.key, places, settings, page.theme().dark)
    names = [f"{view.source(place.layer, place.source)} into {view.unit(place.layer, place.unit)}" for place in places]
    still = sum(array.size for array in view.weights.values()) - 2
    st.markdown(
        f"**{view.moment}.** Loss over two weights, {names[0]} across and {names[1]} up; the {still:,} other weights and biases stand "
        f"still. At the cross, where the network is now, it is {numbers.number(here)}."
    )
    page.chart(
        chart,
        alt_text=f"Loss over two weights with the paths of SGD, momentum and Adam: from {numbers.number(here)} "
        + ", ".join(f"{name} to {numbers.number(loss)}" for name, loss in ends.items()),
        key=f"{PAGE}-surface-chart",
        width="stretch",
    )
    page.legend(
        "paper: the lowest loss, the darker or stronger the higher; each band holds as many places as the next. Ring: the start of all "
        f"three; diamonds: where they are after {value('steps')} steps, for those that have not left the picture; cross: the network now"
    )
    told = "; ".join(f"**{name}** {numbers.number(loss)}" for name, loss in ends.items())
    st.markdown(f"Loss where each of them ends, over all {IMAGES} images: {told}. {words.SURFACE_NOTICE}")


@shared("Surveying the landscape ...")
def _drawn(
    _view: View,
    moment: Hashable,
    source: Hashable,
    places: tuple[Place, Place],
    settings: tuple[float, str, int, int, float, float],
    dark: bool,
) -> tuple[Prepared, dict[str, float], float]:
    span, corner, few, steps, pace, adam = settings
    images = pool(_view)
    assert images is not None  # whoever asks has looked
    some = images.first(IMAGES)
    ground = Ground(_view.model, _view.weights, places, values(some, np.arange(len(some))), some.labels)
    now = np.array(ground.starts, float)
    axes = [np.linspace(middle - span, middle + span, GRID) for middle in now]
    surface = ground.losses(axes[0], axes[1])
    across, up = CORNER_PLACES[corner]
    start = now + 0.85 * span * np.array([across, up])
    rows, ends = [], {}
    for name, walk in WALKS.items():
        rng = np.random.default_rng(0)  # the same batches for all three

        def slope(place: np.ndarray, rng: np.random.Generator = rng) -> np.ndarray:
            return ground.slope(place, rng.permutation(len(some))[:few])

        way = [start, *islice(walk(slope, start, adam if name == "Adam" else pace), steps)]
        for step, place in enumerate(way):
            rows.append({"walk": name, "step": step, "x": place[0], "y": place[1], "loss": _loss(surface, axes, place)})
        ends[name] = float(ground.losses(way[-1][:1], way[-1][1:])[0, 0])
    here = float(ground.losses(now[:1], now[1:])[0, 0])
    titles = ("the weight across", "the weight up")  # the same for all, so that one chart is built; the sentence names them
    chart = descent.walks(surface, axes[0], axes[1], pd.DataFrame(rows), titles, theme(dark), now=(now[0], now[1]))
    return chart, ends, here


def _loss(ground: np.ndarray, axes: list[np.ndarray], place: np.ndarray) -> float:
    """Of the nearest place of the landscape, for the pointer; NaN outside."""
    if any(not axis[0] <= value <= axis[-1] for axis, value in zip(axes, place, strict=True)):
        return float("nan")
    column, row = (int(np.abs(axis - value).argmin()) for axis, value in zip(axes, place, strict=True))
    return float(ground[row, column])
