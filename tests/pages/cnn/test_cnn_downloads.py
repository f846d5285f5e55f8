"""What can be taken away from the CNN page holds what was stored."""

import io

import numpy as np
import pytest
from PIL import Image

from core.ui import shown
from core.ui.shown import Shown
from pages.cnn import downloads as cnn_downloads


def test_film_has_a_frame_for_each_state_and_moves():
    of = shown.of("pulse-reliable")
    film = Image.open(io.BytesIO(cnn_downloads.film(of, False)))
    assert film.n_frames == of.run.states
    assert film.size == (5 * (5 * 25 + 4), 5 * 25)  # 5 kernels of 25 with a pixel between them, 5 times as large
    pictures = []
    for frame in (0, of.run.states - 1):
        film.seek(frame)
        pictures.append(np.asarray(film.convert("RGB")).astype(int))
    assert np.abs(pictures[0] - pictures[1]).mean() > 5


def test_film_of_many_kernels_has_rows(runs):
    run = runs["many"]
    film = Image.open(io.BytesIO(cnn_downloads.film(Shown(run, 0, run.key), False)))
    assert film.n_frames == 4 and film.size == (5 * (10 * 10 - 1), 5 * (7 * 10 - 1))


@pytest.mark.parametrize("name", ["two", "four", "all"])
def test_arrays_are_the_stored_kernels(runs, name):
    run = runs[name]
    with np.load(io.BytesIO(cnn_downloads.arrays(Shown(run, 0, run.key)))) as found:
        assert set(found) == {"epoch", "conv1_kernel", "conv1_bias", "conv2_kernel", "conv2_bias"}
        assert np.array_equal(found["conv1_kernel"], run.weights("conv1.kernel")) and np.array_equal(found["epoch"], run.epochs)
