"""The CNN page's links, its own-image sizes, its pictures and its film message."""

import json

import numpy as np
import pytest

from core.charts.theme import theme
from core.data.pictures import fitted
from core.data.pulses import used
from core.specs import PULSE_CLASSES
from pages.cnn import choices as cnn_choices
from pages.cnn.film import LARGEST, Row, frames, pack


@pytest.mark.parametrize("text", ["test-0", "test-999", "digit-7", "own", "drawing", "upload", "photo-temple", "photo-flower"])
def test_links_name_images(text):
    assert cnn_choices.read_image(text) == text


@pytest.mark.parametrize(
    "text", ["", "test", "test--1", "test-1.5", "test-99999", "own-3", "photo-cat", "photo", "x" * 200, "test-²", "<b>"]
)
def test_other_names_are_refused(text):
    with pytest.raises(ValueError):
        cnn_choices.read_image(text)


@pytest.mark.parametrize(("side", "shown", "scale"), [(20, 20, 5), (100, 100, 1), (101, 51, 1), (476, 96, 1)])
def test_pictures_fit_beside_others_and_keep_what_is_largest(side, shown, scale):
    values = np.zeros((side, side))
    values[-1, -1], values[3, 2] = 7, 5
    small, factor = fitted(values, 100)
    assert small.shape == (shown, shown) and factor == scale and small[-1, -1] == 7
    step = -(-side // 100)
    assert small[3 // step, 2 // step] == 5 and np.count_nonzero(small) == 2


def test_film_message_holds_the_stored_weights():
    stack = np.random.default_rng(0).normal(size=(3, 2, 4, 4)).astype(np.float16)
    message = pack([Row("first", stack, 2.0, 5)], theme(False), states=[0, 4, 9], source="a", hint="h")
    length = int.from_bytes(message[:4], "little")
    head = json.loads(message[4 : 4 + length])
    rest = message[4 + length :]
    assert len(rest) == sum(head["sizes"])
    assert np.array_equal(np.frombuffer(rest[head["sizes"][0] :], "<f2").reshape(stack.shape), stack)
    assert head["rows"][0] == {"title": "first", "kernels": 2, "side": 4, "limit": 2.0, "scale": 5} and head["states"] == [0, 4, 9]


def test_the_film_sends_all_states_or_a_few_with_the_one_shown():
    assert frames(51, 7, 2 * 5 * 25 * 25) == list(range(51))
    few = frames(300, 7, 2 * 64 * 41 * 41)
    assert {0, 7, 299} <= set(few) and len(few) * 2 * 64 * 41 * 41 <= LARGEST * 1.2
    assert np.diff(sorted(set(few) - {7})).max() <= 300 / (len(few) - 2) + 1
    assert frames(300, 0, 10 * LARGEST) == [0, 299]


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
