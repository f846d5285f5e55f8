"""What the CNN page computes, for networks of other sizes, against torch's own layers and whole test sets."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.data.pulse_sets import pulse_set
from core.models.pulse_cnn import restore
from core.runs.run import Run
from core.ui import shown
from core.ui.shown import Shown
from pages.cnn import data as cnn_data
from tests.pages.cnn import cases
from tests.pulse_reference import reference

TRAINED = ["two", "four", "all", "many", "one-class"]


def answers(run: Run, state: int, images: np.ndarray) -> np.ndarray:
    """What torch's own layers say, (images, classes)."""
    network = reference(restore(run.spec.model, {**run.state(-1), **run.state(state)}))
    with torch.no_grad():
        says = network(torch.from_numpy(images.astype(np.float32))[:, None])
    return (says if run.spec.model.output == "tanh" else says.softmax(1)).numpy()


@pytest.mark.parametrize("name", TRAINED)
def test_answers_are_torchs(runs, name: str) -> None:
    run = runs[name]
    whole = pulse_set(run.spec.data, "test").images
    np.testing.assert_allclose(cnn_data.test_answers(Shown(run, run.states - 1, run.key)), answers(run, -1, whole), atol=1e-4)


def test_a_run_that_keeps_every_state_answers_at_each(runs) -> None:
    first = Shown(runs["all"], 0, runs["all"].key)
    assert cnn_data.answering(first) == first
    whole = pulse_set(first.run.spec.data, "test").images
    np.testing.assert_allclose(cnn_data.test_answers(first), answers(first.run, 0, whole), atol=1e-4)
    assert np.abs(cnn_data.test_answers(first) - cnn_data.test_answers(first.at(-1))).max() > 0.01
    alone = Shown(runs["two"], 0, runs["two"].key)
    assert cnn_data.answering(alone) == alone.at(-1)


@pytest.mark.parametrize("name", ["two", "four"])
def test_test_pulses_are_those_of_the_whole_set(runs, name: str) -> None:
    run, whole = runs[name], pulse_set(runs[name].spec.data, "test")
    assert np.array_equal(cnn_data.test_pulses(run), whole.images) and np.array_equal(cnn_data.labels(run), whole.labels)
    for number in (0, 7, len(whole.images) - 1):
        assert np.array_equal(cnn_data.test_pulse(run, number), whole.images[number])


def test_a_run_that_was_not_tested_has_pulses_to_look_at(runs) -> None:
    run = runs["untested"]
    assert cnn_data.count(run) == cnn_data.FRESH == len(cnn_data.labels(run))
    assert cnn_data.test_pulses(run)[0].any()


def test_liked_patches_can_be_of_one_class() -> None:
    of = shown.of("pulse-reliable")
    labels, images = cnn_data.labels(of.run), cnn_data.test_pulses(of.run)
    best = cnn_data.liked(of, 2, 1)
    assert len(best) == 2 * 5 and set(labels[best["image"]]) == {1}
    first = next(best.itertuples())
    patch = images[first.image, first.row : first.row + 25, first.column : first.column + 25]
    weights, bias = of.weights["conv1.kernel"][0, 0], float(of.weights["conv1.bias"][0])
    assert (patch * weights).sum() + bias == pytest.approx(first.response, abs=1e-4)


def test_planes_of_several_maps_stand_after_each_other(runs) -> None:
    of = Shown(runs["four"], 1, runs["four"].key)
    stored = runs["four"].weights("conv2.kernel")  # (states, 2, 13, k, k)
    assert np.array_equal(cnn_data.planes(of, "conv2")[:, 13:], stored[:, 1])
    assert cnn_data.limit(of, "conv2") == np.abs(stored).max()


def test_large_networks_are_put_through_fewer_pulses(runs) -> None:
    reliable = shown.of("pulse-reliable").run
    assert cnn_data.affordable(reliable) >= 1_000 == len(cnn_data.test_pulses(reliable)) and cnn_data.searched(reliable) == 300
    large = replace(runs["two"], spec=replace(cases.LARGE, model=replace(cases.LARGE.model, channels=(64, 1))))
    assert cnn_data.affordable(large) == cnn_data.FEWEST
