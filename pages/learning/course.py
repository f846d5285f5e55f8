"""The gradient over a whole stored run: its size in each layer, and its pull on one weight, at every stored state."""

from collections.abc import Iterator

import numpy as np

from core.analysis.gradient import Pass, backward
from core.analysis.gradient_flow import flow
from core.serving.shared import shared
from pages.learning.images import Images, pool, values
from pages.learning.view import View

IMAGES = 500  # training images, the first ones, that each state is asked about
STATES = 60  # of a run that keeps more, so many are looked at


def looked_at(view: View) -> np.ndarray:
    """Which of the stored states are gone through, rising, the first and the last among them."""
    states = view.run.states
    return np.arange(states) if states <= STATES else np.unique(np.linspace(0, states - 1, STATES).round().astype(int))


def sizes(view: View) -> np.ndarray | None:
    """Size of the gradient of one weight (root of the mean square) in each layer, (states looked at, layers); None without images."""
    images = pool(view)
    return None if images is None else _sizes(view, images, view.key, view.run.states, images.words)


@shared("Going back through the training ...")
def _sizes(_view: View, _images: Images, key: str, states: int, words: str) -> np.ndarray:
    return np.array([[part.gradient for part in flow(_view.model, weights, found)] for weights, found in _passes(_view, _images)])


def pull(view: View, layer: int, source: int, unit: int) -> np.ndarray | None:
    """Gradient of one weight at each state looked at, (states looked at,); None without images."""
    images = pool(view)
    return None if images is None else _pull(view, images, view.key, view.run.states, images.words, layer, source, unit)


@shared("Going back through the training ...")
def _pull(_view: View, _images: Images, key: str, states: int, words: str, layer: int, source: int, unit: int) -> np.ndarray:
    rows = []
    for _, found in _passes(_view, _images):
        rows.append(float(found.outputs[layer - 1][:, source] @ found.errors[layer - 1][:, unit]) / len(found.losses))
    return np.array(rows)


def _passes(view: View, images: Images) -> Iterator[tuple[dict[str, np.ndarray], Pass]]:
    """Weights, and images forward and back, at each state looked at."""
    some = images.first(IMAGES)
    flat = values(some, np.arange(len(some)))
    for state in looked_at(view):
        weights = view.run.state(int(state))
        yield weights, backward(view.model, weights, flat, some.labels, np.float32)
