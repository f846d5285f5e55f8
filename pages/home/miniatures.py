"""The small pictures on the home page's cards, each drawn from the runs that its page shows."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from core.charts import raster
from core.charts.theme import Theme, theme
from core.data.pulses import draw
from core.runs import store
from core.specs import PulseSpec
from core.ui import cached, page

SIDE, SMALL = 168, 84  # pixels of a picture above its words, and beside them


def _signed(image: np.ndarray, colours: Theme, side: int) -> bytes:
    """A signed array (height, width) as a PNG, blown up by a whole factor and centred on side x side pixels."""
    scale = max(1, side // max(image.shape))
    levels = np.kron(raster.signed_levels(image, float(np.abs(image).max())), np.ones((scale, scale), np.uint8))
    card = np.full((side, side), 127, np.uint8)  # zero, the paper's colour
    top, left = (side - levels.shape[0]) // 2, (side - levels.shape[1]) // 2
    card[top : top + levels.shape[0], left : left + levels.shape[1]] = levels
    return raster.png(card, colours.signed_palette)


def _pulses(colours: Theme, side: int) -> bytes:
    image = draw(PulseSpec(size=84), 3, seed=4).images.max(axis=0)  # (84, 84), one pulse of each class on one screen
    return raster.png((image * 254).astype(np.uint8), colours.ink_palette, side // 84)


def _mlp(colours: Theme, side: int) -> bytes:
    kernel = cached.run("mlp-diagonal").state(-1)["dense5.kernel"]  # (15, 10)
    return _signed(kernel[np.argsort(-kernel[:, 3])], colours, side)


def _templates(colours: Theme, side: int) -> bytes:
    kernel = cached.run("softmax-mnist").state(-1)["dense1.kernel"]  # (784, 10)
    return _signed(kernel[:, 3].reshape(28, 28), colours, side)


def _cnn(colours: Theme, side: int) -> bytes:
    kernels = cached.run("pulse-reliable").weights("conv1.kernel")[-1]  # (5, 1, 25, 25)
    best = int(np.abs(kernels).sum(axis=(1, 2, 3)).argmax())
    return _signed(kernels[best, 0], colours, side)


def _digits(colours: Theme, side: int) -> bytes:
    kernels = cached.run("digit-cnn").weights("conv1.kernel")[-1]  # (8, 1, 5, 5)
    sheet = np.zeros((11, 23), np.float32)
    for i, kernel in enumerate(kernels):
        y, x = divmod(i, 4)
        sheet[6 * y : 6 * y + 5, 6 * x : 6 * x + 5] = kernel[0]
    return _signed(sheet, colours, side)


_PICTURES: dict[str, tuple[Callable[[Theme, int], bytes], str]] = {
    "pulses": (_pulses, "Three pulses on one small screen"),
    "mlp": (_mlp, "The last weight matrix of the digit MLP, sorted by its column for digit 3"),
    "templates": (_templates, "The template of digit 3 of the one-layer network"),
    "cnn": (_cnn, "A learned kernel of the pulse CNN"),
    "digits": (_digits, "The eight first kernels of the digit CNN"),
}


@st.cache_data(show_spinner=False, max_entries=32)
def _drawn(name: str, side: int, dark: bool) -> bytes | None:
    try:
        return _PICTURES[name][0](theme(dark), side)
    except (store.MissingRun, store.DamagedRun, KeyError):
        return None  # the page itself says what is wrong with its run


def miniature(name: str, side: int = SIDE) -> tuple[bytes | None, str]:
    """The PNG for a page's card in the theme in use, None when its run cannot be read, and what it shows in words.

    Args:
        side: SIDE or SMALL.
    """
    return _drawn(name, side, page.theme().dark), _PICTURES[name][1]
