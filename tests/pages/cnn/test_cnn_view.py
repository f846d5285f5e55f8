"""The CNN page's links, its own-image sizes and its film message."""

import json

import numpy as np
import pytest

from core.charts.theme import theme
from core.data.pulses import used
from core.runs import store
from core.runs.shipped.pulses import RUNS
from core.specs import PULSE_CLASSES
from pages.cnn import choices as cnn_choices
from pages.cnn import data as cnn_data
from pages.cnn.film import Row, pack
from pages.cnn.view import family, read_image, recipe


@pytest.mark.parametrize("text", ["test-0", "test-999", "digit-7", "own", "drawing", "upload", "photo-temple", "photo-flower"])
def test_links_name_images(text):
    assert read_image(text) == text


@pytest.mark.parametrize(
    "text", ["", "test", "test--1", "test-1.5", "test-99999", "own-3", "photo-cat", "photo", "x" * 200, "test-²", "<b>"]
)
def test_other_names_are_refused(text):
    with pytest.raises(ValueError):
        read_image(text)


def test_film_message_holds_the_stored_weights():
    stack = np.random.default_rng(0).normal(size=(3, 2, 4, 4)).astype(np.float16)
    message = pack([Row("first", stack, 2.0, 5)], theme(False), source="a", state=1, picked=0, hint="h")
    length = int.from_bytes(message[:4], "little")
    head = json.loads(message[4 : 4 + length])
    rest = message[4 + length :]
    assert len(rest) == sum(head["sizes"])
    assert np.array_equal(np.frombuffer(rest[head["sizes"][0] :], "<f2").reshape(stack.shape), stack)
    assert head["rows"][0] == {"title": "first", "kernels": 2, "side": 4, "limit": 2.0, "scale": 5} and head["states"] == 3


def test_runs_of_one_recipe_differ_in_their_kernels_alone():
    assert family("pulse-ten") == family("pulse-reliable") == ["pulse-two", "pulse-reliable", "pulse-ten"]
    assert family("pulse-drops") == ["pulse-drops"]
    assert recipe("pulse-ten") == recipe("pulse-two") == "A: the reliable recipe"


def test_typed_kernels_survive_the_link():
    numbers = [0.0, -1.5, 0.25, 1e-3, 4.0, 1e6, 0.0, 2.0, -3.0]
    assert cnn_choices.typed_numbers(cnn_choices.typed_text(numbers)) == numbers


@pytest.mark.parametrize("text", ["", "1", "1,2,3,4", ",".join(["0"] * 81), "a,b", "inf" + ",0" * 8, "1e7" + ",0" * 8])
def test_other_kernels_are_refused(text):
    with pytest.raises(ValueError):
        cnn_choices.typed_numbers(text)


@pytest.mark.parametrize("kind", PULSE_CLASSES)
def test_the_parameter_that_tells_a_kind_is_moved_first(kind):
    names = cnn_choices.moved(kind)
    assert set(names) == set(used(kind)) - {"drift"}
    assert names[0] in ("square_width", "gaussian_sd", "frequency")


def test_liked_patches_can_be_of_one_class():
    found = cnn_data.test_set("pulse-reliable")
    best = cnn_data.liked("pulse-reliable", 24, 60, 2, 1)
    assert len(best) == 2 * 5 and set(found.labels[best["image"]]) == {1}
    run = store.load(RUNS["pulse-reliable"].key)
    first = next(best.itertuples())
    patch = found.images[first.image, first.row : first.row + 25, first.column : first.column + 25]
    weights, bias = run.weights("conv1.kernel")[24, 0, 0], float(run.weights("conv1.bias")[24, 0])
    assert (patch * weights).sum() + bias == pytest.approx(first.response, abs=1e-4)
