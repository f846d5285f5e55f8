"""The analysis on the shipped MLP runs and the real MNIST images, where they are here."""

import numpy as np
import pytest

from core.analysis.ablation import accuracy_without_each
from core.analysis.pixel_norms import pixel_norms, untouched
from core.data import digits
from core.models import dense
from core.models.counts import confusion
from core.runs import shipped, store

NAMES = ("mlp-random", "mlp-diagonal")


@pytest.fixture(scope="module", params=NAMES)
def run(request):
    return store.load(shipped.RUNS[request.param].key)


@pytest.fixture(scope="module")
def mnist():
    if digits.trouble():
        pytest.skip("MNIST is not in the data folder")
    images, labels = digits.load("test")
    return images.reshape(len(images), -1).astype(np.float32) / 255, labels.astype(np.int64)


def test_rows_that_never_moved_are_the_pixels_that_no_training_image_inks(run, mnist):
    images, _ = digits.load("train")
    blank = ~images.reshape(len(images), -1).any(axis=0)
    kernels = run.weights("dense1.kernel")
    assert (untouched(kernels[0], kernels[-1]) == blank).all()
    assert blank[0] and not blank[14 * 28 + 14]


def test_neither_a_corner_nor_the_centre_has_the_largest_row(run):
    found = pixel_norms(run.weights("dense1.kernel")[-1])
    assert found.place == "edge"
    assert found.centre_mean > found.corner_mean


@pytest.mark.parametrize("state", [0, 25, 50])
def test_stored_weights_reach_the_stored_accuracy(run, mnist, state):
    images, labels = mnist
    predicted = dense.forward(run.state(state), images, "tanh")[-1].argmax(axis=1)
    told = run.history["accuracy_test"][state] * len(labels)
    assert abs((predicted == labels).sum() - told) <= 3  # float16 storage
    counts = confusion(labels, predicted, 10)
    assert np.abs(counts - run.evaluation("confusion")[state]).sum() <= 6


def test_each_unit_of_the_narrow_layer_is_needed(run, mnist):
    images, labels = mnist
    activations = dense.forward(run.state(-1), images, "tanh")
    each = accuracy_without_each(run.state(-1), activations, labels, 2)
    assert (each < np.mean(activations[-1].argmax(axis=1) == labels)).all()
