"""Test pulses by class with what the network says, the misread ones first, and the confusion counts."""

import numpy as np
import pandas as pd
import streamlit as st

from core.charts import cnn_curves, raster
from core.models.counts import accuracy, row_shares
from core.ui import link, page
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.cnn import data as cnn_data
from pages.cnn.choices import ANY, PAGE, put
from pages.cnn.view import View, setter, settle, write_link

SHOWN = 24  # pulses


@st.fragment
def tests_panel(view: View) -> None:
    """Counts at the state shown; single images at the last state, whose dense layers are kept."""
    settle()
    _panel(view)
    write_link(view)


def _panel(view: View) -> None:
    classes = list(view.pulses.classes)
    counts = view.run.evaluation("confusion")[view.state]
    left, right = st.columns([2, 3], gap="large")
    with left:
        _matrix(view, counts, classes)
    with right:
        _gallery(view, classes)


def _matrix(view: View, counts: np.ndarray, classes: list[str]) -> None:
    total, right = int(counts.sum()), int(np.trace(counts))
    st.markdown(f"**{right:,} of {total:,} test pulses right at {view.epoch}** ({accuracy(counts):.1%}). Rows are what was drawn.")
    frame = pd.DataFrame(
        {
            "actual": np.repeat(classes, len(classes)),
            "predicted": np.tile(classes, len(classes)),
            "images": counts.ravel(),
            "share": row_shares(counts).ravel(),
        }
    )

    def picked() -> None:
        cell = (st.session_state["cnn-confusion"].get("selection") or {}).get("cell")
        if cell:
            put("actual", cell[0]["actual"])
            put("predicted", cell[0]["predicted"])

    page.chart(
        cnn_curves.confusion(frame, classes, page.theme()), alt_text="Confusion counts", key="cnn-confusion", select=picked, width="stretch"
    )
    st.caption("Click a cell to see its pulses.")
    st.download_button(
        "Counts, CSV",
        frame.to_csv(index=False).encode(),
        f"{view.name}-confusion.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _gallery(view: View, classes: list[str]) -> None:
    says = cnn_data.test_answers(view.name)  # (images, classes)
    found = cnn_data.test_set(view.name)
    predicted = says.argmax(1)
    wrong = predicted != found.labels
    any_of = [ANY, *classes]
    first, second, third = st.columns(3, vertical_alignment="bottom")
    actual = first.selectbox("Drawn as", any_of, key=link.key(PAGE, "actual"), persist_state="session")
    guess = second.selectbox("Read as", any_of, key=link.key(PAGE, "predicted"), persist_state="session")
    only = third.toggle("Misread only", key=link.key(PAGE, "misread"), persist_state="session")
    kept = np.ones(len(wrong), bool)
    if actual != ANY:
        kept &= found.labels == classes.index(actual)
    if guess != ANY:
        kept &= predicted == classes.index(guess)
    if only:
        kept &= wrong
    members = np.flatnonzero(kept)
    order = members[np.lexsort((members, ~wrong[members]))]  # misread ones first
    epoch = view.run.epochs[-1]
    st.markdown(
        f"At epoch {epoch:g} **{wrong.sum()} of {len(wrong):,}** are misread; {len(members):,} pulses fit your choice, "
        f"{min(SHOWN, len(members))} are shown. Click one to convolve it; the number is "
        "the network's largest output."
    )
    if not len(members):
        page.empty("No test pulse fits", "The network makes no such mistake at this state; choose another class.", 200)
        return
    items = []
    for i in order[:SHOWN].tolist():
        name, guess_name = classes[found.labels[i]], classes[predicted[i]]
        words = f"{name}\nread as {guess_name} ✗ {says[i].max():.2f}" if wrong[i] else f"{name}\n✓ {says[i].max():.2f}"
        items.append(Thumbnail(i, raster.png_url(raster.amount_levels(found.images[i], 1), page.theme().ink_palette), words))
    thumbnails("cnn-gallery", items, side=found.images.shape[1], on_pick=_convolve)


def _convolve(image: int) -> None:
    setter("image")(f"test-{image}")
    setter("section")("convolution")
