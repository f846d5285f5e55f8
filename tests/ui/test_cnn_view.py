"""The CNN page's links, its own-image sizes and its film message."""

import json

import numpy as np
import pytest

from core.charts.theme import theme
from core.ui.cnn_images import middle_square, resized
from core.ui.cnn_view import read_image
from core.ui.kernel_film import Row, pack


@pytest.mark.parametrize("text", ["test-0", "test-999", "digit-7", "own", "drawing", "upload", "photo-temple", "photo-flower"])
def test_links_name_images(text):
    assert read_image(text) == text


@pytest.mark.parametrize(
    "text", ["", "test", "test--1", "test-1.5", "test-99999", "own-3", "photo-cat", "photo", "x" * 200, "test-²", "<b>"]
)
def test_other_names_are_refused(text):
    with pytest.raises(ValueError):
        read_image(text)


def test_resized_keeps_thin_lines():
    image = np.zeros((200, 200), np.uint8)
    image[100:102] = 1
    small = resized(image, 100)
    assert small.shape == (100, 100) and small.sum() == 100
    assert resized(np.eye(100, dtype=np.uint8), 100).tolist() == np.eye(100).tolist()


def test_middle_square_takes_the_middle():
    grey = np.zeros((10, 30), np.float32)
    grey[:, 10:20] = 1
    assert middle_square(grey, 5).tolist() == np.ones((5, 5)).tolist()


def test_film_message_holds_the_stored_weights():
    stack = np.random.default_rng(0).normal(size=(3, 2, 4, 4)).astype(np.float16)
    message = pack([Row("first", stack, 2.0, 5)], theme(False), source="a", state=1, picked=0, hint="h")
    length = int.from_bytes(message[:4], "little")
    head = json.loads(message[4 : 4 + length])
    rest = message[4 + length :]
    assert len(rest) == sum(head["sizes"])
    assert np.array_equal(np.frombuffer(rest[head["sizes"][0] :], "<f2").reshape(stack.shape), stack)
    assert head["rows"][0] == {"title": "first", "kernels": 2, "side": 4, "limit": 2.0, "scale": 5} and head["states"] == 3
