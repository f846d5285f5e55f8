"""A row of downloads, and what the page's files hold."""

import io
from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import templates
from core.charts import raster
from core.charts import templates as pictures
from core.charts import theme as colours
from core.ui import shown
from pages.templates.choices import PAGE
from pages.templates.sizes import sheet_columns
from pages.templates.view import View

FRAMES = 200  # states of a film, at most


def downloads(*items: tuple[str, str | bytes | Callable[[], bytes], str, str], key: str) -> None:
    """A row of downloads: label, data or what makes it, file name, MIME type."""
    with st.popover("Download", icon=":material/download:", key=f"{PAGE}-downloads-{key}", on_change="rerun") as opened:
        for i, (label, data, file_name, mime) in enumerate(items if opened.open else ()):
            st.download_button(label, data, file_name, mime, key=f"{PAGE}-download-{key}-{i}", on_click="ignore")


def png(view: View, dark: bool) -> bytes:
    """All templates of the state shown on one sheet."""
    columns = sheet_columns(len(view.units))
    return raster.rgb_png(pictures.sheet(view.templates, view.limit, colours.theme(dark), columns=columns), 4)


def npz(view: View) -> bytes:
    """Templates, biases and epoch of the state shown."""
    out = io.BytesIO()
    np.savez(out, templates=view.templates, bias=view.weights["dense1.bias"], epoch=view.epoch, names=np.array(view.units))
    return out.getvalue()


def film_webp(view: View, dark: bool) -> bytes:
    """The templates of every state on a sheet, or of FRAMES of them."""
    last = view.run.states - 1
    kept = sorted({*range(0, last + 1, max(1, -(-last // FRAMES))), last})
    labels, columns = shown.labels(view.run), sheet_columns(len(view.units))
    wide = columns * (view.shape[1] + 1)  # pixels across of a frame
    return pictures.film(
        templates.rolled(view.over_states("dense1.kernel")[kept], view.shape),
        [f"{view.title}: epoch {labels[state]}" for state in kept],
        view.limit,
        colours.theme(dark),
        columns=columns,
        scale=max(1, round(440 / wide)),
    )


def csv(view: View, less: View | None = None) -> bytes:
    """The counts of the state shown, less those of another network; the first column holds the actual class."""
    counts = view.counts
    if less is not None:
        counts = counts - less.counts
    return pd.DataFrame(counts, index=pd.Index(view.classes, name="actual \\ predicted"), columns=view.classes).to_csv().encode()
