"""What can be taken away from the CNN page holds what was stored."""

import io

import numpy as np
from core.charts.matrix_cells import strip
from PIL import Image

from core.runs import store
from core.runs.shipped import RUNS
from pages.cnn import downloads as cnn_downloads

NAME = "pulse-reliable"


def test_film_has_a_frame_for_each_state_and_moves():
    run = store.load(RUNS[NAME].key)
    film = Image.open(io.BytesIO(cnn_downloads.film(NAME, False)))
    height, width = strip(run.weights("conv1.kernel")[0, :, 0]).shape
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
