"""Map of what each layer sees: test images as points, layer by layer and state by state."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import layer_map as maps
from core.breaking import words
from core.breaking.subject import Subject
from core.charts import curves, numbers, points
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.frame import choices, page
from core.frame.choices import Choice, Section
from core.serving.shared import shared
from core.training.tasks import Task
from core.ui import clicks, working
from core.ui.question import ask
from core.ui.shown import Shown

QUESTION = "apart"  # its name in the link
PLANES = {"pca": "PCA", "tsne": "t-SNE"}  # ways to draw a layer as a plane
ACROSS = 3  # planes in a line, two where that leaves one alone


def of_page(section: Section) -> Choice:
    """The way to draw a layer, for a page's choices."""
    return choices.one_of("plane", "pca", PLANES, section)


def layer_map(about: Subject, states: Sequence[int], name: Callable[[int], str], opened: Callable[[str], None]) -> None:
    """The section.

    Args:
        states: that are mapped, in the order of `core.analysis.layer_map.states_of`.
        name: of a test image by its number, in words.
        opened: called with the key of the chart in which a point was clicked; `taken` says which.
    """
    key, kind = f"{about.page}-map", choices.value(about.page, "plane")
    with st.container(key=key):
        st.markdown(words.MAP.format(count=min(maps.IMAGES, len(about.labels)), noun=about.noun))
        st.segmented_control(
            "Drawn by",
            list(PLANES),
            format_func=PLANES.__getitem__,
            key=choices.key(about.page, "plane"),
            required=True,
            persist_state="session",
        )
        by_variance = _by_variance(about, states)
        draw = partial(_charts, about, "pca", name=name, opened=opened)
        there = working.done(by_variance) > 0
        told = there and _ask(about, by_variance)
        if told or not there:
            working.show(
                by_variance,
                f"{key}-pca",
                f"Map {len(states)} states",
                (lambda done: _planes(about, by_variance, states[:done], draw)) if kind == "pca" else lambda done: None,
                words="In a worker, a second or two a state; what is worked out once is kept for everyone.",
            )
        if told and kind == "tsne":
            by_neighbours, draw = _by_neighbours(about, *about.key), partial(_charts, about, "tsne", name=name, opened=opened)
            label = f"Draw {about.net.words} by t-SNE"
            working.show(
                by_neighbours, f"{key}-tsne", label, lambda done: _tsne(about, by_neighbours, done, draw), words="Some seconds a layer."
            )
        if told:
            _finding(about, by_variance, states[: working.done(by_variance)])


def taken(page_name: str, key: str) -> int | None:
    """In a callback: the number of the image that was clicked in a chart; None for none."""
    picked = clicks.taken(key, counter=f"{page_name}-map")
    return None if picked is None else int(picked["image"])


def _by_variance(about: Subject, states: Sequence[int]) -> Task:
    return _variance_task(about, tuple(states), about.net.key, about.stamp)


@shared()
def _variance_task(_about: Subject, states: tuple[int, ...], key: str, stamp: str) -> Task:
    weights = [_about.net.at(state).weights for state in states]
    many = slice(maps.IMAGES)
    arrays, arguments = maps.given(_about.net.run.spec.model, weights, _about.images[many], _about.labels[many])
    return Task("core.analysis.layer_map:by_variance", arrays, {**arguments, "states": list(range(len(states)))}, len(states))


@shared()
def _by_neighbours(_about: Subject, key: str, state: int, stamp: str) -> Task:
    model, many = _about.net.run.spec.model, slice(maps.IMAGES)
    arrays, arguments = maps.given(model, [_about.net.weights], _about.images[many], _about.labels[many])
    return Task("core.analysis.layer_map:by_neighbours", arrays, arguments, len(maps.names(model)))


Draw = Callable[..., None]  # net, places (layers, N, 2), axes (layers,), shares beside their own (layers,) or None


def _planes(about: Subject, task: Task, states: Sequence[int], draw: Draw) -> None:
    """Every layer's plane of most variance at the state shown, or at the nearest one that is there."""
    number = min(range(len(states)), key=lambda i: abs(states[i] - about.net.state))
    net, found = about.net.at(states[number]), working.part(task, number)
    if net.state != about.net.state:
        st.caption(f"Shown: {net.words}, the nearest state that is mapped.")
    axes = [tuple(f"{numbers.percent(share)} of the variance" for share in shares) for shares in found["variance"]]
    draw(net, found["points"], axes, found["beside"])
    st.caption(words.PCA_SAYS)


def _tsne(about: Subject, task: Task, done: int, draw: Draw) -> None:
    """The layers' planes by t-SNE, as many as are there."""
    found = np.stack([working.part(task, i)["points"] for i in range(done)])
    draw(about.net, found, [("", "")] * done, None)
    st.caption(words.TSNE_SAYS)


def _charts(
    about: Subject,
    kind: str,
    net: Shown,
    places: np.ndarray,
    axes: list,
    beside: np.ndarray | None,
    *,
    name: Callable[[int], str],
    opened: Callable[[str], None],
) -> None:
    """A chart for each layer, as many in a line as there is room for."""
    now = clicks.count(f"{about.page}-map")
    titles = maps.titles(net.run.spec.model)
    charts = _drawn(about, kind, places, axes, name, len(places), now, net.key, net.state, about.stamp, page.theme().dark)
    across = 2 if len(titles) % ACROSS == 1 or len(titles) < ACROSS else ACROSS
    for start in range(0, len(charts), across):
        for i, box in zip(range(start, min(start + across, len(charts))), st.columns(across, gap="small"), strict=False):
            key = f"{about.page}-map-{kind}-{i}"
            near = "" if beside is None else f": {numbers.percent(float(beside[i]))} beside their own"
            with box:
                st.markdown(f"**{titles[i]}**{near}")
                page.chart(
                    charts[i],
                    alt_text=f"{len(places[i]):,} test images as {titles[i]} sees them{near}",
                    key=key,
                    select=partial(opened, key),
                    width="stretch",
                    steady=True,
                )


@shared()
def _drawn(
    _about: Subject,
    kind: str,
    _places: np.ndarray,
    _axes: list,
    _name: Callable[[int], str],
    done: int,
    now: int,
    key: str,
    state: int,
    stamp: str,
    dark: bool,
) -> list[Prepared]:
    """The charts of all layers."""
    count = _places.shape[1]
    labels, said = _about.labels[:count], [_name(i) for i in range(count)]
    shown = _pictures(_about, stamp, key, dark)
    return [
        points.points(places, labels, said, _about.classes, shown, theme(dark), axes=axes, noun=_about.class_noun, now=now)
        for places, axes in zip(_places, _axes, strict=True)
    ]


@shared()
def _pictures(_about: Subject, stamp: str, key: str, dark: bool) -> pd.DataFrame:
    return points.pictures(_about.images[: maps.IMAGES], theme(dark))


def _ask(about: Subject, task: Task) -> bool:
    """Guess first: where the classes come apart; of two layers there is nothing to guess."""
    titles = maps.titles(about.net.run.spec.model)
    if len(titles) < 3:
        return True
    return ask(
        about.page,
        QUESTION,
        words.COMES_APART,
        titles[1:],
        lambda: apart(titles, working.part(task, 0)["beside"]),
        words.COMES_APART_WHY.format(noun=about.noun),
        subject=about.net.key,
    )


def apart(titles: list[str], beside: np.ndarray) -> tuple[str, str]:
    """The layer across which the share with a neighbour of their own class rises most, and all shares (layers,)."""
    shares = ", ".join(f"{title} {numbers.percent(share)}" for title, share in zip(titles, beside, strict=True))
    return titles[1 + int(np.diff(beside).argmax())], f"At the last state the nearest neighbour is of the same class for: {shares}."


def _finding(about: Subject, task: Task, states: Sequence[int]) -> None:
    """How far the classes have come apart in each layer, over the states."""
    order = np.argsort(states)
    if len(order) < 2:
        return
    beside = np.stack([working.part(task, int(i))["beside"] for i in order])  # (states, layers)
    epochs = about.net.run.epochs[np.sort(states)]
    titles = maps.titles(about.net.run.spec.model)
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
        key=f"{about.page}-map-beside",
        width="stretch",
    )
    st.caption(words.BESIDE.format(noun=about.noun))
