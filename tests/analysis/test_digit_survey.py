"""What excites a filter, and the network without one: against the whole network computed anew."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from core.analysis.digit_survey import best_patches, misread, survey, switch_off
from core.models import counts
from core.models.digit_layers import activations
from core.runs import shipped, store

MODEL = shipped.RUNS["digit-cnn-small"].model


@pytest.fixture(scope="module")
def found():
    rng = np.random.default_rng(3)
    weights = store.load(shipped.RUNS["digit-cnn-small"].key).state(-1)
    images = (rng.random((300, 28, 28)) * 255).astype(np.uint8)
    return images, survey(MODEL, weights, images, rng.integers(0, 10, 300))


@pytest.mark.parametrize(("layer", "parameter"), [("conv1", "conv1"), ("conv2", "conv2")])
def test_switching_off_is_a_filter_of_zeros(found, layer, parameter):
    """A filter whose kernel and bias are 0 has a map of zeros: the network with such weights must agree."""
    images, kept = found
    for channel in (0, 5):
        weights = {name: array.copy() for name, array in kept.weights.items()}
        weights[f"{parameter}.kernel"][channel] = 0
        weights[f"{parameter}.bias"][channel] = 0
        expected = counts.confusion(kept.labels, activations(MODEL, weights, images / 255, np.float32)["logits"].argmax(1), 10)
        got = switch_off(kept, layer, channel)
        assert np.abs(got - expected).sum() <= 2  # one image on the edge may fall either way
        assert counts.accuracy(got) == pytest.approx(counts.accuracy(expected), abs=1 / 300)


@pytest.mark.parametrize("layer", ["conv1", "conv2"])
def test_best_patches_give_the_value_that_they_claim(found, layer):
    """Only the pixels of the patch are kept; the filter's value over them is unchanged, so the patch is in the right place."""
    images, kept = found
    patches = best_patches(kept, layer, 2)
    values = [p.value for p in patches]
    assert len(patches) == 9 == len({p.image for p in patches}) and values == sorted(values, reverse=True)
    everything = activations(MODEL, kept.weights, images / 255)[layer][:, 2].max((1, 2))
    assert values[0] == pytest.approx(everything.max(), abs=1e-4)
    for patch in patches[:3]:
        alone = np.zeros((1, 28, 28))
        window = (slice(patch.row, patch.row + patch.side), slice(patch.column, patch.column + patch.side))
        alone[0][window] = images[patch.image][window] / 255
        step = 1 if layer == "conv1" else 2
        value = activations(MODEL, kept.weights, alone)[layer][0, 2, patch.row // step, patch.column // step]
        assert value == pytest.approx(patch.value, abs=1e-4)


def test_counts_are_those_of_the_whole_network(found):
    images, kept = found
    guess = activations(MODEL, kept.weights, images)["probabilities"].argmax(1)
    assert (kept.counts == confusion_matrix(kept.labels, guess, labels=range(10))).all()


def test_misread_images_come_surest_first(found):
    images, kept = found
    wrong = misread(kept)
    assert (kept.predicted[wrong] != kept.labels[wrong]).all() and len(wrong) == (kept.predicted != kept.labels).sum()
    sure = activations(MODEL, kept.weights, images[wrong] / 255)["probabilities"].max(1)
    assert (np.diff(sure) <= 1e-6).all()
