"""Which pixels teach: a white one has nothing to say, and one that is white in every image never learns."""

import numpy as np
import streamlit as st

from core.charts import raster
from core.charts.theme import Theme
from core.frame import page
from core.ui import question
from core.ui.thumbnails import Thumbnail, thumbnails
from pages.learning import words
from pages.learning.choices import PAGE
from pages.learning.images import ever_inked
from pages.learning.picked import Picked
from pages.learning.view import View


def white_pixels(view: View, picked: Picked) -> None:
    """The guess, then this image's white pixels beside those that no training image ever inked."""

    def answer() -> tuple[str, str]:
        white = int((picked.values == 0).sum())
        return words.UNDER_INK if white else words.ALL, (
            f"{white:,} of the {picked.values.size:,} pixels are exactly 0 in this image, and error × 0 = 0: the weights from there stay "
            f"where they are, in every one of the {view.model.sizes[1]:,} kernels."
        )

    options = (words.UNDER_INK, words.UNDER_WHITE, words.ALL)
    if question.ask(PAGE, "white", words.WHITE, options, answer, words.WHITE_WHY, subject=view.id):
        _never(view, picked)


def _never(view: View, picked: Picked) -> None:
    """The pixels that are white in every training image, and how far their weights have come since the start."""
    looked = ever_inked(view)
    if looked is None:
        return
    inked, count = looked
    colours = page.theme()
    pictures = [
        (view.url(picked.values, colours), "the image"),
        (_mask(picked.values > 0, view, colours), f"can learn from it:\n{int((picked.values > 0).sum()):,} pixels"),
        (_mask(inked, view, colours), f"can learn from any of\n{count:,} images: {int(inked.sum()):,} pixels"),
    ]
    items = [Thumbnail(i, url, caption) for i, (url, caption) in enumerate(pictures)]
    thumbnails(f"{PAGE}-whites", items, side=view.across, own=picked.own)
    never = int((~inked).sum())
    if not never:
        st.markdown(f"**No pixel is white in all {count:,} training images**, so every weight of the first kernel learns sometimes.")
        return
    start, end = (view.at(state).weights["dense1.kernel"][~inked] for state in (0, -1))
    moved, decay = float(np.abs(end - start).max()), view.run.spec.train.weight_decay
    stayed = "have not moved at all" if moved == 0 else f"have moved by at most {moved:.2g}"
    cause = ""
    if moved and decay:
        cause = f" What moved them is the weight decay of {decay:g}, which pulls every weight towards 0; no image did."
    st.markdown(
        f"**{never:,} of {len(inked):,} pixels are white in all {count:,} training images.** Their weights get the gradient error × 0 = 0 "
        f"at every step of the training: from the start to epoch {view.run.epochs[-1]:g} they {stayed}.{cause}"
    )


def _mask(learns: np.ndarray, view: View, colours: Theme) -> str:
    """A picture, strong where a pixel can learn and paper elsewhere."""
    return raster.rgb_url(colours.amount_palette[np.where(learns.reshape(view.shape), 150, 0)])
