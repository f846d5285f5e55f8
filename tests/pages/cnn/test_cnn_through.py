"""The kernels that the page names for what the study saw do show it: bright corners, bright crests."""

import numpy as np

from core.analysis.convolution import convolve
from core.data.pulse_sets import pulse_set
from core.data.pulses import place
from core.models.activations import relu
from core.runs import store
from core.runs.shipped.pulses import RUNS, SEEN
from pages.cnn.through import best_state


def peaks(feature_map: np.ndarray, count: int, apart: int = 4) -> np.ndarray:
    """Rows and columns of the brightest places, (count, 2), no two nearer than `apart`."""
    left, found = feature_map.copy(), []
    for _ in range(count):
        row, column = np.unravel_index(int(left.argmax()), left.shape)
        found.append((row, column))
        left[max(0, row - apart) : row + apart + 1, max(0, column - apart) : column + apart + 1] = 0
    return np.array(found)


def under(kind: str) -> tuple[np.ndarray, dict[str, float]]:
    """The map of the first test pulse of a kind under the kernel named for it, and that pulse's place in pixels."""
    seen = next(seen for seen in SEEN.values() if seen.pulse == kind)
    run = store.load(RUNS[seen.run].key)
    spec = run.spec.data.pulses
    found = pulse_set(run.spec.data, "test")
    number = int(np.flatnonzero(found.labels == spec.classes.index(kind))[0])
    kernel, state = seen.kernel - 1, best_state(run.history["accuracy_test"])
    weights, bias = run.weights("conv1.kernel")[state, kernel, 0], float(run.weights("conv1.bias")[state, kernel])
    at = place(spec, kind, found.parameters.iloc[number].dropna().drop("kind").to_dict())
    return relu(convolve(found.images[number], weights, bias)), at


def test_corners_of_the_square_are_bright():
    feature_map, at = under("square")
    (first, second) = peaks(feature_map, 2)
    assert first[0] == second[0], "both on one level"
    assert abs(abs(first[1] - second[1]) - at["width"]) <= 2, "as far apart as the flanks"


def test_crests_of_the_sinusoid_are_bright():
    feature_map, at = under("sinusoid")
    period = 100 / at["frequency"]
    found = peaks(feature_map, 4, apart=round(period / 3))
    assert np.ptp(found[:, 0]) <= 3, "all on one level"
    gaps = np.diff(np.sort(found[:, 1])) / period
    assert np.abs(gaps - np.round(gaps)).max() < 0.15, "whole periods apart"
