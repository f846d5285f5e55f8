"""What excites a filter, and the network without one: against the whole network computed anew."""

import numpy as np
import pytest

from core.analysis.digit_survey import BYTES, best_patches, misread, room, survey, switch_off
from core.models.counts import accuracy, confusion
from core.models.digit_layers import activations, seen
from core.runs import shipped, store
from core.specs import ModelSpec
from tests.digit_case import MODELS, weights

SMALL = shipped.RUNS["digit-cnn-small"]
CASES = {"shipped": None, **MODELS}


@pytest.fixture(scope="module", params=list(CASES))
def found(request):
    rng = np.random.default_rng(3)
    case = CASES[request.param]
    model, values = (case, weights(case)) if isinstance(case, ModelSpec) else (SMALL.model, store.load(SMALL.key).state(-1))
    images = (rng.random((300, model.image, model.image)) * 255).astype(np.uint8)
    return images, survey(model, values, images, rng.integers(0, model.sizes[-1], 300))


def test_switching_off_is_a_filter_of_zeros(found):
    """A filter whose kernel and bias are 0 has a map of zeros: the network with such weights must agree."""
    images, kept = found
    for number, channels in enumerate(kept.model.channels, start=1):
        for channel in (0, channels - 1):
            values = {name: array.copy() for name, array in kept.weights.items()}
            values[f"conv{number}.kernel"][channel] = 0
            values[f"conv{number}.bias"][channel] = 0
            predicted = activations(kept.model, values, images, np.float32)["logits"].argmax(1)
            expected = confusion(kept.labels, predicted, kept.model.sizes[-1])
            got = switch_off(kept, number, channel)
            assert np.abs(got - expected).sum() <= 2  # one image on the edge may fall either way
            assert accuracy(got) == pytest.approx(accuracy(expected), abs=1 / 300)


def test_best_patches_give_the_value_that_they_claim(found):
    """Only the pixels of the patch are kept; the filter's value over them is unchanged, so the patch is in the right place."""
    images, kept = found
    for number, channels in enumerate(kept.model.channels, start=1):
        channel, conv = channels - 1, f"conv{number}"
        patches = best_patches(kept, number, channel)
        values = [p.value for p in patches]
        assert len(patches) == 9 == len({p.image for p in patches}) and values == sorted(values, reverse=True)
        everything = activations(kept.model, kept.weights, images)[conv][:, channel].max((1, 2))
        assert values[0] == pytest.approx(everything.max(), abs=1e-4)
        step, side = seen(kept.model, number)
        for patch in patches[:3]:
            assert patch.side == side and patch.row + side <= kept.model.image
            alone = np.zeros((1, kept.model.image, kept.model.image))
            window = (slice(patch.row, patch.row + side), slice(patch.column, patch.column + side))
            alone[0][window] = images[patch.image][window] / 255
            value = activations(kept.model, kept.weights, alone)[conv][0, channel, patch.row // step, patch.column // step]
            assert value == pytest.approx(patch.value, abs=1e-4)


def test_its_counts_are_what_the_network_says(found):
    images, kept = found
    guess = activations(kept.model, kept.weights, images, np.float32)["logits"].argmax(1)
    assert np.array_equal(kept.counts, confusion(kept.labels, guess, kept.model.sizes[-1]))


def test_misread_images_come_surest_first(found):
    images, kept = found
    wrong = misread(kept)
    assert (kept.predicted[wrong] != kept.labels[wrong]).all() and len(wrong) == (kept.predicted != kept.labels).sum()
    sure = activations(kept.model, kept.weights, images[wrong])["probabilities"].max(1)
    assert (np.diff(sure) <= 1e-6).all()


def test_room_is_what_a_survey_keeps():
    """Every test image for the shipped network; fewer for one of 64 filters a layer, which would fill the memory."""
    large = ModelSpec("digit_cnn", (64, 10), "relu", channels=(64, 64), kernel_size=3)
    kept = survey(large, weights(large), np.zeros((2, 28, 28)), np.zeros(2, int))
    bytes_each = sum(a.nbytes for part in (kept.pools, kept.above) for a in part.values()) / 2
    assert room(large) == int(BYTES // bytes_each) < 10_000 < room(SMALL.model)
