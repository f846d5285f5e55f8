"""The shipped pulse runs are what the page says of them."""

import numpy as np
import pytest

from core.analysis.fate import fate
from core.runs import store
from core.runs.shipped import RECORDED, RUNS, SEEDS_OF
from core.runs.shipped.pulses import RUNS as PULSE_RUNS
from core.training.loop import train

FATES = {"pulse-reliable": "learned", "pulse-drops": "dropped", "pulse-held": "held", "pulse-dead": "dead", "pulse-study": "dead"}


@pytest.mark.parametrize("name", [name for name in PULSE_RUNS if name in FATES])
def test_each_run_met_its_fate(name):
    assert fate(store.load(RUNS[name].key).history).kind == FATES[name]


@pytest.mark.parametrize("name", PULSE_RUNS)
def test_recorded_runs_say_so(name):
    header = store.load(RUNS[name].key).header
    assert ("replay" in header) == (name in RECORDED) and header["name"] == name and len(header["data_sha256"]) == 64


def test_the_reliable_run_and_its_seeds():
    run = store.load(RUNS["pulse-reliable"].key)
    assert run.spec.data.test == 1_000 and run.history["accuracy_test"][-1] >= 0.98
    assert ((run.epochs > 0) & (run.epochs < 1)).sum() == 16
    ends = run.seeds["accuracy_test"][run.seeds["epoch"] == run.epochs[-1]]
    assert len(ends) == len(SEEDS_OF["pulse-reliable"]) == 5 and ends.min() >= 0.974


@pytest.mark.parametrize("name", [name for name, spec in PULSE_RUNS.items() if spec.train.store == "kernels"])
def test_kernels_of_every_state_and_dense_layers_of_the_last(name):
    run = store.load(RUNS[name].key)
    for parameter, shape in run.shapes.items():
        assert shape[0] == (run.states if parameter.startswith("conv") else 1)
    assert run.evaluation("confusion").shape == (run.states, 3, 3)
    assert (run.evaluation("confusion").sum((1, 2)) == run.spec.data.test).all()


def test_the_family_stays_small():
    sizes = [path.stat().st_size for spec in PULSE_RUNS.values() for path in store.folder_of(spec.key).iterdir()]
    assert sum(sizes) <= 6_000_000


def test_the_reliable_run_can_be_trained_again():
    """Its first states from scratch; another machine's float sums may differ in the last digits, no more."""
    run = store.load(RUNS["pulse-reliable"].key)
    records = train(run.spec)
    for state, record in zip(range(2), records, strict=False):
        stored = run.weights("conv1.kernel")[state]
        np.testing.assert_allclose(record.weights["conv1.kernel"], stored, atol=2e-4)
        assert record.metrics["loss"] == pytest.approx(run.history["loss"][state], rel=0.02)
        assert record.step == run.history["step"][state]
    records.close()
