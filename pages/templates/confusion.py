"""The confusion matrix of every stored state, and two models compared: their difference, or one beside the other."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import confusion
from core.analysis.templates import nearest_state
from core.charts import confusion as chart
from core.charts import raster
from core.charts import theme as colours
from core.models.counts import precision, recall
from core.ui import cached, link, page
from core.ui.player import player
from pages.templates.cell import cell_panel, chart_key, choose_cell, picked_cell
from pages.templates.view import (
    NOTHING,
    PAGE,
    TITLES,
    View,
    choice_key,
    choose_state,
    chosen_state,
    downloads,
    epoch_label,
    open_section,
    probabilities,
    test_images,
    thumbnail_colours,
)

FORMS = {"counts": "Counts", "shares": "Row %", "images": "Top images"}


def matrix(name: str) -> None:
    """The matrix or the two compared, the player that drives them, and the picked cell."""
    run = cached.run(name)
    view = View(name, run, chosen_state(run))
    form, second = _choices(view)
    beside = second is not None and (second.data != view.data or form == "images")
    cells = [view, second] if second is not None and second.data != view.data else [view]
    cell = picked_cell(cells)
    picture, side = (st.container(), st.container()) if beside else st.columns([3, 2], gap="large")
    with picture:
        with st.container(key=f"{PAGE}-confusion"):
            if beside and second is not None:
                _both(view, second, form)
            elif second is not None:
                _difference(view, second, form)
            else:
                _one(view, view, form)
                _legend(form)
        player(
            f"{PAGE}-player",
            [epoch_label(epoch) for epoch in run.epochs],
            view.state,
            [f"{PAGE}-confusion"],
            signals={"picked": "" if cell is None else f"{cell.actual}|{cell.predicted}"},
            on_rest=lambda: choose_state(run, st.session_state[f"{PAGE}-player"]["frame"]),
        )
    with side:
        choose_cell(cells)
        cell_panel(cell, view, second)
        items = [(f"{TITLES[v.name]}, CSV", v) for v in (view, second) if v is not None]
        files = [
            (label, partial(csv, v), f"confusion-{v.name}-epoch-{epoch_label(v.run.epochs[v.state])}.csv", "text/csv") for label, v in items
        ]
        if second is not None and second.data == view.data:
            stem = f"confusion-{name}-less-{second.name}-epoch-{epoch_label(run.epochs[view.state])}"
            files.append(("The difference, CSV", partial(csv, view, second), f"{stem}.csv", "text/csv"))
        downloads(*files, key="confusion")


def _choices(view: View) -> tuple[str, View | None]:
    """The form of the matrix and the model to compare with, at its state nearest to the epoch shown."""
    others = [NOTHING, *(name for name in TITLES if name != view.name)]
    with st.container(horizontal=True, gap="large"):
        form = st.segmented_control(
            "Show", list(FORMS), format_func=FORMS.__getitem__, key=link.key(PAGE, "form"), required=True, persist_state="session"
        )
        other = st.selectbox(
            "Compare with",
            others,
            format_func=lambda name: TITLES.get(name, name),
            key=choice_key("with", others),
            persist_state="session",
            width=320,
        )
    run = None if other == NOTHING else cached.run_or_say(other)
    if run is None:
        return form or "counts", None
    return form or "counts", View(other, run, nearest_state(run.epochs, view.run.epochs[view.state]))


@st.cache_data(show_spinner=False, max_entries=24)
def _table(name: str, clock: str) -> pd.DataFrame:
    """Counts, recall and precision of a model at the states nearest to those of `clock`, the model whose player runs."""
    run, view = cached.run(name), View(name, cached.run(name), 0)
    film = run.evaluation("confusion").astype(int)
    if name != clock:
        lead = cached.run(clock)
        film = confusion.aligned(lead.evaluation("confusion"), lead.epochs, film, run.epochs)
    return chart.table(film, film[0].sum(axis=1), recall(film), precision(film), view.classes)


@st.cache_data(show_spinner=False, max_entries=24)
def _less(name: str, other: str) -> pd.DataFrame:
    """The differences of two models of one data set, each at the state nearest to the epoch."""
    run, second = cached.run(name), cached.run(other)
    film = run.evaluation("confusion").astype(int)
    near = confusion.aligned(film, run.epochs, second.evaluation("confusion").astype(int), second.epochs)
    rows, columns = (share(film) - share(near) for share in (recall, precision))
    return chart.table(film - near, film[0].sum(axis=1), rows, columns, View(name, run, 0).classes)


def _one(view: View, clock: View, form: str) -> None:
    """A model's matrix in the form that is asked for, with its legend."""
    st.markdown(f"**{view.epoch_words}**, {view.accuracy_words()}.")
    theme = page.theme()
    counts = view.run.evaluation("confusion")[view.state]
    key = chart_key(view.data, form, "first" if view is clock else "second")
    if form == "images":
        images = test_images(view.data)
        if images is None:
            page.empty(
                "No pictures to show",
                "The counts are here: choose Counts or Row %. The pictures come with CIFAR-10.",
                chart.height(len(view.classes)),
            )
            return
        frame = _top_images(view.name, view.state, theme.dark, images.source)
        page.chart(
            chart.pictures(frame, view.classes, view.shape[0], theme),
            alt_text="The most confident image of each cell of the confusion matrix",
            key=key,
            select=True,
            width="stretch",
        )
        return
    wrong = int(counts.sum() - np.trace(counts))
    page.chart(
        chart.matrix(_table(view.name, clock.name), view.classes, theme, shares=form == "shares"),
        alt_text=f"Confusion matrix, {view.epoch_words.lower()}: {wrong:,} of {counts.sum():,} images off the diagonal",
        key=key,
        select=True,
        width="stretch",
    )


def _legend(form: str) -> None:
    """What rows, columns, colours and margins of one model's matrix say."""
    where = "Rows: the actual class; columns: what it was read as."
    if form == "images":
        st.caption(f"Each cell's most confident image; empty cells hold none. {where}")
        return
    page.legend(chart.SHARE_WORDS)
    st.caption(f"{where} Margins in %: recall of each row, precision of each column.")


def _difference(view: View, second: View, form: str) -> None:
    """One model's matrix less the other's, which have the same test images."""
    st.markdown(f"**{view.epoch_words}**: {TITLES[view.name]} reads {view.share:.1%} right, {TITLES[second.name]} {second.share:.1%}.")
    page.chart(
        chart.matrix(_less(view.name, second.name), view.classes, page.theme(), shares=form == "shares", difference=True),
        alt_text=f"Difference of two confusion matrices: {TITLES[view.name]} less {TITLES[second.name]}",
        key=chart_key(view.data, form, "less"),
        select=True,
        width="stretch",
    )
    page.legend(chart.DIFFERENCE_WORDS)
    st.caption(
        f"{TITLES[view.name]} less {TITLES[second.name]}, each at its stored state nearest to the epoch. "
        "Margins: recall and precision, in percentage points."
    )
    st.caption(f"{TITLES[view.name]}: {view.seeds_words()} {TITLES[second.name]}: {second.seeds_words()}")


def last_matrix(view: View) -> None:
    """The matrix of a model's last state for another part of the page; a click opens the cell in this one."""
    key = f"{PAGE}-last-matrix-{view.name}"

    def open_cell() -> None:
        points = st.session_state[key]["selection"]["cell"]
        if points:
            open_section("confusion")
            st.session_state[link.key(PAGE, "model")] = view.name
            st.session_state[link.key(PAGE, "cell")] = f"{points[0]['row']}-{points[0]['column']}"
            choose_state(view.run, view.state)

    st.markdown(f"{TITLES[view.name]}: {view.share:.1%} right")
    page.chart(
        chart.matrix(_table(view.name, view.name), view.classes, page.theme()),
        alt_text=f"Confusion matrix of {TITLES[view.name]}: {view.share:.1%} of the images on the diagonal",
        key=key,
        select=open_cell,
        width="stretch",
    )


def _both(view: View, second: View, form: str) -> None:
    """Two matrices side by side under one player, and why they are not subtracted."""
    for one, column in zip((view, second), st.columns(2, gap="medium"), strict=True):
        with column:
            st.markdown(f"**{TITLES[one.name]}**")
            _one(one, view, form)
    _legend(form)
    if second.data != view.data:
        st.caption(
            "The two data sets have different classes, so no cell of one can be subtracted from the other: the matrices stand side by "
            "side, each at its stored state nearest to the epoch."
        )


@st.cache_data(show_spinner=False, max_entries=12)
def _top_images(name: str, state: int, dark: bool, source: str) -> pd.DataFrame:
    """Each cell's most confident image as a picture."""
    view = View(name, cached.run(name), state)
    images = test_images(view.data)
    assert images is not None and images.source == source
    rows = probabilities(view, images)
    top = confusion.top_images(rows, images.labels)
    theme = colours.theme(dark)
    return pd.DataFrame(
        [
            {
                "row": view.classes[r],
                "column": view.classes[c],
                "url": None if i < 0 else raster.rgb_url(thumbnail_colours(view, images.images[i], theme)),
                "confidence": None if i < 0 else float(rows[i, c]),
            }
            for (r, c), i in np.ndenumerate(top)
        ]
    )


def csv(view: View, less: View | None = None) -> bytes:
    """The counts of the state shown, less those of another model; the first column holds the actual class."""
    counts = view.run.evaluation("confusion")[view.state].astype(int)
    if less is not None:
        counts = counts - less.run.evaluation("confusion")[less.state].astype(int)
    return pd.DataFrame(counts, index=pd.Index(view.classes, name="actual \\ predicted"), columns=view.classes).to_csv().encode()
