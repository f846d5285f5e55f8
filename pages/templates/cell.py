"""The picked cell of a confusion matrix: what it holds now, over the epochs, and its images."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.analysis import confusion
from core.charts import confusion as chart
from core.charts import raster
from core.ui import link, page
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.templates.image import missing
from pages.templates.view import PAGE, TITLES, View, choice_key, epoch_label, opener, probabilities, test_images, thumbnail_colours

CHART = f"{PAGE}-confusion-chart"  # how the keys of the matrices begin
_FORGOTTEN = "_templates-forgotten"  # how often a cell was chosen by name
SHOWN = 36  # images of a cell


@dataclass(frozen=True)
class Cell:
    """A cell of one model's matrix."""

    view: View
    row: int
    column: int

    @property
    def actual(self) -> str:
        return self.view.classes[self.row]

    @property
    def predicted(self) -> str:
        return self.view.classes[self.column]

    def count(self, view: View) -> int:
        """Images of this cell in a model with the same classes."""
        return int(view.run.evaluation("confusion")[view.state, self.row, self.column])


def picked_cell(views: Sequence[View]) -> Cell | None:
    """The picked cell: the newest click, else what the link says. Its classes tell whose it is."""
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
    for view in views:
        if row in view.classes and column in view.classes:
            return Cell(view, view.classes.index(row), view.classes.index(column))
    return None


def choose_cell(views: Sequence[View]) -> None:
    """The cell by name, for the keyboard and for a search; it shares the choice with the click."""
    cells = {f"{a}-{p}": (view, r, c) for view in views for r, a in enumerate(view.classes) for c, p in enumerate(view.classes)}

    def words(name: str) -> str:
        if not name:
            return "none: click one in the matrix, or choose"
        view, row, column = cells[name]
        return f"{view.classes[row]} read as {view.classes[column]}"

    options = ["", *cells]
    st.selectbox(
        "Cell", options, format_func=words, key=choice_key("cell", options), persist_state="session", width=440, on_change=_forget_clicks
    )


def chart_key(*parts: str) -> str:
    """Key of a matrix; it changes when a cell is chosen by name, since a click on the cell clicked before would stay unheard."""
    return "-".join([CHART, *parts, str(st.session_state.get(_FORGOTTEN, 0))])


def _forget_clicks() -> None:
    st.session_state[_FORGOTTEN] = st.session_state.get(_FORGOTTEN, 0) + 1


def cell_panel(cell: Cell | None, view: View, second: View | None) -> None:
    """What to do, or what the picked cell holds in the models shown."""
    if cell is None:
        st.info("Click a cell to see its images, the most confident first, and when the error came and went.")
        _largest(view)
        return
    view = cell.view
    beside = second if second is not None and second.name != view.name and second.data == view.data else None
    count, total = cell.count(view), int(view.run.evaluation("confusion")[view.state, cell.row].sum())
    st.markdown(
        f"**{cell.actual} read as {cell.predicted}**: {count:,} of {total:,} ({count / max(total, 1):.1%} of the row)"
        + ("" if beside is None else f"; {TITLES[beside.name]}: {cell.count(beside):,}")
    )
    _story(cell, beside)
    _images(cell)


def _story(cell: Cell, beside: View | None) -> None:
    """When an error came and went, with the other model's where two are compared."""
    view = cell.view
    epochs = view.run.epochs
    story = confusion.cell_story(view.run.evaluation("confusion"), cell.row, cell.column)
    lines = [(TITLES[view.name], epochs, story.counts)]
    if beside is not None:
        lines.append((TITLES[beside.name], beside.run.epochs, beside.run.evaluation("confusion")[:, cell.row, cell.column]))
    page.chart(
        chart.story(lines, epochs[view.state], page.theme()),
        alt_text=f"Images of {cell.actual} read as {cell.predicted} over the epochs, now {story.counts[view.state]}",
        key=f"{PAGE}-story",
        width="stretch",
    )
    if cell.row == cell.column or story.first_state is None:
        return
    gone = "" if story.gone_state is None else f" Gone from epoch {epoch_label(epochs[story.gone_state])} on."
    st.caption(
        f"First seen at epoch {epoch_label(epochs[story.first_state])}, most often at epoch {epoch_label(epochs[story.top_state])}: "
        f"{story.counts[story.top_state]:,} images.{gone}"
    )


def _images(cell: Cell) -> None:
    """The cell's images, the most confident first; a click opens one."""
    view = cell.view
    images = test_images(view.data)
    if images is None:
        missing()
        return
    rows = probabilities(view, images)
    members = confusion.cell_images(rows, images.labels, cell.row, cell.column)
    if not images.own:
        st.caption(f"The counts are those of MNIST; of the digits here {len(members):,} fall into this cell.")
    theme = page.theme()
    items = [
        Thumbnail(int(i), raster.rgb_url(thumbnail_colours(view, images.images[i], theme)), f"{rows[i, cell.column]:.1%}")
        for i in members[:SHOWN]
    ]
    if items:
        st.caption(f"By confidence{f', the first {SHOWN}' if len(members) > SHOWN else ''}. Click one to see its sums.")
        thumbnails(f"{PAGE}-cell-images", items, side=2 * view.shape[0], on_pick=opener(view))
    else:
        st.caption("No image falls into this cell at this epoch.")


def _largest(view: View) -> None:
    """The five most frequent errors of this state."""
    counts = view.run.evaluation("confusion")[view.state]
    rows = [f"- {view.classes[i]} read as {view.classes[j]}: {counts[i, j]:,}" for i, j in confusion.largest_errors(counts)]
    st.markdown("**The most frequent errors now**\n" + "\n".join(rows))
