"""Jobs: one for each spec, alive in files, ended as a run or as a sentence."""

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data.folder import MissingData
from core.runs import contents, store
from core.specs import DataSpec, ModelSpec, PulseSpec, RunSpec, TrainSpec, to_dict
from core.training import job as job_module
from core.training import job_folder, jobs, lease, live, loop, processes, turns, worker
from core.training.loop import EpochRecord

SPEC = RunSpec(
    DataSpec(train=200, validation=50, test=100),
    ModelSpec(sizes=(784, 6, 10)),
    TrainSpec(epochs=4, batch=50),
)


class Inline(Executor):
    """Runs a call at once, in the caller's thread."""

    def submit(self, fn, /, *args, **kwargs):
        future: Future = Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


class Held(Executor):
    """Keeps calls until they are let go."""

    def __init__(self) -> None:
        self.calls: list[tuple[Future, Callable, tuple]] = []

    def submit(self, fn, /, *args, **kwargs):
        future: Future = Future()
        self.calls.append((future, fn, args))
        return future


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "runs"))
    job_module.handed.clear()
    yield tmp_path / "runs"
    job_module.handed.clear()


def records(spec: RunSpec) -> Iterator[EpochRecord]:
    """A training that needs no torch: weights and counts that name their state."""
    for epoch in range(spec.train.epochs + 1):
        weights = {"conv1.kernel": np.full((2, 1, 3, 3), epoch)}
        weights |= {name: np.full(shape, epoch / 2) for name, shape in contents.dense_shapes(spec.model).items()}
        counts = {"confusion": np.full((10, 10), epoch)}
        yield EpochRecord(epoch, epoch * 4, 0.1, {"loss": 1 / (1 + epoch), "accuracy_test": epoch / 10}, weights, counts)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable], None]:
    """Puts a training in the place of the real one, and no data hash in the header."""

    def use(train: Callable[[RunSpec], Iterator[EpochRecord]]) -> None:
        monkeypatch.setattr(loop, "train", train)
        monkeypatch.setattr(importlib.import_module("core.training.reproduce"), "facts", lambda spec: {"data_sha256": "none"})

    return use


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_a_job_ends_as_a_stored_run(fake, own_store: Path) -> None:
    fake(records)
    job = jobs.submit(SPEC, Inline())
    assert job.key == SPEC.key and job.progress() == jobs.Progress(jobs.DONE, 4, 4)
    run = store.load(SPEC.key)
    assert run.spec == SPEC and run.states == 5 and run.header["data_sha256"] == "none"
    assert run.weights("dense1.kernel")[:, 0, 0].tolist() == [0, 0.5, 1, 1.5, 2]
    assert not job.folder.exists() and job.run().history.keys() == run.history.keys()
    assert SPEC.key in store.keys() and ".jobs" not in store.keys()  # noqa: SIM118


def test_same_spec_is_the_same_job_trained_once(fake) -> None:
    times = []

    def counted(spec):
        times.append(spec.key)
        yield from records(spec)

    fake(counted)
    pool = Held()
    first, second = jobs.submit(SPEC, pool), jobs.submit(RunSpec(SPEC.data, SPEC.model, SPEC.train), pool)
    assert first == second and len(pool.calls) == 1 and first.progress().state == jobs.QUEUED
    assert [job.key for job in jobs.active()] == [SPEC.key] and jobs.find(SPEC.key) == first
    future, work, args = pool.calls[0]
    future.set_running_or_notify_cancel()
    future.set_result(work(*args))
    assert jobs.submit(SPEC, pool).progress().state == jobs.DONE and len(times) == 1 and jobs.active() == []
    other = replace(SPEC, train=replace(SPEC.train, seed=1))
    assert jobs.submit(other, pool).key != SPEC.key and len(pool.calls) == 2


@pytest.mark.parametrize("keep", ["all", "kernels", "history"])
def test_what_is_seen_while_it_trains_is_what_is_stored(fake, keep: str) -> None:
    spec = replace(SPEC, train=replace(SPEC.train, store=keep))
    may_go, seen = threading.Semaphore(0), []

    def stepwise(spec):
        for record in records(spec):
            yield record
            seen.append(record.epoch)
            may_go.acquire(timeout=5)

    fake(stepwise)
    with ThreadPoolExecutor(1) as pool:
        job = jobs.submit(spec, pool)
        for epoch in range(5):
            until(lambda epoch=epoch: len(seen) == epoch + 1)
            progress, run = job.progress(), job.run()
            assert (progress.state, progress.epoch, progress.epochs) == (jobs.RUNNING, epoch, 4)
            assert progress.metrics["accuracy_test"] == epoch / 10
            assert (progress.seconds_left is None) == (epoch == 0)
            assert run is not None and run.states == epoch + 1 and run.key == spec.key
            assert run.history["loss"].tolist() == [1 / (1 + e) for e in range(epoch + 1)]
            if keep == "history":
                assert run.shapes == {} and run.state(0) == {}
                may_go.release()
                continue
            assert run.weights("conv1.kernel")[:, 0, 0, 0, 0].tolist() == list(range(epoch + 1))
            assert run.evaluation("confusion")[:, 0, 0].tolist() == list(range(epoch + 1))
            assert run.state(-1)["dense1.kernel"][0, 0] == epoch / 2
            kept = range(epoch + 1) if keep == "all" else [epoch]
            assert run.weights("dense1.kernel")[:, 0, 0].tolist() == [e / 2 for e in kept]
            assert run.shapes["dense1.kernel"] == (len(kept), 784, 6)
            assert ("dense1.kernel" in run.state(0)) == (keep == "all" or epoch == 0)
            with pytest.raises(KeyError):
                run.weights("conv9.kernel")
            with pytest.raises(KeyError):
                run.evaluation("nothing")
            with pytest.raises(IndexError):
                run.state(epoch + 1)
            may_go.release()
        for _ in range(9):
            may_go.release()
        until(lambda: job.progress().state == jobs.DONE)
    stored = store.load(spec.key)
    assert stored.states == 5
    if keep != "history":
        assert stored.shapes == run.shapes


def test_cancel_between_records(fake) -> None:
    running = threading.Event()
    closed = []

    def endless(spec):
        try:
            for record in records(replace(spec, train=replace(spec.train, epochs=2_000))):
                yield record
                running.set()
                time.sleep(0.01)
        finally:
            closed.append(True)

    fake(endless)
    with ThreadPoolExecutor(1) as pool:
        job = jobs.submit(SPEC, pool)
        running.wait(10)
        job.cancel()
        until(lambda: job.progress().state == jobs.CANCELLED, 10)
    assert closed and job.progress().sentence == "The training was cancelled; nothing of it was stored."
    assert store.find(SPEC) is None and job.run() is None
    assert not list(job.folder.glob("state-*"))
    job.cancel()  # a second time changes nothing
    fake(records)
    assert jobs.submit(SPEC, Inline()).progress().state == jobs.DONE, "a cancelled job can be started again"


def test_cancel_before_it_begins() -> None:
    pool = Held()
    job = jobs.submit(SPEC, pool)
    job.cancel()
    assert job.progress().sentence == "The training was cancelled before it began."
    assert job.progress().state == jobs.CANCELLED and pool.calls[0][0].cancelled()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (MissingData("MNIST is not here."), "MNIST is not here."),
        (MemoryError(), "needs more memory than there is"),
        (ZeroDivisionError("by zero"), "stopped with an error (ZeroDivisionError: by zero)"),
    ],
)
def test_errors_become_sentences(fake, error: Exception, says: str) -> None:
    def failing(spec):
        yield next(records(spec))
        raise error

    fake(failing)
    job = jobs.submit(SPEC, Inline())
    assert job.progress().state == jobs.FAILED and says in job.progress().sentence
    assert job.run() is None and store.find(SPEC) is None
    fake(records)
    assert jobs.submit(SPEC, Inline()).progress().state == jobs.DONE, "a failed job can be started again"


def test_silence_is_noticed_and_the_job_is_taken_over(fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that was killed leaves a job that says it runs; another server finds out and trains it."""
    job = jobs.submit(SPEC, Held())
    job_folder.note(job.folder, jobs.Progress(jobs.RUNNING, 1, 4, 3.0))
    job_module.handed.clear()  # another server knows nothing of the first one's futures
    assert job.progress().state == jobs.RUNNING
    pool = Held()
    turns.start(pool)
    assert jobs.submit(SPEC, pool) == job and pool.calls == [], "while it shows life it is left alone"
    monkeypatch.setattr(lease, "SILENT_SECONDS", 0.0)
    assert job.progress() == jobs.Progress(jobs.QUEUED, 1, 4, 3.0), "it waits to go on"
    fake(records)
    turns.start(Inline())
    assert job.progress().state == jobs.DONE


def test_a_job_that_waits_goes_on_waiting_when_its_process_is_gone(fake, monkeypatch: pytest.MonkeyPatch) -> None:
    job = jobs.submit(SPEC, Held())
    job_module.handed.clear()  # it was killed; another one looks
    pool = Held()
    turns.start(pool)
    assert pool.calls == [], "at the first look nobody can know"
    assert job.progress().state == jobs.QUEUED and job.progress().taken and jobs.active() == [job]
    monkeypatch.setattr(lease, "SILENT_SECONDS", 0.0)
    assert not job.progress().taken
    turns.start(pool)
    assert len(pool.calls) == 1 and job.progress().state == jobs.QUEUED


def test_processes_that_share_the_store_train_a_network_once(own_store: Path) -> None:
    """Each takes long from the look whether somebody trains it to its own beginning; without a turn all would begin."""
    code = """
import sys, time
sys.path.insert(0, "tests/training")
from test_jobs import SPEC, Held
from core.training import job_folder, jobs
job_folder.sweep = lambda: time.sleep(0.3)
pool = Held()
print("ready", flush=True)
sys.stdin.readline()
jobs.submit(SPEC, pool)
print(len(pool.calls))
"""
    root = Path(__file__).parents[2]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    started = [subprocess.Popen([sys.executable, "-c", code], cwd=root, **pipes) for _ in range(3)]
    for process in started:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert sorted(process.communicate(timeout=60)[0].strip() for process in started) == ["0", "0", "1"]


def test_workers_are_as_many_as_the_host_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    for said, workers in (("", 7), ("2", 2), ("0", 1), ("many", 7)):
        monkeypatch.setenv("KERNEL_EXPLORER_WORKERS", said)
        assert jobs.workers() == workers


def test_unknown_and_forgotten_jobs(fake) -> None:
    assert jobs.find("0123456789ab") is None and jobs.active() == []
    assert jobs.Job(SPEC).progress().state == jobs.FAILED
    job = jobs.submit(SPEC, Held())
    job_folder.end(job.folder, jobs.Progress(jobs.FAILED, sentence="long ago"))
    left = [job.folder.with_name(f".{word}-{job.key}-0") for word in ("new", "old")]
    for path in left:
        path.mkdir()
    for path in (job.folder / job_folder.ENDED, left[0]):
        os.utime(path, (1, 1))
    jobs.submit(replace(SPEC, model=replace(SPEC.model, seed=3)), Held())
    assert not job.folder.exists() and not left[0].exists() and left[1].exists()


def test_half_written_line_is_not_read(own_store: Path) -> None:
    folder = own_store / "x"
    folder.mkdir(parents=True)
    assert live.read(folder, SPEC) is None
    states = records(SPEC)
    live.write(folder, SPEC, 0, next(states))
    with (folder / live.HISTORY).open("a") as file:
        file.write('{"epoch": 1, "los')
    run = live.read(folder, SPEC)
    assert run is not None and run.states == 1


def test_damaged_run_is_trained_again(fake) -> None:
    fake(records)
    jobs.submit(SPEC, Inline())
    weights = store.folder_of(SPEC.key) / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    assert jobs.submit(SPEC, Inline()).progress().state == jobs.DONE
    assert store.load(SPEC.key).states == 5


# From here on real processes and real training.

PULSES = RunSpec(
    DataSpec("pulses", train=40, validation=10, test=10, pulses=PulseSpec(size=28)),
    ModelSpec("pulse_cnn", (8, 8, 3), output="tanh", initializer="he", channels=(2, 1), kernel_size=5, image=28),
    TrainSpec(loss="l1", optimizer="sgd", learning_rate=0.1, batch=10, epochs=3, store="kernels"),
)


@pytest.fixture
def pool() -> Iterator[processes.Processes]:
    pool = processes.Processes(1)
    yield pool
    pool.shutdown()


def test_real_training_in_a_process_equals_training_here(pool) -> None:
    job = jobs.submit(PULSES, pool)
    until(lambda: job.progress().state not in jobs.ACTIVE, 120)
    assert job.progress().state == jobs.DONE, job.progress().sentence
    run = store.load(PULSES.key)
    here = list(loop.train(PULSES))
    assert run.states == len(here)
    for name in ("loss", "accuracy_test"):
        np.testing.assert_allclose(run.history[name], [r.metrics[name] for r in here], rtol=1e-6)


def slow(key: str, *_: object) -> None:
    """A worker that says it runs and then does nothing more."""
    job_folder.note((job_folder.home() / key), jobs.Progress(jobs.RUNNING, 1, 4, 1.0))
    ((job_folder.home() / key) / "pid").write_text(str(os.getpid()))
    time.sleep(60)


def broken(*_: object) -> None:
    raise OSError("no such luck")


@pytest.fixture
def findable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a process of its own import the workers of this file."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


def kill(job: jobs.Job) -> int:
    """Kill the worker of a job as soon as it says who it is."""
    until(lambda: (job.folder / "pid").exists() and (job.folder / "pid").read_text() != "")
    pid = int((job.folder / "pid").read_text())
    (job.folder / "pid").unlink()
    os.kill(pid, signal.SIGKILL)
    return pid


def test_a_worker_that_is_killed_again_and_again_is_given_up_and_the_others_go_on(findable, pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "work", slow)
    monkeypatch.setattr(turns, "DEATHS", 2)
    job = jobs.submit(SPEC, pool)
    assert kill(job) != kill(job), "another went on"
    until(lambda: job.progress().state == jobs.FAILED, 20)
    assert job.progress().sentence == (
        "The training stopped: its process was ended from outside (signal 9), 2 times without an epoch in between; start it again."
    )
    monkeypatch.setattr(turns, "work", broken)
    job = jobs.submit(replace(SPEC, model=replace(SPEC.model, seed=1)), pool)
    until(lambda: job.progress().state == jobs.FAILED, 30)
    assert "its process ended with an error (OSError: no such luck)" in job.progress().sentence


def test_worker_ends_when_the_app_ends(findable, own_store: Path) -> None:
    code = """
import os, sys, time
from pathlib import Path
from core.training import processes
import test_jobs
folder = Path(sys.argv[1])
folder.mkdir(parents=True)
processes.Processes(1).submit(test_jobs.slow, str(folder))
while not (folder / "pid").exists() or not (folder / "pid").read_text():
    time.sleep(0.05)
print((folder / "pid").read_text(), flush=True)
os._exit(0)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(own_store / "x")], cwd=processes.ROOT, capture_output=True, text=True, timeout=90
    )
    pid = int(done.stdout)

    def gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        stat = Path(f"/proc/{pid}/stat")  # a zombie that nobody collects has ended too
        return stat.exists() and stat.read_text().split()[2] == "Z"

    until(gone, 15)


def stuck(key: str, number: int, token: str) -> None:
    """A training whose next record never comes."""

    def train(spec):
        yield next(records(spec))
        time.sleep(60)

    loop.train = train
    worker.work(key, number, token)


def test_cancel_does_not_wait_for_a_long_epoch(findable, pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "work", stuck)
    job = jobs.submit(SPEC, pool)
    until(lambda: job.progress().state == jobs.RUNNING)
    began = time.monotonic()
    job.cancel()
    until(lambda: job.progress().state == jobs.CANCELLED, 15)
    assert time.monotonic() - began < worker.GRACE_SECONDS + 5
    assert "cancelled" in job.progress().sentence


def test_a_worker_knows_no_page() -> None:
    code = "import sys; import core.training.jobs, core.training.reproduce, core.training.dense; print('streamlit' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], cwd=processes.ROOT, capture_output=True, text=True, timeout=60)
    assert out.stdout.strip() == "False", out.stderr


def test_submitting_loads_no_torch() -> None:
    code = "import sys; import core.training.jobs; print('torch' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], cwd=processes.ROOT, capture_output=True, text=True, timeout=60)
    assert out.stdout.strip() == "False", out.stderr


def test_progress_is_plain_json(fake) -> None:
    job = jobs.submit(SPEC, Held())
    assert json.loads((job.folder / job_folder.JOB).read_text()) == {"spec": to_dict(SPEC), "parent": ""}
    job_folder.note(job.folder, jobs.Progress(jobs.RUNNING, 1, 4))
    assert json.loads((job.folder / job_folder.PROGRESS).read_text())["epoch"] == 1
