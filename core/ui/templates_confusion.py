"""The confusion matrix of every stored state, the images behind a cell, and two models compared."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import confusion
from core.charts import confusion as chart
from core.charts import raster
from core.charts import theme as colours
from core.runs.shipped import RUNS
from core.ui import cached, link, page
from core.ui.player import player
from core.ui.templates_image import missing, stand_in
from core.ui.templates_view import (
    PAGE,
    TITLES,
    View,
    choose_state,
    chosen_state,
    downloads,
    epoch_label,
    opener,
    probabilities,
    test_images,
    thumbnail_colours,
)
from core.ui.thumbnails import Thumbnail, thumbnails

FORMS = {"counts": "Counts", "shares": "Row %", "images": "Top images"}
CHART = f"{PAGE}-confusion-chart"
SHOWN = 36  # images of a cell
NONE = "nothing"


@st.cache_data(show_spinner=False, max_entries=24)
def _table(name: str, other: str | None) -> pd.DataFrame:
    """Counts, recall and precision of every state; with another model, the differences at the nearest epochs."""
    run = cached.run(name)
    view = View(name, run, 0)
    film = run.evaluation("confusion").astype(int)
    recall, precision, totals = confusion.recall(film), confusion.precision(film), film[0].sum(axis=1)
    if other is not None:
        second = cached.run(other)
        near = confusion.aligned(film, run.epochs, second.evaluation("confusion").astype(int), second.epochs)
        recall, precision = recall - confusion.recall(near), precision - confusion.precision(near)
        film = film - near
    return chart.table(film, totals, recall, precision, view.classes)


def matrix(name: str) -> None:
    """The matrix, the player that drives it, and the picked cell."""
    run = cached.run(name)
    view = View(name, run, chosen_state(run))
    cell = _picked_cell(view)
    picture, side = st.columns([3, 2], gap="large")
    with side:
        form = st.segmented_control(
            "Show", list(FORMS), format_func=FORMS.__getitem__, key=f"{PAGE}-form", persist_state="session", default="counts"
        )
        others = [m for m in TITLES if m != name and RUNS[m].data.name == view.data]
        other = st.selectbox(
            "Compare with",
            [NONE, *others],
            format_func=lambda m: TITLES.get(m, m),
            key=f"{PAGE}-other-{view.data}",
            persist_state="session",
        )
    with picture:
        st.markdown(f"**{view.epoch_words}**, {view.accuracy_words()}.")
        with st.container(key=f"{PAGE}-confusion"):
            if other == NONE or cached.run_or_say(other) is not None:
                _chart(view, form or "counts", None if other == NONE else other)
        player(
            f"{PAGE}-player",
            [epoch_label(epoch) for epoch in run.epochs],
            view.state,
            [f"{PAGE}-confusion"],
            signals={"picked": "|".join(view.classes[i] for i in cell) if cell else ""},
            on_rest=lambda: choose_state(run, st.session_state[f"{PAGE}-player"]["frame"]),
        )
    with side:
        if cell is None:
            st.info("Click a cell to see its images, the most confident first, and when the error came and went.")
            _largest(view)
        else:
            _cell(view, *cell)
        downloads(("This matrix, CSV", lambda: csv(view), f"confusion-{name}-{view.state}.csv", "text/csv"), key="confusion")


def _chart(view: View, form: str, other: str | None) -> None:
    """The matrix in the form that is asked for, with its legend."""
    theme = page.theme()
    matrix_ = view.run.evaluation("confusion")[view.state]
    if form == "images" and other is None:
        images = test_images(view.data)
        if images is None:
            page.empty("No pictures to show", "The counts are here: choose Counts or Row %. The pictures come with CIFAR-10.", chart.HEIGHT)
            return
        frame = _top_images(view.name, view.state, theme.dark, images.source)
        page.chart(
            chart.pictures(frame, view.classes, view.shape[0], theme),
            alt_text="The most confident image of each cell of the confusion matrix",
            key=f"{CHART}-images",
            select=True,
            width="stretch",
        )
        page.legend("each cell's most confident image; empty cells hold none")
        return
    wrong = int(matrix_.sum() - np.trace(matrix_))
    page.chart(
        chart.matrix(_table(view.name, other), view.classes, theme, shares=form == "shares", difference=other is not None),
        alt_text=f"Confusion matrix, {view.epoch_words.lower()}: {wrong:,} of {matrix_.sum():,} images off the diagonal",
        key=f"{CHART}-{view.data}-{other is not None}-{form}",
        select=True,
        width="stretch",
    )
    page.legend(chart.DIFFERENCE_WORDS if other else chart.SHARE_WORDS)
    if other:
        st.caption(
            f"{TITLES[view.name]} less {TITLES[other]}, each at its stored state nearest to the epoch. "
            "Margins: recall and precision, in percentage points."
        )
    else:
        st.caption("Rows: the actual class; columns: what it was read as. Margins in %: recall of each row, precision of each column.")


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


def _picked_cell(view: View) -> tuple[int, int] | None:
    """Row and column of the picked cell: the newest click, else what the link says."""
    kept = st.session_state.get("_templates-clicks", {})
    seen = {key: points for key, points in kept.items() if key in st.session_state}  # a chart that was left forgets its click
    st.session_state["_templates-clicks"] = seen
    for key in [k for k in st.session_state if str(k).startswith(CHART)]:
        points = st.session_state[key].get("selection", {}).get("cell", [])
        if points != seen.get(key):
            seen[key] = points
            if points:
                st.session_state[link.key(PAGE, "cell")] = f"{points[0]['row']}-{points[0]['column']}"
    row, _, column = str(st.session_state.get(link.key(PAGE, "cell")) or "").partition("-")
    if row in view.classes and column in view.classes:
        return view.classes.index(row), view.classes.index(column)
    return None


def _cell(view: View, row: int, column: int) -> None:
    """What a cell holds now, over the epochs, and its images."""
    actual, predicted = view.classes[row], view.classes[column]
    film = view.run.evaluation("confusion")
    story = confusion.cell_story(film, row, column)
    count, total = int(film[view.state, row, column]), int(film[view.state, row].sum())
    st.markdown(f"**{actual} read as {predicted}**: {count:,} of {total:,} ({count / max(total, 1):.1%} of the row)")
    epochs = view.run.epochs
    page.chart(
        chart.story(epochs, story.counts, view.state, page.theme()),
        alt_text=f"Images of {actual} read as {predicted} over the epochs, now {count}",
        key=f"{PAGE}-story",
        width="stretch",
    )
    gone = "" if story.gone_state is None else f" Gone from epoch {epoch_label(epochs[story.gone_state])} on."
    if row != column:
        st.caption(f"Most often at epoch {epoch_label(epochs[story.top_state])}: {story.counts[story.top_state]:,} images.{gone}")
    images = test_images(view.data)
    if images is None:
        missing()
        return
    rows = probabilities(view, images)
    members = confusion.cell_images(rows, images.labels, row, column)
    if not images.own:
        stand_in(view)
        st.caption(f"The counts are those of MNIST; of the digits here {len(members):,} fall into this cell.")
    theme = page.theme()
    items = [
        Thumbnail(int(i), raster.rgb_url(thumbnail_colours(view, images.images[i], theme)), f"{rows[i, column]:.1%}")
        for i in members[:SHOWN]
    ]
    if items:
        st.caption(f"By confidence{f', the first {SHOWN}' if len(members) > SHOWN else ''}. Click one to see its sums.")
        thumbnails(f"{PAGE}-cell-images", items, side=2 * view.shape[0] if view.data == "mnist" else view.shape[0], on_pick=opener(view))
    else:
        st.caption("No image falls into this cell at this epoch.")


def _largest(view: View) -> None:
    """The five most frequent errors of this state."""
    counts = view.run.evaluation("confusion")[view.state].astype(int)
    errors = counts - np.diag(np.diag(counts))
    order = np.argsort(-errors, axis=None, kind="stable")[:5]
    rows = [f"- {view.classes[i // 10]} read as {view.classes[i % 10]}: {errors.flat[i]:,}" for i in order if errors.flat[i]]
    st.markdown("**The most frequent errors now**\n" + "\n".join(rows))


def csv(view: View) -> bytes:
    """The counts of the state shown; the first column holds the actual class."""
    counts = view.run.evaluation("confusion")[view.state]
    return pd.DataFrame(counts, index=pd.Index(view.classes, name="actual \\ predicted"), columns=view.classes).to_csv().encode()
