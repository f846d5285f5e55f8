"""Map of what each layer sees: test images as points, layer by layer and state by state."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import layer_map as maps
from core.charts import curves, numbers, points
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.models.network import layer
from core.serving.shared import shared
from core.training.tasks import Task
from core.ui import choices as links
from core.ui import clicks, page, working
from core.ui.breaking import Subject
from core.ui.question import ask
from core.ui.shown import Shown
from pages.digits import choices, words
from pages.digits.breaking import subject
from pages.digits.choices import PLANES
from pages.digits.input import test_name
from pages.digits.measures import trouble

ACROSS = 3  # planes in a line, two where that leaves one alone


def layer_map(net: Shown) -> None:
    """The section."""
    _mapped(net)


@links.fragment
def _mapped(net: Shown) -> None:
    if choices.value("section") != "map":  # a point was clicked
        st.rerun()
    about = subject(net)
    with st.container(key="digits-map"):
        st.markdown(words.MAP.format(count=min(maps.IMAGES, len(about.labels)), noun=about.noun))
        st.segmented_control(
            "Drawn by",
            list(PLANES),
            format_func=PLANES.__getitem__,
            key=links.key(choices.PAGE, "plane"),
            required=True,
            persist_state="session",
        )
        by_variance, states = _by_variance(about), _states(net)
        draw: Callable[[int], None] = partial(_planes, about) if choices.value("plane") == "pca" else lambda done: None
        there = working.done(by_variance) > 0
        told = there and _ask(about)
        if told or not there:
            working.show(
                by_variance,
                "digits-map-pca",
                f"Map {len(states)} states",
                draw,
                words="In a worker, a second or two a state; what is worked out once is kept for everyone.",
            )
        if told and choices.value("plane") == "tsne":
            working.show(
                _by_neighbours(about), "digits-map-tsne", f"Draw {net.words} by t-SNE", partial(_tsne, about), words="Some seconds a layer."
            )
        if told:
            _finding(about, working.done(by_variance))


def _states(net: Shown) -> list[int]:
    """The states that are mapped, in the order of the parts."""
    return [state for state in maps.states_of(net.run.states) if not trouble(net.at(state))]


def _by_variance(about: Subject) -> Task:
    return _variance_task(about, about.net.key, about.net.run.states, about.stamp)


@shared()
def _variance_task(_about: Subject, key: str, states: int, stamp: str) -> Task:
    chosen = _states(_about.net)
    weights = [_about.net.at(state).weights for state in chosen]
    many = slice(maps.IMAGES)
    arrays, arguments = maps.given(_about.net.run.spec.model, weights, _about.images[many], _about.labels[many])
    return Task("core.analysis.layer_map:by_variance", arrays, {**arguments, "states": list(range(len(chosen)))}, len(chosen))


def _by_neighbours(about: Subject) -> Task:
    return _neighbours_task(about, *about.key)


@shared()
def _neighbours_task(_about: Subject, key: str, state: int, stamp: str) -> Task:
    model, many = _about.net.run.spec.model, slice(maps.IMAGES)
    arrays, arguments = maps.given(model, [_about.net.weights], _about.images[many], _about.labels[many])
    return Task("core.analysis.layer_map:by_neighbours", arrays, arguments, len(maps.names(model)))


def _titles(about: Subject) -> list[str]:
    model = about.net.run.spec.model
    return [layer(model, name).title for name in maps.names(model)]


def _nearest(about: Subject, done: int) -> int:
    """The part whose state is nearest to the one shown, of those that are there."""
    states = _states(about.net)[:done]
    return min(range(len(states)), key=lambda i: abs(states[i] - about.net.state))


def _planes(about: Subject, done: int) -> None:
    """Every layer's plane of most variance at the state shown, or at the nearest one that is there."""
    number = _nearest(about, done)
    state = _states(about.net)[number]
    found = working.part(_by_variance(about), number)
    if state != about.net.state:
        st.caption(f"Shown: {about.net.at(state).words}, the nearest state that is mapped.")
    axes = [tuple(f"{numbers.percent(share)} of the variance" for share in shares) for shares in found["variance"]]
    _charts(about.net.at(state), about, "pca", found["points"], axes, found["beside"])
    st.caption(words.PCA_SAYS)


def _tsne(about: Subject, done: int) -> None:
    """The layers' planes by t-SNE, as many as are there."""
    task = _by_neighbours(about)
    found = np.stack([working.part(task, i)["points"] for i in range(done)])
    _charts(about.net, about, "tsne", found, [("", "")] * done, None)
    st.caption(words.TSNE_SAYS)


def _charts(net: Shown, about: Subject, kind: str, places: np.ndarray, axes: list, beside: np.ndarray | None) -> None:
    """A chart for each layer, as many in a line as there is room for."""
    now = clicks.count("digits-map")
    titles = _titles(about)
    charts = _drawn(net, about, kind, places, axes, len(places), now, net.key, net.state, about.stamp, page.theme().dark)
    across = 2 if len(titles) % ACROSS == 1 else ACROSS
    for start in range(0, len(charts), across):
        for i, box in zip(range(start, min(start + across, len(charts))), st.columns(across, gap="small"), strict=False):
            key = f"digits-map-{kind}-{i}"
            near = "" if beside is None else f": {numbers.percent(float(beside[i]))} beside their own"
            with box:
                st.markdown(f"**{titles[i]}**{near}")
                page.chart(
                    charts[i],
                    alt_text=f"{len(places[i]):,} test images as {titles[i]} sees them{near}",
                    key=key,
                    select=partial(_open, key),
                    width="stretch",
                    steady=True,
                )


def _open(key: str) -> None:
    """A click on a point opens its image in the first section."""
    picked = clicks.taken(key, counter="digits-map")
    if picked is not None:
        choices.put(input=f"test-{int(picked['image'])}", section="draw")


@shared()
def _drawn(
    _net: Shown,
    _about: Subject,
    kind: str,
    _places: np.ndarray,
    _axes: list,
    done: int,
    now: int,
    key: str,
    state: int,
    stamp: str,
    dark: bool,
) -> list[Prepared]:
    """The charts of all layers."""
    spec, count = _net.run.spec, _places.shape[1]
    labels = _about.labels[:count]
    said = [test_name(spec, i) for i in range(count)]
    shown = _pictures(_about, stamp, _about.net.key, dark)
    return [
        points.points(places, labels, said, _about.classes, shown, theme(dark), axes=axes, noun=_about.class_noun, now=now)
        for places, axes in zip(_places, _axes, strict=True)
    ]


@shared()
def _pictures(_about: Subject, stamp: str, key: str, dark: bool) -> pd.DataFrame:
    return points.pictures(_about.images[: maps.IMAGES], theme(dark))


def _ask(about: Subject) -> bool:
    """Guess first: where the classes come apart."""
    titles = _titles(about)
    return ask(
        choices.PAGE,
        "apart",
        words.COMES_APART,
        titles[1:],
        lambda: apart(titles, working.part(_by_variance(about), 0)["beside"]),
        words.COMES_APART_WHY.format(noun=about.noun),
        subject=about.net.key,
    )


def apart(titles: list[str], beside: np.ndarray) -> tuple[str, str]:
    """The layer across which the share with a neighbour of their own class rises most, and all shares (layers,)."""
    shares = ", ".join(f"{title} {numbers.percent(share)}" for title, share in zip(titles, beside, strict=True))
    return titles[1 + int(np.diff(beside).argmax())], f"At the last state the nearest neighbour is of the same class for: {shares}."


def _finding(about: Subject, done: int) -> None:
    """How far the classes have come apart in each layer, over the states."""
    states = _states(about.net)[:done]
    order = np.argsort(states)
    if len(order) < 2:
        return
    beside = np.stack([working.part(_by_variance(about), int(i))["beside"] for i in order])  # (states, layers)
    epochs = about.net.run.epochs[np.sort(states)]
    titles = _titles(about)
    table = pd.concat(
        [
            pd.DataFrame({"state": np.sort(states), "epoch": epochs, "curve": title, "value": beside[:, i]})
            for i, title in enumerate(titles)
        ],
        ignore_index=True,
    )
    told = pd.DataFrame({"state": np.sort(states), "epoch": epochs, **{title: beside[:, i] for i, title in enumerate(titles)}})
    low = max(0.0, np.floor(20 * beside.min()) / 20)
    page.chart(
        curves.over_epochs(table, told, "share beside their own class", page.theme(), domain=(low, 1.0), percent=True),
        alt_text="Share beside their own class over the states: "
        + "; ".join(f"{title}: {numbers.percent(beside[0, i])} to {numbers.percent(beside[-1, i])}" for i, title in enumerate(titles)),
        key="digits-map-beside",
        width="stretch",
    )
    st.caption(words.BESIDE.format(noun=about.noun))
