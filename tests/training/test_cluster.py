"""Trainings on a Dask cluster: who may work, what is said where nobody can, and that nothing is lost where a part is killed."""

import builtins
import logging
import pickle
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from core.runs import store
from core.training import cluster, jobs, lease, loop, processes, share, turns
from core.training import job as job_module
from core.training.cluster import AWAY, EMPTY, Cluster, misfit
from tests.training.test_jobs import SPEC, Held, own_store, until  # noqa: F401

HERE = {"app": "1", "python": "3.11.7", "torch": "2.13.0", "store": "a"}
needs_dask = pytest.mark.skipif(
    find_spec("distributed") is None, reason="distributed is not installed; pip install -r requirements-cluster.txt"
)


@pytest.mark.parametrize(
    ("there", "says"),
    [
        (HERE, ""),
        (HERE | {"torch": "2.12.0"}, "has torch 2.12.0 where this server has 2.13.0; install the same there"),
        (
            HERE | {"python": "3.13.1", "app": "2"},
            "has Kernel Explorer 2 where this server has 1 and Python 3.13.1 where this server has 3.11.7; ",
        ),
        (HERE | {"store": "b"}, "does not see this server's runs; give both the same KERNEL_EXPLORER_RUNS"),
        (HERE | {"store": ""}, "does not see this server's runs"),
        ({}, "has Kernel Explorer none where"),
        (ModuleNotFoundError("core"), "cannot run this app (ModuleNotFoundError); start it with deploy/cluster.py in the app's folder"),
    ],
)
def test_who_does_not_fit_is_told_why(there: Any, says: str) -> None:
    assert misfit(there, HERE).startswith(says) and bool(misfit(there, HERE)) == bool(says)


def test_a_store_has_one_name_for_everybody_who_sees_it(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    first = share.mark()
    assert first and share.mark() == first
    (own_store / ".store-0").touch()  # somebody made one at the same time
    assert share.mark() == ".store-0"
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(own_store / "elsewhere"))
    assert share.mark() not in ("", first)


def test_how_a_process_ended_can_be_sent() -> None:
    error = pickle.loads(pickle.dumps(processes.WorkerDied("its process was ended", killed=True)))
    assert str(error) == "its process was ended" and error.killed


def test_without_the_package_jobs_wait_with_the_cure(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    real = builtins.__import__

    def missing(name: str, *args: Any) -> Any:
        if name == "distributed":
            raise ModuleNotFoundError("No module named 'distributed'", name=name)
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", missing)
    with caplog.at_level(logging.WARNING):
        pool = Cluster("tcp://127.0.0.1:1")
        until(lambda: pool.trouble == cluster.MISSING, 10)
        job = jobs.submit(SPEC, pool)
    assert job.progress().state == jobs.QUEUED and "pip install -r requirements-cluster.txt" in job.progress().sentence
    assert "requirements-cluster.txt" in caplog.text and not lease.held(job.folder), "anybody may take it"


def test_a_job_that_was_handed_out_and_never_began_is_handed_out_again() -> None:
    pool = Held()
    job = jobs.submit(SPEC, pool)
    pool.calls[0][0].set_result(None)  # the cluster had another call of this key, whose lease was lost
    assert len(pool.calls) == 2 and pool.calls[1][2][1] == 2, "under another lease"
    assert job.progress().state == jobs.QUEUED


def test_what_others_have_handed_out_takes_slots_too() -> None:
    class Shared(Held):
        slots, shared = 1, True

    first, second = Shared(), Shared()
    jobs.submit(SPEC, first)
    other = replace(SPEC, model=replace(SPEC.model, seed=1))
    job_module.handed.clear()  # another server
    jobs.submit(other, second)
    assert len(first.calls) == 1 and second.calls == []
    Shared.slots = 2
    turns.start(second)
    assert len(second.calls) == 1


@needs_dask
def test_a_scheduler_that_is_not_there_is_a_sentence() -> None:
    from benchmarks.ports import free_port

    pool = Cluster(f"tcp://127.0.0.1:{free_port()}")
    job = jobs.submit(SPEC, pool)
    assert job.progress().state == jobs.QUEUED and job.progress().sentence == AWAY
    pool.shutdown()


@needs_dask
def test_a_call_that_waits_for_workers_that_have_gone_is_handed_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed

    class Client:
        """Notes what it is told."""

        def __init__(self) -> None:
            self.to: list[Any] = []
            self.cancelled: list[Any] = []

        def submit(self, *args: Any, workers: Any, **kwargs: Any) -> Any:
            self.to.append(workers)
            return type("Sent", (), {"status": "pending"})()

        def cancel(self, calls: list[Any], force: bool) -> None:
            self.cancelled += calls

    monkeypatch.setattr(distributed, "fire_and_forget", lambda sent: None)
    monkeypatch.setattr(Cluster, "_tend", lambda pool: None)
    pool = Cluster("tcp://127.0.0.1:1")
    pool._client = client = Client()  # type: ignore[assignment]
    all_fit, some_fit = {"one": "", "other": ""}, {"one": "", "other": "has torch 1"}
    first = pool.submit(until, "aa")
    pool._fits = all_fit
    pool._send()
    second = pool.submit(until, "bb")
    pool._fits = some_fit
    pool._send()
    assert client.to == [None, ["one"]], "the scheduler may choose where all fit"
    pool._fits = {"other": "has torch 1", "third": ""}
    pool._send()
    pool._settle()
    assert len(client.cancelled) == 1 and second.done() and not first.done()


@pytest.mark.full
@needs_dask
@pytest.mark.timeout(400)  # half a minute where nothing else runs
def test_a_worker_and_the_scheduler_are_killed_and_the_training_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks.cluster import kill, site
    from benchmarks.kills import KINDS, damage
    from deploy import serve

    monkeypatch.setattr(serve, "PAUSE_SECONDS", 0.5)
    monkeypatch.setattr(lease, "SILENT_SECONDS", 5.0)
    base = KINDS["mlp"]
    spec = replace(base, data=replace(base.data, train=1_200), train=replace(base.train, batch=4, epochs=20))
    with site(workers=1) as made:
        pool = Cluster(made.address)
        turns.start(pool)
        job = jobs.submit(spec, pool, owner="ann")
        seen: list[float] = []

        def reaches(epoch: float) -> None:
            def true() -> bool:
                turns.start(pool)
                seen.append(job.progress().epoch)
                return epoch <= seen[-1] < 20 or job.progress().state not in jobs.ACTIVE

            until(true, 120)
            assert job.progress().state in (jobs.ACTIVE if epoch < 20 else (jobs.DONE,)), job.progress()

        reaches(2)
        kill(made.workers[0])
        reaches(int(seen[-1]) + 1)
        kill(made.scheduler)
        until(lambda: pool.trouble == AWAY, 30)
        until(lambda: turns.start(pool) or job_module.why_waiting in (AWAY, EMPTY), 10)
        reaches(20)
        assert seen == sorted(seen), "no epoch was lost"
        pool.shutdown()
        whole = store.load(spec.key)
        assert whole.states == len(whole.epochs)
        monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(made.place / "straight"))
        straight = loop.save_records(spec, loop.train(spec))
        monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(made.place / "runs"))
        assert damage({spec.key: straight}) == []
