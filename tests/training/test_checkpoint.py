"""A training that was interrupted after any epoch goes on to the same bits, whatever kind of network it is."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data import digits
from core.runs import store
from core.runs.run import Run
from core.specs import Change, DataSpec, ModelSpec, PulseSpec, RunSpec, SpecError, TrainSpec
from core.training import checkpoint, job_folder, jobs, lease, live, loop, worker
from tests.training.kinds import images

FEW = DataSpec(train=60, validation=20, test=40)
PULSES = DataSpec("pulses", train=40, validation=0, test=40, pulses=PulseSpec(size=40))
PULSE_CNN = ModelSpec("pulse_cnn", sizes=(32, 16, 3), initializer="he", channels=(5, 1), kernel_size=9, image=40)
DEAD = replace(PULSE_CNN, start_scale=1e-30)  # so small that its convolutions give nothing and never will
DIGIT_CNN = ModelSpec("digit_cnn", sizes=(12, 10), activation="relu", initializer="he", channels=(4, 6), kernel_size=5)
SGD = TrainSpec(optimizer="sgd", learning_rate=0.1, batch=16, epochs=4)
KINDS = {
    "mlp": RunSpec(FEW, ModelSpec(sizes=(784, 12, 8, 10)), TrainSpec(batch=16, epochs=4, first_epoch_states=2)),
    "mlp with momentum": RunSpec(FEW, ModelSpec(sizes=(784, 9, 10)), replace(SGD, momentum=0.9, weight_decay=0.01, store="history")),
    "softmax": RunSpec(FEW, ModelSpec(sizes=(784, 10)), replace(SGD, weight_decay=0.1)),
    "digit CNN": RunSpec(FEW, DIGIT_CNN, replace(SGD, weight_decay=0.01, decay_on="kernels")),
    "digit CNN with Adam": RunSpec(FEW, DIGIT_CNN, TrainSpec(batch=16, epochs=4, store="kernels")),
    "pulse CNN": RunSpec(PULSES, replace(PULSE_CNN, dropout=0.1), TrainSpec(batch=16, epochs=4, store="kernels")),
    "pulse CNN with momentum": RunSpec(PULSES, replace(PULSE_CNN, centred=True), replace(SGD, momentum=0.5)),
    "dead pulse CNN": RunSpec(PULSES, replace(DEAD, dropout=0.1), replace(SGD, store="kernels")),
}
CHANGES = (Change(1, 0.05, weight_decay=0.02), Change(3, 0.01, 0.8))


@pytest.fixture(autouse=True)
def small_world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(digits, "load", images)
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "runs"))


def same(one: loop.EpochRecord, other: loop.EpochRecord) -> None:
    assert (one.epoch, one.step, one.weights.keys()) == (other.epoch, other.step, other.weights.keys())
    np.testing.assert_array_equal(list(one.metrics.values()), list(other.metrics.values()))
    for name in one.weights:
        np.testing.assert_array_equal(one.weights[name].view(np.uint32), other.weights[name].view(np.uint32), err_msg=name)
    for name in other.evaluation:
        np.testing.assert_array_equal(one.evaluation[name], other.evaluation[name])


@pytest.mark.parametrize("kind", KINDS)
def test_it_goes_on_from_every_epoch_to_the_same_bits(kind: str, tmp_path: Path) -> None:
    whole, saved = [], {}
    for record in loop.train(KINDS[kind]):
        whole.append(record)
        if record.checkpoint:
            saved[int(record.epoch)] = record.checkpoint()
    assert list(saved) == [1, 2, 3, 4]
    for epoch, copy in saved.items():
        checkpoint.write(tmp_path, copy)
        read = checkpoint.read(tmp_path / checkpoint.FILE)
        assert read is not None and read.epoch == epoch
        rest = list(loop.train(KINDS[kind], read))
        assert [record.epoch for record in rest] == list(range(epoch + 1, 5))
        for one, other in zip(rest, whole[len(whole) - len(rest) :], strict=True):
            same(one, other)


def test_the_dead_one_is_dead() -> None:
    """Else the test above would not try the short way."""
    assert [record.metrics["act"] for record in loop.train(KINDS["dead pulse CNN"])] == [0] * 5


@pytest.mark.parametrize("kind", ["mlp with momentum", "digit CNN", "pulse CNN with momentum"])
def test_changed_rates_are_those_of_a_training_that_is_made_to_change(kind: str) -> None:
    """The reference steps the same trainee with rates set by hand."""
    spec = replace(KINDS[kind], train=replace(KINDS[kind].train, changes=CHANGES, weight_decay=0.0, momentum=0.0))
    found = list(loop.train(spec))
    plain = replace(spec, train=replace(spec.train, changes=(Change(1, 0.05, weight_decay=1e-9),)))  # decay needs its own group
    trainee = __import__(loop.TRAINERS[spec.model.kind], fromlist=["Training"]).Training(plain)
    trainee.states()
    for epoch, (rate, momentum, decay) in enumerate([(0.1, 0.0, 0.0), (0.05, 0.0, 0.02), (0.05, 0.0, 0.02), (0.01, 0.8, 0.0)]):
        for group in trainee.memory.optimizer.param_groups:
            group["lr"], group["momentum"] = rate, momentum
        trainee.memory.optimizer.param_groups[0]["weight_decay"] = decay
        trainee.steps(trainee.order().split(16))
        (state,) = trainee.states()
        for name, array in state.weights.items():
            np.testing.assert_array_equal(array, found[epoch + 1].weights[name])


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"changes": (Change(4, 0.1),)}, "before the last of the 4 epochs"),
        ({"changes": (Change(2, 0.1), Change(2, 0.2))}, "each after another epoch"),
        ({"changes": (Change(1, 0.1, 0.5),), "optimizer": "adam"}, "Momentum is a choice of SGD"),
        ({"momentum": 0.5, "optimizer": "adam"}, "Momentum is a choice of SGD"),
        ({"changes": (3,)}, "0 to 100 of Change"),
    ],
)
def test_changes_that_cannot_be_are_refused(values: dict, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        replace(SGD, **values)


def test_what_cannot_be_read_is_no_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / checkpoint.FILE
    assert checkpoint.read(path) is None
    copy = next(record for record in loop.train(KINDS["softmax"]) if record.checkpoint).checkpoint()
    checkpoint.write(tmp_path, copy)
    good = path.read_bytes()
    for bad in (b"", good[:-1], good[: len(good) // 2], b"{}", good.replace(b"epoch", b"ehcop")):
        path.write_bytes(bad)
        assert checkpoint.read(path) is None
    path.write_bytes(good)
    assert checkpoint.read(path) is not None


class Stop(BaseException):
    """Ends a worker as a kill does: nothing is tidied up."""


def stopped(spec: RunSpec, monkeypatch: pytest.MonkeyPatch, states: int) -> None:
    """A job whose worker is killed when it has written so many states, and the line but not the checkpoint of the last."""
    write = checkpoint.write

    def dies(folder: Path, saved: checkpoint.Checkpoint) -> None:
        if saved.states >= states:
            raise Stop
        write(folder, saved)

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "write", dies)
        if spec.key not in [job.key for job in jobs.active()]:
            assert job_folder.make(jobs.Job(spec).folder, spec, "")
        held = lease.take(jobs.Job(spec).folder)
        with pytest.raises(Stop):
            worker.work(str(held.folder), held.number, held.token)
        held.free()  # as it counts after a while


def at_once(spec: RunSpec) -> Run:
    with ThreadPoolExecutor(1) as pool:
        jobs.submit(spec, pool)
        while (now := jobs.Job(spec).progress()).state in jobs.ACTIVE:
            time.sleep(0.02)
    assert now.state == jobs.DONE, now.sentence
    return store.load(spec.key)


def same_run(one: Run, other: Run) -> None:
    assert one.shapes == other.shapes and one.history.keys() == other.history.keys()
    for name in one.shapes:
        np.testing.assert_array_equal(one.weights(name), other.weights(name))
    for column in one.history.keys() - {"seconds"}:
        np.testing.assert_array_equal(one.history[column], other.history[column])
    if one.spec.train.store != "history":
        np.testing.assert_array_equal(one.evaluation("confusion"), other.evaluation("confusion"))


@pytest.fixture
def straight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator:
    def run(spec: RunSpec) -> Run:
        """The same training by the command line's way, in another store."""
        with monkeypatch.context() as patch:
            patch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "straight"))
            return loop.save_records(spec, loop.train(spec))

    return run


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_job_ends_as_one_that_never_was(kind: str, monkeypatch: pytest.MonkeyPatch, straight) -> None:
    spec = KINDS[kind]
    first = 1 + spec.train.first_epoch_states + 1  # states until the first epoch's end
    trained = []
    train = loop.train
    monkeypatch.setattr(loop, "train", lambda spec, since=None: trained.append(since and since.epoch) or train(spec, since))
    for states in (first, first + 1, first + 3):
        stopped(spec, monkeypatch, states)
    run = at_once(spec)
    assert trained == [None, None, 1, 3], "each from the last whole epoch"
    monkeypatch.setattr(loop, "train", train)
    same_run(run, straight(spec))
    assert not jobs.Job(spec).folder.exists()


@pytest.mark.parametrize("kind", ["mlp", "digit CNN with Adam", "pulse CNN with momentum", "mlp with momentum"])
def test_more_epochs_of_a_finished_run_are_those_of_one_long_run(kind: str, monkeypatch: pytest.MonkeyPatch, straight) -> None:
    spec = KINDS[kind]
    short = at_once(replace(spec, train=replace(spec.train, epochs=2)))
    longer = replace(spec, train=replace(spec.train, epochs=5))
    trained = []
    train = loop.train
    monkeypatch.setattr(loop, "train", lambda spec, since=None: trained.append(since and since.epoch) or train(spec, since))
    with ThreadPoolExecutor(1) as pool:
        job = jobs.more(short.spec, 3, pool)
        assert job.spec == longer
        while job.progress().state in jobs.ACTIVE:
            time.sleep(0.02)
    run = store.load(longer.key)
    assert trained == [2] and run.header["parent"] == short.key
    monkeypatch.setattr(loop, "train", train)
    same_run(run, straight(longer))


def test_more_epochs_of_a_run_whose_end_is_not_here_begin_again(straight) -> None:
    spec = KINDS["softmax"]
    short = at_once(spec)
    worker.end_of(spec.key).unlink()
    with ThreadPoolExecutor(1) as pool:
        job = jobs.more(short.spec, 1, pool)
        while job.progress().state in jobs.ACTIVE:
            time.sleep(0.02)
    same_run(store.load(job.key), straight(job.spec))
    with pytest.raises(SpecError, match="2,000"):
        jobs.more(spec, 5_000)


@pytest.mark.parametrize("kind", ["digit CNN", "pulse CNN with momentum"])
def test_rates_changed_on_the_way_are_in_the_spec_and_can_be_trained_again(kind: str, monkeypatch: pytest.MonkeyPatch, straight) -> None:
    spec = KINDS[kind]
    stopped(spec, monkeypatch, 4)  # two whole epochs are there
    job = jobs.Job(spec)
    with ThreadPoolExecutor(1) as pool:
        new = jobs.change(job, pool, learning_rate=0.02)
        before = spec.train
        assert new.spec.train.changes == (Change(2, 0.02, before.momentum, before.weight_decay),)
        assert replace(new.spec.train, changes=()) == before
        while new.progress().state in jobs.ACTIVE:
            time.sleep(0.02)
    assert job.progress().state == jobs.CANCELLED, "nobody wants the one before"
    run = store.load(new.key)
    assert run.header["spec"]["train"]["changes"][0]["epoch"] == 2 if "spec" in run.header else run.spec == new.spec
    same_run(run, straight(new.spec))


def test_states_that_are_not_whole_are_trained_again(monkeypatch: pytest.MonkeyPatch, straight) -> None:
    """A machine that lost its power may leave anything in a file that was not synced."""
    spec = KINDS["softmax"]
    stopped(spec, monkeypatch, 4)
    live.state_file(jobs.Job(spec).folder, 1).write_bytes(b"")
    same_run(at_once(spec), straight(spec))


def test_a_training_that_diverges_says_when() -> None:
    spec = replace(KINDS["softmax"], train=replace(SGD, learning_rate=10, weight_decay=10, epochs=20, batch=4))
    with ThreadPoolExecutor(1) as pool:
        job = jobs.submit(spec, pool)
        while job.progress().state in jobs.ACTIVE:
            time.sleep(0.02)
    assert re.match(r"The loss (is no number any more \(NaN\)|has grown beyond all numbers) in epoch \d+ \(step", job.progress().sentence)
    assert store.find(spec) is None
