"""What the answer to one pulse hangs on: the image blanked stretch by stretch, from left to right."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import attribution
from core.breaking.hangs import toggle
from core.breaking.subject import Subject
from core.charts import numbers, response
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.frame import page
from core.models import network
from core.serving.shared import shared
from pages.cnn import data, words

PLACES = 33  # stretches that are blanked, fewer in a large network
EACH = 30  # of the pulses that a look at many may take, one place for so many


def hangs(about: Subject, image: np.ndarray, label: int) -> None:
    """What the network says with each stretch of an image (side, side) in [0, 1] blank, and where the class that it reads loses most."""
    if not toggle(about.page):
        return
    image = np.asarray(image, np.float32)
    width, name = max(2, about.side // 10), about.classes[label]
    first, fall, chart = _blanked(about, image, width, label, *about.key, image.tobytes(), page.theme().dark)
    lost = f"{numbers.fixed(100 * fall, 1)} points" if about.shares else numbers.number(fall)
    said = f"No stretch costs {name} anything."
    if fall > 0:
        said = f"With columns {first} to {first + width - 1} blank, {name} loses most: {lost}."
    st.markdown(f"**Blank, stretch by stretch.** {said}")
    page.chart(
        chart, alt_text=f"What each class gets with a stretch of the image blank: {said}", key=f"{about.page}-hangs-blank", width="stretch"
    )
    st.caption(words.HANGS.format(width=width, name=name))


@shared()
def _blanked(
    _about: Subject, _image: np.ndarray, width: int, label: int, key: str, state: int, stamp: str, image: bytes, dark: bool
) -> tuple[int, float, Prepared]:
    """First column (from 1) of the stretch that costs a class most, how much, and the chart of all classes."""
    run = _about.net.run
    places = min(PLACES, max(data.FEWEST, data.affordable(run) // EACH))
    firsts, says = attribution.stretches(run.spec.model, _about.net.weights, _image, width, places)
    middles, worst = firsts + (width + 1) / 2, int(says[:, label].argmin())
    table = pd.concat(
        [pd.DataFrame({"value": middles, "curve": name, "answer": says[:, i]}) for i, name in enumerate(_about.classes)], ignore_index=True
    )
    whole = network.answers(run.spec.model, _about.net.weights, _image[None])[0, label]
    titles = ("middle of the blank columns", "share" if _about.shares else "output")
    chart = response.along(table, float(middles[worst]), titles, theme(dark), domain=(_about.low, 1.0))
    return int(firsts[worst]) + 1, float(whole - says[worst, label]), chart
