"""What the answer to one image hangs on: covered place by place, and by the gradient of the logit."""

import numpy as np
import streamlit as st

from core.analysis import attribution
from core.charts import cells, numbers
from core.serving.shared import shared
from core.ui import choices as links
from core.ui import page
from core.ui.breaking import Subject
from core.ui.shown import Shown
from pages.digits import choices, words

SIZE = 224  # pixels of a map


def hangs(about: Subject, image: np.ndarray, label: int) -> None:
    """Both maps for an image (height, width) in [0, 1] and the class that it is read as, with what they do and do not say."""
    if not st.toggle("What the answer hangs on", key=links.key(choices.PAGE, "hangs"), persist_state="session"):
        return
    image = np.asarray(image, np.float32)
    side = min(attribution.SIDE, max(2, about.side // 4))
    falls, slopes = _maps(about.net, image, side, label, about.net.key, about.net.state, image.tobytes())
    name = about.classes[label]
    row, column = np.unravel_index(int(falls.argmax()), falls.shape)
    maps = (
        (
            f"Covered: how far the share of {name} falls",
            attribution.spread(falls, side),
            f"Most is lost under rows {row + 1} to {row + side}, columns {column + 1} to {column + side}: "
            f"{numbers.fixed(100 * float(falls.max()), 1)} points. " + words.COVERED.format(side=side),
        ),
        (f"Gradient of the logit of {name}, times ink", slopes * image, words.GRADIENT.format(name=name)),
    )
    for (title, values, says), box in zip(maps, st.columns(2, gap="medium"), strict=True):
        with box:
            limit = float(np.abs(values).max()) or 1.0
            chart = cells.cells(values, limit, page.theme(), title=title, size=max(1, SIZE // about.side), axes=False, legend=True)
            page.chart(chart, alt_text=f"{title}; the largest value is {numbers.number(values.max())}", key=f"digits-hangs-{title[:7]}")
            st.caption(says)


@shared()
def _maps(_net: Shown, _image: np.ndarray, side: int, label: int, key: str, state: int, image: bytes) -> tuple[np.ndarray, np.ndarray]:
    """How far the share falls under each square, and the gradient."""
    model, weights = _net.run.spec.model, _net.weights
    return attribution.occlusion(model, weights, _image, label, side), attribution.gradient(model, weights, _image, label)
