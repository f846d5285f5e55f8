"""The confusion matrix of every stored state, and two networks compared: their difference, or one beside the other."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import confusion
from core.charts import confusion as chart
from core.charts import numbers, raster
from core.charts import theme as colours
from core.charts.prepared import Prepared
from core.charts.templates import image_pixels
from core.frame import choices, page
from core.frame.plain import plain
from core.models.counts import accuracy, precision, recall
from core.runs import store
from core.serving.shared import shared
from core.ui import clicks, networks, shown
from core.ui.player import player
from pages.templates.cell import CHART, cell_panel, choose_cell, pick, picked_cell
from pages.templates.choices import FORMS, NOTHING, PAGE, at_rest, choose_state, open_part
from pages.templates.downloads import csv, downloads
from pages.templates.images import probabilities, same_images, test_images
from pages.templates.parts import on_images
from pages.templates.view import SENTENCE, View, moments

LATER = "The images follow where the player rests."


def matrix(view: View) -> None:
    """The matrix or the two compared, the player that drives them, and the picked cell."""
    if not view.counted:
        page.empty(
            "Nothing was counted", "This network was trained without test images. Train it with some, or choose another network above."
        )
        return
    form, second = _choices(view)
    subtracted = second is not None and form != "images" and second.classes == view.classes and same_images(view, second)
    beside = second is not None and not subtracted
    cells = [view, second] if second is not None and second.classes != view.classes else [view]
    cell = picked_cell(cells)
    picture, side = (st.container(), st.container()) if beside else st.columns([3, 2], gap="large")
    with picture:
        with st.container(key=f"{PAGE}-confusion"):
            said = {f"{SENTENCE}-first": moments(view)}
            if second is None:
                _one(view, view, form)
                _legend(form)
            elif subtracted:
                _difference(view, second, form)
                said = {SENTENCE: _compared(view, view.stamp, second, second.stamp)}
            else:
                _both(view, second, form)
                said[f"{SENTENCE}-second"] = _followed(second, view)
            if form == "images":
                said = {key: [f"{text} {LATER}" for text in texts] for key, texts in said.items()}
        player(
            f"{PAGE}-player",
            shown.labels(view.run),
            view.state,
            [f"{PAGE}-confusion"],
            signals={"picked": "" if cell is None else f"{cell.actual}|{cell.predicted}", "clicks": str(clicks.count(CHART))},
            sentences=said,
            on_rest=at_rest(view),
        )
    with side:
        choose_cell(cells)
        cell_panel(cell, view, second)
        files = [
            (f"{v.title}, CSV", partial(csv, v), f"confusion-{v.id}-epoch-{v.label}.csv", "text/csv")
            for v in (view, second)
            if v is not None
        ]
        if second is not None and second.classes == view.classes and same_images(view, second):
            name = f"confusion-{view.id}-less-{second.id}-epoch-{view.label}.csv"
            files.append(("The difference, CSV", partial(csv, view, second), name, "text/csv"))
        downloads(*files, key="confusion")


def _choices(view: View) -> tuple[str, View | None]:
    """The form of the matrix and the network to compare with, at its state nearest to the epoch shown."""
    with st.container(horizontal=True, gap="large"):
        form = st.segmented_control(
            "Show", list(FORMS), format_func=FORMS.__getitem__, key=choices.key(PAGE, "form"), required=True, persist_state="session"
        )
        chosen = choices.value(PAGE, "with")
        others = [id_ for id_ in networks.offered(on_images, "" if chosen == NOTHING else chosen) if id_ != view.id]
        other = st.selectbox(
            "Compare with",
            [NOTHING, *others],
            format_func=lambda id_: id_ if id_ == NOTHING else networks.label(id_),
            key=choices.key(PAGE, "with"),
            persist_state="session",
            width=320,
        )
    if other == NOTHING:
        return form or "counts", None
    try:
        second = View.of(other, view.epoch)
    except (store.MissingRun, store.DamagedRun) as error:
        st.error(plain(error), icon=":material/error:")
        return form or "counts", None
    if not second.counted:
        st.info(f"{second.title} was trained without test images, so there is nothing to compare with.")
        return form or "counts", None
    return form or "counts", second


@shared()
def _matrix(_view: View, stamp: str, _clock: View, clock_stamp: str, shares: bool, dark: bool) -> Prepared:
    """Counts, recall and precision of a network at the states nearest to those of `clock`, the network whose player runs."""
    film = _view.confusions
    if stamp != clock_stamp:
        film = film[[shown.nearest(_view.run, epoch) for epoch in _clock.run.epochs]]
    table = chart.table(film, film[0].sum(axis=1), recall(film), precision(film), _view.classes)
    return chart.matrix(table, _view.classes, colours.theme(dark), shares=shares)


@shared()
def _less(_view: View, stamp: str, _other: View, other_stamp: str, shares: bool, dark: bool) -> Prepared:
    """The differences of two networks tested on the same images, each at the state nearest to the epoch."""
    film = _view.confusions
    near = confusion.aligned(film, _view.run.epochs, _other.confusions, _other.run.epochs)
    changes = recall(film) - recall(near), precision(film) - precision(near)
    table = chart.table(film - near, film[0].sum(axis=1), *changes, _view.classes)
    return chart.matrix(table, _view.classes, colours.theme(dark), shares=shares, difference=True)


def _followed(view: View, clock: View) -> list[str]:
    """The sentence about a network at the state nearest to each of those of `clock`, the network whose player runs."""
    said = moments(view)
    return said if view is clock else [said[shown.nearest(view.run, epoch)] for epoch in clock.run.epochs]


@shared()
def _compared(_view: View, stamp: str, _other: View, other_stamp: str) -> list[str]:
    """What two networks read right at each state of the first."""
    others = [float(accuracy(counts)) for counts in _other.confusions]
    return [
        f"**{_view.at(state).moment}**: {_view.title} reads {numbers.percent(float(accuracy(counts)))} right, {_other.title} "
        f"{numbers.percent(others[shown.nearest(_other.run, epoch)])}."
        for state, (counts, epoch) in enumerate(zip(_view.confusions, _view.run.epochs, strict=True))
    ]


def _one(view: View, clock: View, form: str) -> None:
    """A network's matrix in the form that is asked for."""
    said, place = _followed(view, clock), f"{SENTENCE}-{'first' if view is clock else 'second'}"
    with st.container(key=place):
        st.markdown(said[clock.state])
    dark = page.theme().dark
    key = f"{CHART}-{view.data.name}-{form}-{'first' if view is clock else 'second'}"
    if form == "images":
        images = test_images(view.data)
        if images is None:
            page.empty(
                "No pictures to show",
                "The counts are here: choose Counts or Row %. The pictures come with their data set.",
                chart.height(len(view.classes)),
            )
            return
        page.chart(
            _top_images(view, view.key, view.state, dark, images.source),
            alt_text=f"The most confident image of each cell of the confusion matrix, {view.words}",
            key=key,
            select=pick(key),
            width="stretch",
        )
        return
    wrong = int(view.counts.sum() - np.trace(view.counts))
    page.chart(
        _matrix(view, view.stamp, clock, clock.stamp, form == "shares", dark),
        alt_text=f"Confusion matrix, {view.words}: {wrong:,} of {view.counts.sum():,} images off the diagonal",
        key=key,
        select=pick(key),
        width="stretch",
        steady=True,
    )


def _legend(form: str) -> None:
    """What rows, columns, colours and margins of one network's matrix say."""
    where = "Rows: the actual class; columns: what it was read as."
    if form == "images":
        st.caption(f"Each cell's most confident image; empty cells hold none. {where}")
        return
    page.legend(chart.SHARE_WORDS)
    st.caption(f"{where} Margins: recall of each row, precision of each column.")


def _difference(view: View, second: View, form: str) -> None:
    """One network's matrix less the other's, which have the same test images."""
    with st.container(key=SENTENCE):
        st.markdown(_compared(view, view.stamp, second, second.stamp)[view.state])
    key = f"{CHART}-{view.data.name}-{form}-less"
    page.chart(
        _less(view, view.stamp, second, second.stamp, form == "shares", page.theme().dark),
        alt_text=f"Difference of two confusion matrices: {view.title} less {second.title}",
        key=key,
        select=pick(key),
        width="stretch",
        steady=True,
    )
    page.legend(chart.DIFFERENCE_WORDS)
    st.caption(
        f"{view.title} less {second.title}, each at its stored state nearest to the epoch. "
        "Margins: recall and precision, in percentage points."
    )
    st.caption(f"{view.title}: {view.seeds_words} {second.title}: {second.seeds_words}")


def last_matrix(view: View) -> None:
    """The matrix of a network's last state for another part of the page; a click opens the cell in this one."""
    key = f"{PAGE}-last-matrix-{view.id}"

    def open_cell() -> None:
        open_part("confusion")
        choices.put(PAGE, "model", view.id)
        choose_state(view, -1 % view.run.states)

    st.markdown(f"{view.title}: {view.accuracy_words}")
    page.chart(
        _matrix(view, view.stamp, view, view.stamp, False, page.theme().dark),
        alt_text=f"Confusion matrix of {view.title}: {numbers.percent(view.share)} of the images on the diagonal",
        key=key,
        select=pick(key, open_cell),
        width="stretch",
        steady=True,
    )


def _both(view: View, second: View, form: str) -> None:
    """Two matrices side by side under one player, and why they are not subtracted."""
    for one, column in zip((view, second), st.columns(2, gap="medium"), strict=True):
        with column:
            st.markdown(f"**{one.title}**")
            _one(one, view, form)
    _legend(form)
    if second.classes != view.classes or not same_images(view, second):
        apart = "The two data sets have different classes" if second.classes != view.classes else "The two were tested on different images"
        st.caption(
            f"{apart}, so no cell of one can be subtracted from the other: the matrices stand side by "
            "side, each at its stored state nearest to the epoch."
        )


@shared()
def _top_images(_view: View, key: str, state: int, dark: bool, source: str) -> Prepared:
    """Each cell's most confident image as a picture."""
    images = test_images(_view.data)
    assert images is not None and images.source == source
    rows = probabilities(_view, images)
    theme = colours.theme(dark)
    frame = pd.DataFrame(
        [
            {
                "row": _view.classes[r],
                "column": _view.classes[c],
                "url": None if i < 0 else raster.rgb_url(image_pixels(images.images[i] / np.float32(255), theme)),
                "confidence": None if i < 0 else float(rows[i, c]),
            }
            for (r, c), i in np.ndenumerate(confusion.top_images(rows, images.labels))
        ]
    )
    return chart.pictures(frame, _view.classes, max(_view.shape[:2]), theme)
