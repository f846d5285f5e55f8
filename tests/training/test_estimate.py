"""What a training takes, before it starts: counts against networks that are built, costs found again in times that they made."""

from dataclasses import replace

import numpy as np
import pytest

from core.models import network
from core.runs import store
from core.runs.shipped import RUNS
from core.training import calibration, estimate
from tests.training.kinds import TINY


@pytest.mark.parametrize("kind", TINY)
def test_shapes_are_those_of_the_network(kind: str) -> None:
    model = TINY[kind].model
    assert sum(int(np.prod(shape)) for shape in estimate.shapes_of(model).values()) == network.parameter_count(model)


@pytest.mark.parametrize("name", ["mlp-diagonal", "digit-cnn-small", "pulse-reliable", "uci-mlp", "pulse-study"])
def test_the_room_of_a_run_is_what_its_file_takes(name: str) -> None:
    run = store.load(RUNS[name].key)
    path = run.folder / "weights.safetensors"
    there = path.stat().st_size if path.exists() else 0
    assert estimate.stored(run.spec) == pytest.approx(there, rel=0.02, abs=5_000)


def test_one_dense_image_is_counted_by_hand() -> None:
    one = estimate.passes(replace(TINY["dense"].model, sizes=(6, 4, 3)))
    assert (one.products, one.values, one.layers, one.windows) == (6 * 4 + 4 * 3, 13, 2, 0)


def test_windows_of_a_digit_cnn_are_counted_by_hand() -> None:
    one = estimate.passes(TINY["digit_cnn"].model)  # 28 px, 8 then 16 kernels of 5
    assert one.windows == 24 * 24 * 25 * 8 + 8 * 8 * 25 * 8 * 16
    assert one.products == 16 * 4 * 4 * 10


@pytest.mark.parametrize("kind", calibration.KINDS)
def test_costs_are_found_again_in_the_times_they_make(kind: str) -> None:
    """A machine three times as fast at steps and half as fast at the rest, with times that are wrong by up to a tenth."""
    specs = calibration.samples(kind)
    costs = estimate.reference(kind) * 2
    costs[estimate.TERMS.index("steps")] /= 6
    wrong = np.random.default_rng(0).uniform(0.9, 1.1, len(specs))
    found = calibration.fitted(specs, [estimate.seconds(spec, costs) * by for spec, by in zip(specs, wrong, strict=True)])
    others = [replace(spec, train=replace(spec.train, epochs=3 * spec.train.epochs, batch=spec.train.batch + 3)) for spec in specs]
    for spec in others:
        assert estimate.seconds(spec, found) == pytest.approx(estimate.seconds(spec, costs), rel=0.25)
    assert (found >= 0).all()


def test_more_of_anything_takes_longer() -> None:
    spec, costs = TINY["dense"], estimate.reference("dense")
    longer = [
        replace(spec, train=replace(spec.train, epochs=9)),
        replace(spec, train=replace(spec.train, batch=5)),
        replace(spec, model=replace(spec.model, sizes=(784, 200, 10))),
        replace(spec, data=replace(spec.data, train=100)),
    ]
    assert all(estimate.seconds(one, costs) > estimate.seconds(spec, costs) for one in longer)
    assert estimate.memory(longer[2]) > estimate.memory(spec) > estimate.BASE


def test_a_training_is_measured_with_its_files() -> None:
    assert 0 < calibration.spent(replace(calibration.samples("dense")[0], train=replace(TINY["dense"].train, epochs=1))) < 60
