"""The images behind a network of this page: its test images, what it makes of them, and the averages of its classes."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.charts import raster
from core.charts.templates import image_pixels
from core.data import cifar, digits
from core.data.class_means import class_means as averages
from core.data.folder import MissingData, data_folder
from core.models import network
from core.specs import DataSpec
from core.ui import data_status, page
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
    """The test images of a run's data, the stand-in digits without MNIST, or None where there are none."""
    stamp = digits.trouble() if data.name == "mnist" else str(cifar.available())
    return _test_images(data, f"{data_folder()} {stamp}")


@st.cache_resource(show_spinner="Reading the test images", max_entries=4)
def _test_images(data: DataSpec, stamp: str) -> Images | None:
    """As `test_images`, read again when the data set comes or goes."""
    if data.name == "mnist":
        found = digits.load_any("test")
        return Images(found.images, found.labels, found.source, found.source == digits.SOURCE)
    try:
        return Images(*cifar.load("test"), "CIFAR-10", True)
    except MissingData:
        return None


def same_images(one: View, other: View) -> bool:
    """Whether two networks were tested on the same images."""
    return one.data.name == other.data.name and one.data.pulses == other.data.pulses and one.data.test == other.data.test


def class_means(view: View) -> np.ndarray | None:
    """Average training image of each class, (classes, *shape) in [0, 1]: as stored with the run, or from the data; None without."""
    return _class_means(view, view.key, str(data_folder()))


@st.cache_resource(show_spinner="Averaging the training images", max_entries=8)
def _class_means(_view: View, key: str, stamp: str) -> np.ndarray | None:
    try:
        return _view.run.evaluation("class_means").reshape(-1, *_view.shape).astype(np.float32)
    except KeyError:
        pass
    try:
        images, labels = (digits if _view.data.name == "mnist" else cifar).load("train")
    except MissingData:
        return None
    return averages(images, labels, len(_view.classes)).astype(np.float32) / 255


def probabilities(view: View, images: Images) -> np.ndarray:
    """What a state makes of the test images, (images, classes)."""
    return _probabilities(view, view.key, view.state, images.source, images)


@st.cache_resource(show_spinner=False, max_entries=24)
def _probabilities(_view: View, key: str, state: int, source: str, _images: Images) -> np.ndarray:
    return network.answers(_view.run.spec.model, _view.weights, _images.images)


def url(image: np.ndarray) -> str:
    """A stored image (*shape) uint8 as a picture in the colours of the theme."""
    return raster.rgb_url(image_pixels(image / np.float32(255), page.theme()))


def stand_in(view: View) -> None:
    """Say which digits stand in where MNIST is not here, and offer it."""
    images = test_images(view.data)
    if images is not None and not images.own:
        data_status.mnist()


def missing(view: View) -> None:
    """What the pictures of the network's data would add, and the way to get them; once a page."""
    st.markdown(words.MISSING)
    data_status.cifar10()
