"""What can be taken away from the CNN page holds what was stored."""

import io

import numpy as np
from PIL import Image

from core.runs import store
from core.runs.shipped import RUNS
from pages.cnn import downloads as cnn_downloads

NAME = "pulse-reliable"


def test_film_has_a_frame_for_each_state_and_moves():
    run = store.load(RUNS[NAME].key)
    film = Image.open(io.BytesIO(cnn_downloads.film(NAME, False)))
    kernels, _, side, _ = run.weights("conv1.kernel").shape[1:]
    height, width = side, kernels * (side + 1) - 1  # side by side with a line between two
    assert film.n_frames == run.states and film.size == (width * cnn_downloads.SCALE, height * cnn_downloads.SCALE)
    pictures = []
    for frame in (0, run.states - 1):
        film.seek(frame)
        pictures.append(np.asarray(film.convert("RGB")).astype(int))
    assert np.abs(pictures[0] - pictures[1]).mean() > 5


def test_arrays_are_the_stored_kernels():
    run = store.load(RUNS[NAME].key)
    with np.load(io.BytesIO(cnn_downloads.arrays(NAME))) as found:
        assert set(found) == {"epoch", "conv1_kernel", "conv1_bias", "conv2_kernel", "conv2_bias"}
        assert np.array_equal(found["conv1_kernel"], run.weights("conv1.kernel")) and np.array_equal(found["epoch"], run.epochs)
