"""What the answer to one image hangs on: covered place by place, and by the gradient of the logit."""

import numpy as np
import streamlit as st

from core.analysis import attribution
from core.breaking import words
from core.breaking.subject import Subject
from core.charts import cells, numbers
from core.charts.prepared import Prepared
from core.charts.theme import theme
from core.frame import choices, page
from core.frame.choices import Choice, Section
from core.serving.shared import shared

SIZE = 224  # pixels of a map


def of_page(section: Section) -> Choice:
    """Whether the maps are shown, for a page's choices."""
    return choices.flag("hangs", True, section)


def hangs(about: Subject, image: np.ndarray, label: int) -> None:
    """Both maps for an image (height, width) in [0, 1] and the class that it is read as, with what they do and do not say."""
    if not toggle(about.page):
        return
    image = np.asarray(image, np.float32)
    name, side = about.classes[label], min(attribution.SIDE, max(2, about.side // 4))
    falls, maps = _maps(about, image, side, label, *about.key, image.tobytes(), page.theme().dark)
    row, column = np.unravel_index(int(falls.argmax()), falls.shape)
    most = f"{numbers.fixed(100 * float(falls.max()), 1)} points"
    covered = f"Most is lost under rows {row + 1} to {row + side}, columns {column + 1} to {column + side}: {most}."
    lost, slope = f"How far the share of {name} falls where a square is covered", f"Gradient of the logit of {name}, times ink"
    told = (
        ("covered", f"Covered: how far the share of {name} falls", f"{lost}: {covered}", f"{covered} {words.COVERED.format(side=side)}"),
        ("gradient", slope, slope, words.GRADIENT.format(name=name)),
    )
    for (kind, title, alt, said), (chart, limit), box in zip(told, maps, st.columns(2, gap="medium"), strict=True):
        with box:
            st.markdown(f"**{title}**")
            page.chart(chart, alt_text=f"{alt}; full colour at ±{limit}", key=f"{about.page}-hangs-{kind}")
            st.caption(f"{said} Colours are full at ±{limit}.")


def toggle(page_name: str) -> bool:
    """Whether a person wants to see what the answer hangs on."""
    return bool(st.toggle("What the answer hangs on", key=choices.key(page_name, "hangs"), persist_state="session"))


@shared()
def _maps(
    _about: Subject, _image: np.ndarray, side: int, label: int, key: str, state: int, stamp: str, image: bytes, dark: bool
) -> tuple[np.ndarray, list[tuple[Prepared, str]]]:
    """How far the share falls under each square, and both maps with the value that has the full colour."""
    model, weights = _about.net.run.spec.model, _about.net.weights
    falls, out = attribution.occlusion(model, weights, _image, label, side), []
    for values in (attribution.spread(falls, side), attribution.gradient(model, weights, _image, label) * _image):
        limit = float(np.abs(values).max()) or 1.0
        out.append((cells.cells(values, limit, theme(dark), size=max(1, SIZE // _about.side), axes=False), numbers.number(limit)))
    return falls, out
