"""What can go wrong around a job ends in a sentence, and nothing is damaged or stuck."""

import errno
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from core.runs import store
from core.training import atomic, job_folder, jobs, lease, processes, turns, worker
from core.training.job import troubles
from tests.training.test_jobs import SPEC, Held, Inline, fake, own_store, records, until  # noqa: F401

FULL = OSError(errno.ENOSPC, "No space left on device", "/secret/place")
LOCKED = OSError(errno.EROFS, "Read-only file system", "/secret/place")


def failing(error: OSError, monkeypatch: pytest.MonkeyPatch, *, after: int = 0, only: str = "") -> None:
    """Every whole write but the first so many ends in this error."""
    write, count = atomic.write, [0]

    def fails(path: Path, data: bytes, *, sync: bool = True) -> None:
        count[0] += only in path.name
        if only in path.name and count[0] > after:
            raise error
        write(path, data, sync=sync)

    monkeypatch.setattr(atomic, "write", fails)


@pytest.mark.parametrize(("error", "says"), [(FULL, "The disk that holds the trained runs is full."), (LOCKED, "cannot be written to")])
def test_a_store_that_takes_nothing_is_said_where_one_asks(error: OSError, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(error, monkeypatch)
    job = jobs.submit(SPEC, Held())
    assert says in job.trouble and "/secret" not in job.trouble
    assert job.progress().state == jobs.FAILED and job.progress().sentence == job.trouble
    assert jobs.active() == [] and not job.folder.exists() and not list(job_folder.home().glob(".new-*"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="whoever may do anything can write anywhere")
def test_a_folder_without_rights(own_store: Path) -> None:  # noqa: F811
    own_store.mkdir()
    own_store.chmod(0o500)
    try:
        assert "cannot be written to" in jobs.submit(SPEC, Held()).trouble
    finally:
        own_store.chmod(0o700)


def test_a_store_below_a_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "file" / "runs"))
    job = jobs.submit(SPEC, Held())
    assert "cannot be used (Not a directory)" in job.trouble and jobs.active() == []


@pytest.mark.parametrize(("error", "says"), [(FULL, "Make room on it"), (LOCKED, "KERNEL_EXPLORER_RUNS")])
def test_a_disk_that_fills_while_it_trains(fake, error: OSError, says: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    fake(records)
    with monkeypatch.context() as patch:
        failing(error, patch, after=2, only="state-")
        job = jobs.submit(SPEC, Inline())
    now = job.progress()
    assert now.state == jobs.FAILED and says in now.sentence and "/secret" not in now.sentence
    assert not list(job.folder.glob("*.safetensors")) and not (job.folder / job_folder.SPARE).exists()
    assert store.find(SPEC) is None and jobs.submit(SPEC, Inline()).progress().state == jobs.DONE


def test_where_not_even_the_sentence_can_be_written(fake, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    fake(records)
    with monkeypatch.context() as patch:
        patch.setattr(job_folder, "note", raising(FULL))
        patch.setattr(job_folder, "end", raising(FULL))
        job = jobs.submit(SPEC, Inline())
        assert job.key in troubles
    assert job.progress().state == jobs.FAILED and "The disk that holds" in job.progress().sentence
    turns.start(pool := Held())
    assert pool.calls == [], "it is not tried again unasked"
    assert jobs.submit(SPEC, Inline()).progress().state == jobs.DONE and not troubles


def raising(error: Exception) -> Callable:
    def act(*_: object) -> None:
        raise error

    return act


def test_a_folder_deleted_under_the_worker(fake) -> None:  # noqa: F811
    going, may_go = threading.Event(), threading.Event()

    def stepwise(spec):
        for record in records(spec):
            yield record
            going.set()
            may_go.wait(10)

    fake(stepwise)
    with ThreadPoolExecutor(1) as pool:
        job = jobs.submit(SPEC, pool)
        assert going.wait(10)
        shutil.rmtree(job.folder)
        assert job.progress().sentence == "This training is not known here any more; start it again."
        may_go.set()
    assert not job.folder.exists() and store.find(SPEC) is None
    assert jobs.submit(SPEC, Inline()).progress().state == jobs.DONE


def test_who_was_stopped_and_lost_the_job_changes_nothing(fake, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """A worker that was stopped for long enough goes on while another one trains the same."""
    first, second, seen = threading.Event(), threading.Event(), []

    def stepwise(spec):
        me = len(seen)
        seen.append(me)
        for record in records(spec):
            yield record
            if me == 0 and record.epoch == 1:
                first.wait(10)
            if me == 1 and record.epoch == 2:
                second.wait(10)

    fake(stepwise)
    with ThreadPoolExecutor(2) as pool:
        job = jobs.submit(SPEC, pool)
        until(lambda: job.progress().epoch == 1)
        stopped, held = turns.handed.pop(job.key)  # another server, which sees its lease unchanged
        monkeypatch.setattr(lease, "BEAT_SECONDS", 60)
        monkeypatch.setattr(lease, "SILENT_SECONDS", 0.0)
        until(lambda: turns.start(pool) or len(seen) == 2)
        monkeypatch.setattr(lease, "SILENT_SECONDS", 60.0)
        until(lambda: job.progress().epoch == 2)
        files = {path: path.read_bytes() for path in job.folder.glob("state-*")}
        first.set()  # the first goes on
        stopped.result(10)
        assert {path: path.read_bytes() for path in job.folder.glob("state-*")} == files and not held.holds()
        assert job.progress().state == jobs.RUNNING
        second.set()
        until(lambda: job.progress().state == jobs.DONE)
    assert store.load(SPEC.key).history["epoch"].tolist() == [0, 1, 2, 3, 4]


def test_two_that_train_at_once_after_all_leave_one_whole_run(fake, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """Both believe that they hold the lease, and write the same files at the same moments."""
    together = threading.Barrier(2)

    def side_by_side(spec):
        for record in records(spec):
            with suppress(threading.BrokenBarrierError):
                together.wait(1)
            yield record

    fake(side_by_side)
    pool = Held()
    job = jobs.submit(SPEC, pool)
    ((_, work, args),) = pool.calls
    monkeypatch.setattr(lease.Lease, "check", lambda self: None)
    monkeypatch.setattr(lease.Lease, "begin", lambda self: True)
    with ThreadPoolExecutor(2) as both:
        for done in [both.submit(work, *args) for _ in range(2)]:
            done.exception(20)
    assert job.progress().state == jobs.DONE
    run = store.load(SPEC.key)
    assert run.history["epoch"].tolist() == [0, 1, 2, 3, 4]
    assert run.weights("dense1.kernel")[:, 0, 0].tolist() == [0, 0.5, 1, 1.5, 2]


def test_a_clock_that_is_set_changes_nothing(fake, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    fake(records)
    pool = Held()
    job = jobs.submit(SPEC, pool)
    real = time.time
    for jump in (-3600.0, 7200.0, -4e8, 4e8):
        monkeypatch.setattr(time, "time", lambda jump=jump: real() + jump)
        assert jobs.submit(SPEC, pool) == job and len(pool.calls) == 1 and job.progress().state == jobs.QUEUED
    future, work, args = pool.calls[0]
    future.set_result(work(*args))
    assert job.progress().state == jobs.DONE


def test_a_job_file_that_cannot_be_read_is_made_anew(fake) -> None:  # noqa: F811
    fake(records)
    job = jobs.submit(SPEC, Held())
    turns.handed.clear()
    (job.folder / job_folder.JOB).write_text("[" * 100_000)
    assert job.progress().state == jobs.FAILED and jobs.find(job.key) is None and jobs.active() == []
    assert jobs.submit(SPEC, Inline()).progress().state == jobs.DONE


def test_a_folder_of_an_older_version_is_made_anew(fake) -> None:  # noqa: F811
    fake(records)
    folder = jobs.Job(SPEC).folder
    folder.mkdir(parents=True)
    (folder / "progress.json").write_text('{"state": "running", "epoch": 1, "epochs": 4, "seconds": 1, "metrics": {}, "sentence": ""}')
    assert jobs.submit(SPEC, Inline()).progress().state == jobs.DONE


def test_many_processes_submit_one_spec_and_none_raises(own_store: Path) -> None:  # noqa: F811
    """Five rounds of three processes that ask and leave at the same moments: each ask is answered, and one of them trains."""
    code = """
import sys
sys.path.insert(0, "tests/training")
from dataclasses import replace
from test_jobs import SPEC, Held
from core.training import jobs, lease
lease.SILENT_SECONDS = 600  # nobody works on what is kept here
print("ready", flush=True)
for seed in map(int, sys.stdin):
    spec, pool = replace(SPEC, model=replace(SPEC.model, seed=seed)), Held()
    for _ in range(10):
        job = jobs.submit(spec, pool, owner=sys.argv[1])
        assert not job.trouble, job.trouble
        job.cancel(sys.argv[1])
    print(job.progress().state, jobs.submit(spec, pool, owner=sys.argv[1]).progress().state, flush=True)
    print(sum(not future.cancelled() for future, _, _ in pool.calls), flush=True)
"""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    started = [subprocess.Popen([sys.executable, "-c", code, name], cwd=processes.ROOT, **pipes) for name in "abc"]
    for process in started:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for seed in range(5):
        for process in started:
            assert process.stdin is not None
            process.stdin.write(f"{seed}\n")
            process.stdin.flush()
        said = [(process.stdout.readline().split(), int(process.stdout.readline())) for process in started]  # type: ignore[union-attr]
        assert all(states[1] == jobs.QUEUED for states, _ in said)
        assert sum(trains for _, trains in said) == 1, said
    for process in started:
        process.communicate(timeout=60)
    assert all(process.returncode == 0 for process in started) and len(jobs.active()) == 5


def test_reasons_name_no_path() -> None:
    for error in (FULL, LOCKED, OSError(errno.EIO, "Input/output error", "/secret/place")):
        assert "/secret" not in worker.reason(error, "key") and worker.reason(error, "key").endswith(".")
