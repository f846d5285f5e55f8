"""Test pulses by class with what the network says, the misread ones first, and the confusion counts."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.mistakes import misread_first
from core.charts import confusion as charts
from core.charts import numbers, raster
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.frame import page
from core.models import counts as counting
from core.serving.shared import shared
from core.ui.shown import Shown
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.cnn import data as cnn_data
from pages.cnn import pictures
from pages.cnn.choices import ANY, convolve, key, panel, put
from pages.cnn.runs import pulses_of
from pages.cnn.words import when

SHOWN = 24  # pulses
TILE = 100  # pixels, about, of a pulse


@panel
def tests_panel(shown: Shown) -> None:
    """Counts at the state shown, and single images at a state whose dense layers are kept."""
    classes = list(pulses_of(shown.run.spec).classes)
    left, right = st.columns([2, 3], gap="large")
    with left:
        _matrix(shown, classes)
    with right:
        _gallery(cnn_data.answering(shown), classes)


def _matrix(shown: Shown, classes: list[str]) -> None:
    try:
        counts = shown.run.evaluation("confusion")[shown.state]
    except KeyError:
        page.empty("Nothing was counted", "This run was not tested; the pulses beside are drawn anew.", 220)
        return
    total, right = int(counts.sum()), int(np.trace(counts))
    st.markdown(
        f"**{right:,} of {total:,} test pulses right {when(shown)}** ({numbers.percent(float(counting.accuracy(counts)))}). "
        "Rows are what was drawn."
    )

    def picked() -> None:
        cell = (st.session_state["cnn-confusion"].get("selection") or {}).get("cell")
        if cell and {cell[0]["row"], cell[0]["column"]} <= set(classes):
            put("actual", cell[0]["row"])
            put("predicted", cell[0]["column"])

    chart = _counts(shown, shown.key, shown.run.states, shown.state, page.theme().dark)
    page.chart(
        chart, alt_text=f"Confusion counts: {right:,} of {total:,} on the diagonal", key="cnn-confusion", select=picked, width="stretch"
    )
    page.legend(charts.SHARE_WORDS)
    st.caption("Click a cell to see its pulses. Margins: recall of each row, precision of each column.")
    st.download_button(
        "Counts, CSV",
        lambda: _csv(counts, classes),
        f"{shown.id}-confusion.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


@shared()
def _counts(_shown: Shown, key: str, states: int, state: int, dark: bool) -> Prepared:
    """The counts of a state as a matrix."""
    one = _shown.run.evaluation("confusion")[state][None].astype(int)  # (1, classes, classes)
    classes = list(pulses_of(_shown.run.spec).classes)
    frame = charts.table(one, one[0].sum(1), counting.recall(one), counting.precision(one), classes)
    return charts.matrix(frame, classes, theme(dark))


def _csv(counts: np.ndarray, classes: list[str]) -> bytes:
    """A row a cell: actual, predicted, images, share of the row."""
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    pairs = {"actual": np.repeat(classes, len(classes)), "predicted": np.tile(classes, len(classes))}
    return pd.DataFrame(pairs | {"images": counts.ravel(), "share": shares.ravel()}).to_csv(index=False).encode()


def _gallery(shown: Shown, classes: list[str]) -> None:
    says = cnn_data.test_answers(shown)  # (images, classes)
    labels, predicted = cnn_data.labels(shown.run)[: len(says)], says.argmax(1)
    wrong = predicted != labels
    any_of = [ANY, *classes]
    first, second, third = st.columns(3, vertical_alignment="bottom")
    actual = first.selectbox("Drawn as", any_of, key=key("actual"), persist_state="session")
    guess = second.selectbox("Read as", any_of, key=key("predicted"), persist_state="session")
    only = third.toggle("Misread only", key=key("misread"), persist_state="session")
    of, read_as = (None if name == ANY else classes.index(name) for name in (actual, guess))
    order = misread_first(labels, predicted, of=of, read_as=read_as, misread=only)
    among = f"{len(wrong):,}" if len(wrong) == cnn_data.count(shown.run) else f"the first {len(wrong):,}"
    moment = when(shown)
    st.markdown(
        f"{moment[0].upper()}{moment[1:]} **{wrong.sum()} of {among}** are misread; {len(order):,} pulses fit your choice, "
        f"{min(SHOWN, len(order))} are shown. Click one to convolve it; the number is the network's largest output."
    )
    if not len(order):
        page.empty("No test pulse fits", "The network makes no such mistake at this state; choose another class.", 200)
        return
    items, side = [], TILE
    for i in order[:SHOWN].tolist():
        name, guess_name = classes[labels[i]], classes[predicted[i]]
        words = f"{name}\nread as {guess_name} ✗ {says[i].max():.2f}" if wrong[i] else f"{name}\n✓ {says[i].max():.2f}"
        url, side = _pulse(shown, shown.key, i, page.theme().dark)
        items.append(Thumbnail(i, url, words))
    thumbnails("cnn-gallery", items, side=side, on_pick=lambda number: convolve(f"test-{number}"))


@shared()
def _pulse(_shown: Shown, key: str, number: int, dark: bool) -> tuple[str, int]:
    """A test pulse as a picture, and its pixels across."""
    small, scale = pictures.fitted(cnn_data.test_pulses(_shown.run)[number], TILE)
    return raster.png_url(raster.amount_levels(small, 1), theme(dark).ink_palette), scale * len(small)
