"""The images behind a network of this page: its test images, what it makes of them, and the averages of its classes."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.charts import raster
from core.charts.templates import image_pixels
from core.charts.theme import theme
from core.data import catalog
from core.data.class_means import class_means as averages
from core.data.folder import MissingData
from core.frame import page
from core.models import network
from core.serving.shared import shared
from core.specs import DataSpec, SpecError
from core.training import samples
from core.ui import cached, data_status
from pages.templates import words
from pages.templates.view import View


@dataclass(frozen=True)
class Images:
    """Test images at hand, and which they are."""

    images: np.ndarray  # (N, *shape) uint8
    labels: np.ndarray  # (N,) uint8
    source: str
    own: bool  # whether they are the run's own test set


def test_images(data: DataSpec) -> Images | None:
    """The test images that a run's data ask for, the stand-in digits without MNIST, or None where there are none."""
    return _test_images(data, catalog.stamp(data))


@shared("Reading the test images")
def _test_images(data: DataSpec, stamp: str) -> Images | None:
    """As `test_images`, read again when the data set comes or goes."""
    if data.name == "mnist" and catalog.missing(data):
        found = cached.test_digits()
        return Images(found.images, found.labels, found.source, False)
    try:
        return Images(*cached.images(data, "test"), catalog.get(data).title, True)
    except (MissingData, SpecError):
        return None


def same_images(one: View, other: View) -> bool:
    """Whether two networks were tested on the same images."""
    if one.data.name != other.data.name or one.data.pulses != other.data.pulses or one.data.test != other.data.test:
        return False
    return one.data.seed == other.data.seed or one.data.test == catalog.get(one.data).splits.get("test")


def class_means(view: View) -> np.ndarray | None:
    """Average training image of each class, (classes, *shape) in [0, 1]: as stored with the run, or from the data; None without."""
    return _class_means(view, view.key, catalog.stamp(view.data))


@shared("Averaging the training images")
def _class_means(_view: View, key: str, stamp: str) -> np.ndarray | None:
    try:
        return _view.run.evaluation("class_means").reshape(-1, *_view.shape).astype(np.float32)
    except KeyError:
        pass
    try:
        images, labels = samples.part(_view.data, "train")
    except (MissingData, SpecError):
        return None
    return averages(images, labels, len(_view.classes)).astype(np.float32) / 255


def probabilities(view: View, images: Images) -> np.ndarray:
    """What a state makes of the test images, (images, classes)."""
    return _probabilities(view, view.key, view.state, images.source, images)


@shared("Reading the test images ...")
def _probabilities(_view: View, key: str, state: int, source: str, _images: Images) -> np.ndarray:
    return network.answers(_view.run.spec.model, _view.weights, _images.images)


def url(image: np.ndarray) -> str:
    """A stored image (*shape) uint8 as a picture in the colours of the theme."""
    return _url(image, image.shape, image.tobytes(), page.theme().dark)


@shared()
def _url(_image: np.ndarray, shape: tuple[int, ...], image: bytes, dark: bool) -> str:
    return raster.rgb_url(image_pixels(_image / np.float32(255), theme(dark)))


def missing(view: View) -> None:
    """What the pictures of the network's data would add, and the way to get them; once a page."""
    st.markdown(words.MISSING)
    if catalog.get(view.data).size:
        data_status.notice(view.data.name)
    else:
        st.markdown(catalog.missing(view.data) or f"{catalog.get(view.data).title} are drawn by their own rule and not stored.")
