"""The picked cell of a confusion matrix: what it holds now, over the epochs, and its images."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.analysis import confusion
from core.charts import confusion as chart
from core.charts.numbers import percent, probability
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.data import catalog
from core.frame import choices, page
from core.serving.shared import shared
from core.ui import clicks, shown
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.templates.choices import PAGE, cells, opener
from pages.templates.images import missing, probabilities, test_images, url
from pages.templates.sizes import LIST, width
from pages.templates.view import View

CHART = f"{PAGE}-confusion-chart"  # how the keys of the matrices begin
SHOWN = 36  # images of a cell


@dataclass(frozen=True)
class Cell:
    """A cell of one network's matrix."""

    view: View
    row: int
    column: int

    @property
    def actual(self) -> str:
        return self.view.classes[self.row]

    @property
    def predicted(self) -> str:
        return self.view.classes[self.column]

    @property
    def words(self) -> str:
        return f"{self.actual} read as {self.predicted}"


def picked_cell(views: Sequence[View]) -> Cell | None:
    """The cell that is chosen, of the first network that has it."""
    name = choices.value(PAGE, "cell")
    return next((Cell(view, *cells(view.classes)[name]) for view in views if name in cells(view.classes)), None)


def choose_cell(views: Sequence[View]) -> None:
    """The cell by name, for the keyboard and for a search; it shares the choice with the click."""
    names = {name: Cell(view, *place) for view in reversed(views) for name, place in cells(view.classes).items()}

    def words(name: str) -> str:
        return names[name].words if name else "none: click one in the matrix, or choose"

    options = ["", *(name for view in views for name in cells(view.classes) if names[name].view is view)]
    st.selectbox("Cell", options, format_func=words, key=choices.key(PAGE, "cell"), persist_state="session", width=440)


def pick(chart_key: str, then: Callable[[], None] | None = None) -> Callable[[], None]:
    """What a matrix with this key calls when a cell is clicked."""

    def picked() -> None:
        point = clicks.taken(chart_key, "cell", CHART)
        if point:
            choices.put(PAGE, "cell", f"{point['row']}-{point['column']}")
            if then:
                then()

    return picked


def cell_panel(cell: Cell | None, view: View, second: View | None) -> None:
    """What to do, or what the picked cell holds in the networks shown."""
    if cell is None:
        st.info("Click a cell to see its images, the most confident first, and when the error came and went.")
        _largest(view)
        return
    view = cell.view
    beside = second if second is not None and second.id != view.id and second.classes == view.classes else None
    counts = view.confusions[view.state]
    count, total = int(counts[cell.row, cell.column]), int(counts[cell.row].sum())
    st.markdown(
        f"**{cell.words}**: {count:,} of {total:,} ({percent(count / max(total, 1))} of the row)"
        + ("" if beside is None else f"; {beside.title}: {beside.confusions[beside.state, cell.row, cell.column]:,}")
    )
    _story(cell, beside)
    _images(cell)


def _story(cell: Cell, beside: View | None) -> None:
    """When an error came and went, with the other network's where two are compared."""
    view = cell.view
    story = confusion.cell_story(view.confusions, cell.row, cell.column)
    lines = [(view.title, view.run.epochs, story.counts)]
    if beside is not None:
        lines.append((beside.title, beside.run.epochs, beside.confusions[:, cell.row, cell.column]))
    story_chart = _curves(lines, view.stamp, "" if beside is None else beside.stamp, cell.row, cell.column, view.epoch, page.theme().dark)
    page.chart(
        story_chart,
        alt_text=f"Images of {cell.words} over the epochs, now {story.counts[view.state]}",
        key=f"{PAGE}-story",
        width="stretch",
    )
    if cell.row == cell.column or story.first_state is None:
        return
    labels = shown.labels(view.run)
    gone = "" if story.gone_state is None else f" Gone from epoch {labels[story.gone_state]} on."
    st.caption(
        f"First seen at epoch {labels[story.first_state]}, most often at epoch {labels[story.top_state]}: "
        f"{story.counts[story.top_state]:,} images.{gone}"
    )


@shared()
def _curves(
    _lines: list[tuple[str, np.ndarray, np.ndarray]], stamp: str, other: str, row: int, column: int, epoch: float, dark: bool
) -> Prepared:
    return chart.story(_lines, epoch, theme(dark))


def _images(cell: Cell) -> None:
    """The cell's images, the most confident first; a click opens one."""
    view = cell.view
    images = test_images(view.data)
    if images is None:
        missing(view)
        return
    rows = probabilities(view, images)
    members = confusion.cell_images(rows, images.labels, cell.row, cell.column)
    if not images.own:
        st.caption(
            f"The counts above are of the {view.counts.sum():,} {catalog.get(view.data).test_words}. Those are not here: of the "
            f"{len(images.labels):,} {images.source} digits that stand in, {len(members):,} fall into this cell."
        )
    items = [Thumbnail(int(i), url(images.images[i]), probability(float(rows[i, cell.column]))) for i in members[:SHOWN]]
    if items:
        st.caption(f"By confidence{f', the first {SHOWN}' if len(members) > SHOWN else ''}. Click one to see its sums.")
        thumbnails(f"{PAGE}-cell-images", items, side=width(view.shape, LIST), on_pick=opener(view))
    elif images.own:
        st.caption("No image falls into this cell at this epoch.")


def _largest(view: View) -> None:
    """The five most frequent errors of this state."""
    lines = [f"- {view.classes[r]} read as {view.classes[c]}: {view.counts[r, c]:,}" for r, c in confusion.largest_errors(view.counts)]
    st.markdown("**The most frequent errors now**\n" + "\n".join(lines or ["- none"]))
