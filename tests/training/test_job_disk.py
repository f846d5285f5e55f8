"""What can really go wrong around a job: a full or read-only disk, a folder deleted under the worker, a worker stopped for long."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from core.runs import store
from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec
from core.training import job as job_module
from core.training import job_folder, jobs, lease, loop, processes, turns
from tests.training.test_jobs import own_store, until  # noqa: F401

SMALL = RunSpec(DataSpec("uci-digits", train=200, validation=50, test=100), ModelSpec(sizes=(64, 32, 10)), TrainSpec(batch=50, epochs=3))
BEGIN_SECONDS = 300  # for a worker to load torch and come through an epoch on a machine that is busy with other tests
LONG = replace(SMALL, train=replace(SMALL.train, batch=2, epochs=30))


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk of 512 kB that holds the runs."""
    place = tmp_path / "disk"
    place.mkdir()
    if (
        not sys.platform.startswith("linux")
        or os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "runs", place]).returncode
    ):
        pytest.skip("a small disk can be mounted by root on Linux alone")
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(place / "runs"))
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture
def pool() -> Iterator[processes.Processes]:
    made = processes.Processes(2)
    yield made
    made.shutdown()


def ended(job: jobs.Job, pool: processes.Processes) -> jobs.Progress:
    until(lambda: turns.start(pool) or job.progress().state not in jobs.ACTIVE, BEGIN_SECONDS)
    return job.progress()


@pytest.mark.full
@pytest.mark.timeout(5 * BEGIN_SECONDS)
def test_a_full_disk_and_one_that_is_read_only(disk: Path, pool: processes.Processes) -> None:
    first = jobs.submit(SMALL, pool)
    assert ended(first, pool).state == jobs.DONE
    before = store.load(SMALL.key).history["loss"].tolist()
    (disk / "other").write_bytes(bytes(max(0, shutil.disk_usage(disk).free - 60_000)))  # somebody else's files leave hardly any room
    second = jobs.submit(replace(SMALL, model=replace(SMALL.model, seed=1)), pool)
    now = ended(second, pool)
    assert now.state == jobs.FAILED and now.sentence.startswith("The disk that holds the trained runs is full. Make room on it")
    assert store.load(SMALL.key).history["loss"].tolist() == before and store.find(second.spec) is None
    (disk / "other").unlink()
    assert ended(jobs.submit(second.spec, pool), pool).state == jobs.DONE
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    third = jobs.submit(replace(SMALL, model=replace(SMALL.model, seed=2)), pool)
    assert third.trouble.startswith("The folder of trained runs cannot be written to here") and third.progress().state == jobs.FAILED
    assert jobs.submit(SMALL, pool).progress().state == jobs.DONE and store.load(SMALL.key).history["loss"].tolist() == before


def working(job: jobs.Job) -> set[int]:
    """Workers of a job that this process has started and that have not ended; other tests have left a browser and servers beside them."""
    from benchmarks.process import children

    found = set()
    for child in children(os.getpid()):
        with suppress(OSError):  # it has just ended
            if job.key.encode() in Path(f"/proc/{child}/cmdline").read_bytes():
                found.add(child)
    return found


@pytest.fixture(autouse=True)
def foreign() -> Iterator[None]:
    """A process that is no worker, as the browser's tests leave some in the process of these."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield
        process.kill()


@pytest.mark.timeout(3 * BEGIN_SECONDS)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are looked at in /proc")
def test_a_folder_deleted_under_a_worker_of_its_own(pool: processes.Processes) -> None:
    endless = replace(LONG, train=replace(LONG.train, epochs=500))
    job = jobs.submit(endless, pool)
    until(lambda: job.progress().epoch >= 1, BEGIN_SECONDS)
    assert len(working(job)) == 1
    while job.folder.exists():  # what its worker writes meanwhile stops the first try
        shutil.rmtree(job.folder, ignore_errors=True)
    assert job.progress().sentence == "This training is not known here any more; start it again."
    until(lambda: not working(job), 30)
    assert not job.folder.exists() and store.find(endless) is None and not list(job_folder.home().iterdir())


@pytest.mark.full
@pytest.mark.timeout(3 * BEGIN_SECONDS)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are looked at in /proc")
def test_a_worker_that_is_stopped_for_long_and_goes_on(pool: processes.Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a laptop that sleeps: another one trains meanwhile, and what the first does then changes nothing."""
    monkeypatch.setattr(lease, "SILENT_SECONDS", 3.0)
    job = jobs.submit(LONG, pool)
    until(lambda: job.progress().epoch >= 1, BEGIN_SECONDS)
    (first,) = working(job)
    os.kill(first, signal.SIGSTOP)
    at = job.progress().epoch
    job_module.handed.pop(job.key)  # another server, whose own worker takes over
    until(lambda: turns.start(pool) or job.progress().epoch > at + 1, BEGIN_SECONDS)
    assert len(working(job)) == 2
    os.kill(first, signal.SIGCONT)
    until(lambda: first not in working(job), 20)
    assert ended(job, pool).state == jobs.DONE and job_folder.read(job.folder) is None
    time.sleep(1.5)  # a beat more, in which the first one could still write
    run, straight = store.load(LONG.key), [record.metrics["loss"] for record in loop.train(LONG)]
    assert run.history["loss"].tolist() == straight
