"""The small pictures on the home page's cards, each drawn from a network that its page shows."""

import math
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from core.charts import raster
from core.charts.theme import Theme, theme
from core.data.pulses import draw
from core.frame import page
from core.serving.shared import shared
from core.specs import PulseSpec
from core.ui import cached
from core.ui.shown import Shown
from pages.home.networks import KINDS, SHAPE, best

SIDE, SMALL = 168, 84  # pixels of a picture above its words, and beside them
DROPS = "pulse-drops"  # the run on the lab's card
CLASS = 3  # the digit whose column or template is shown


def _signed(image: np.ndarray, colours: Theme, side: int, scale: tuple[int, int] | None = None) -> bytes:
    """A signed array (height, width) as a PNG, blown up by whole factors and centred on side x side pixels."""
    down, across = scale or (max(1, side // max(image.shape)),) * 2
    levels = np.kron(raster.signed_levels(image, float(np.abs(image).max())), np.ones((down, across), np.uint8))[:side, :side]
    card = np.full((side, side), 127, np.uint8)  # zero, the paper's colour
    top, left = (side - levels.shape[0]) // 2, (side - levels.shape[1]) // 2
    card[top : top + levels.shape[0], left : left + levels.shape[1]] = levels
    return raster.png(card, colours.signed_palette)


def _pulses(colours: Theme, side: int) -> bytes:
    image = draw(PulseSpec(size=SMALL), 3, seed=4).images.max(axis=0)  # (84, 84), one pulse of each class on one screen
    return raster.png((image * 254).astype(np.uint8), colours.ink_palette, side // SMALL)


def _own(colours: Theme, side: int) -> bytes:
    card = np.zeros((side, side), np.uint8)  # three layers, each a few sheets behind each other
    for left, high, sheets in ((0.06, 0.5, 1), (0.36, 0.36, 4), (0.7, 0.18, 6)):
        across, step = round(high * side), max(2, side // 40)
        for n in range(sheets):
            x = round(left * side) + n * step
            y = (side - across) // 2 + (n - sheets // 2) * step
            card[y : y + across, x : x + across] = 230
            card[y + 1 : y + across - 1, x + 1 : x + across - 1] = 25
    return raster.png(card, colours.amount_palette)


def _mlp(shown: Shown, colours: Theme, side: int) -> bytes:
    kernel = shown.weights[f"dense{len(shown.run.spec.model.sizes) - 1}.kernel"]  # (rows, classes)
    kernel = kernel[np.argsort(-kernel[:, CLASS])]
    if len(kernel) > side:
        kernel = kernel[np.linspace(0, len(kernel) - 1, side).astype(int)]
    return _signed(kernel, colours, side, (side // len(kernel), max(1, side // kernel.shape[1])))


def _templates(shown: Shown, colours: Theme, side: int) -> bytes:
    return _signed(shown.weights["dense1.kernel"][:, CLASS].reshape(SHAPE), colours, side)


def _learning(shown: Shown, colours: Theme, side: int) -> bytes:
    states = shown.over_states("dense1.kernel")  # (states, pixels, classes)
    return _signed((states[1] - states[0])[:, CLASS].reshape(SHAPE), colours, side)


def _cnn(shown: Shown, colours: Theme, side: int) -> bytes:
    kernels = shown.weights["conv1.kernel"]  # (kernels, 1, k, k)
    strongest = int(np.abs(kernels).sum(axis=(1, 2, 3)).argmax())
    return _signed(kernels[strongest, 0], colours, side)


def _digits(shown: Shown, colours: Theme, side: int) -> bytes:
    kernels = shown.weights["conv1.kernel"]  # (kernels, 1, k, k)
    count, step = len(kernels), kernels.shape[-1] + 1
    across = math.ceil(math.sqrt(2 * count))
    sheet = np.zeros((math.ceil(count / across) * step - 1, across * step - 1), np.float32)
    for i, kernel in enumerate(kernels):
        y, x = divmod(i, across)
        sheet[step * y : step * (y + 1) - 1, step * x : step * (x + 1) - 1] = kernel[0]
    return _signed(sheet, colours, side)


def _lab(colours: Theme, side: int) -> bytes | None:
    """The share of test images right over the epochs of a run that learns and then drops."""
    run = cached.readable(DROPS)
    if run is None:
        return None
    shares, last, edge = run.history["accuracy_test"], run.epochs[-1], side // 12
    across = edge + run.epochs / last * (side - 2 * edge)
    down = side - edge - shares * (side - 2 * edge)
    card = Image.new("RGB", (side, side), colours.paper)
    pen = ImageDraw.Draw(card)
    pen.line([(edge, edge), (edge, side - edge), (side - edge, side - edge)], fill=colours.muted)
    pen.line(list(zip(across.tolist(), down.tolist(), strict=True)), fill=colours.lines[1], width=max(2, side // 60), joint="curve")
    return raster.rgb_png(np.asarray(card))


_PICTURES: dict[str, tuple[Callable[[Shown, Theme, int], bytes], str]] = {
    "mlp": (_mlp, f"The last weight matrix of an MLP, sorted by its column for digit {CLASS}"),
    "templates": (_templates, f"The template of digit {CLASS} of a one-layer network"),
    "learning": (_learning, f"What the first steps changed in the template of digit {CLASS}"),
    "cnn": (_cnn, "A learned kernel of a pulse CNN"),
    "digits": (_digits, "The first kernels of a digit CNN"),
}


_ALONE: dict[str, tuple[Callable[[Theme, int], bytes], str]] = {  # pictures that need no network
    "pulses": (_pulses, "Three pulses on one small screen"),
    "own": (_own, "Three layers of a network, each of them sheets behind each other"),
}


@shared()
def _drawn_alone(topic: str, side: int, dark: bool) -> bytes:
    return _ALONE[topic][0](theme(dark), side)


@shared()
def _drawn_lab(side: int, dark: bool) -> bytes | None:
    return _lab(theme(dark), side)


@shared()
def _drawn(topic: str, key: str, side: int, dark: bool, _shown: Shown) -> bytes:
    return _PICTURES[topic][0](_shown, theme(dark), side)


def miniature(topic: str, side: int = SIDE) -> tuple[bytes | None, str]:
    """The PNG for a page's card in the theme in use and what it shows in words; no PNG where there is no network to draw it from.

    Args:
        side: SIDE or SMALL.
    """
    dark = page.theme().dark
    if topic == "lab":
        return _drawn_lab(side, dark), "The share of test images right of a training that learns and then drops"
    if topic not in KINDS:
        return (_drawn_alone(topic, side, dark), _ALONE[topic][1]) if topic in _ALONE else (None, "")
    shown = best(topic)
    return (None if shown is None else _drawn(topic, shown.key, side, dark, shown)), _PICTURES[topic][1]
