"""Jobs of machines that share a store by an address: asked for on one, trained on a second, seen on a third."""

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from core.runs import remote, store
from core.training import checkpoint, job_folder, jobs, lease, share, turns, worker
from core.training import job as job_module
from tests.training.test_jobs import SPEC, Held, fake, records, until  # noqa: F401


@pytest.fixture
def on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Turns this process into one machine or another, each with a copy of its own."""
    address = f"memory://{uuid4().hex}"
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", address)
    handed: dict[str, dict] = {}

    def machine(name: str) -> None:
        monkeypatch.setenv("KERNEL_EXPLORER_RUNS_COPY", str(tmp_path / name))
        for module in (job_module, turns):
            monkeypatch.setattr(module, "handed", handed.setdefault(name, {}))
        share.pull()

    machine("first")
    yield machine


def test_asked_for_here_trained_there_seen_everywhere(on: Callable[[str], None], fake) -> None:  # noqa: F811
    reached, may_go = threading.Event(), threading.Event()

    def stepwise(spec):
        for record in records(spec):
            yield record
            if record.epoch == 2:
                reached.set()
                may_go.wait(20)

    fake(stepwise)
    pool = Held()
    job = jobs.submit(SPEC, pool, owner="ann")
    (_, work, args) = pool.calls[0]
    on("second")
    assert jobs.submit(SPEC, Held(), owner="ben") == job and job.owners() == 2, "it joins"
    assert job.progress().state == jobs.QUEUED and lease.take(job.folder) is None, "the first one's lease counts here too"
    on("worker")
    with ThreadPoolExecutor(1) as one:
        done = one.submit(work, *args)
        assert reached.wait(20)
        for name in ("first", "second"):
            on(name)
            until(lambda: share.pull() or job.progress().epoch >= 1)
            assert job.progress().state == jobs.RUNNING
            assert job.run().weights("dense1.kernel")[:2, 0, 0].tolist() == [0, 0.5]
        on("worker")
        may_go.set()
        done.result(20)
    for name in ("first", "second"):
        on(name)
        assert job.progress().state == jobs.DONE and not job.folder.exists()
        assert store.load(SPEC.key).history["epoch"].tolist() == [0, 1, 2, 3, 4]
        assert jobs.active() == []


def test_a_job_goes_on_where_another_machine_was_killed(on: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Really trained: the machine that goes on has nothing but what was shared."""
    from benchmarks.kills import KINDS, damage
    from core.training import loop

    monkeypatch.setattr(worker, "ends", lambda: store.folders()[0] / "ends")
    spec = replace(KINDS["mlp"], train=replace(KINDS["mlp"].train, epochs=4))
    job = jobs.submit(spec, Held())
    held = next(iter(job_module.handed.values()))[1]
    real = share.push

    class Killed(BaseException):
        pass

    def dies(folder: Path) -> None:
        real(folder)
        if (saved := checkpoint.read(folder / checkpoint.FILE)) and saved.epoch == 2:
            raise Killed

    on("killed")
    monkeypatch.setattr(share, "push", dies)
    with pytest.raises(Killed):
        worker.work(job.key, held.number, held.token)
    monkeypatch.setattr(share, "push", real)
    on("third")
    monkeypatch.setattr(lease, "SILENT_SECONDS", 0.0)
    pool = Held()
    until(lambda: share.pull() or turns.start(pool) or bool(pool.calls))
    began = []
    train = loop.train
    monkeypatch.setattr(loop, "train", lambda spec, since=None: began.append(since.epoch if since else 0) or train(spec, since))
    (_, work, args) = pool.calls[0]
    work(*args)
    assert began == [2], "from its last whole epoch"
    on("first")
    assert job.progress().state == jobs.DONE
    monkeypatch.setattr(loop, "train", train)
    copy = store.load(spec.key)
    shutil.copytree(copy.folder, tmp := copy.folder.parent.parent / "straight" / spec.key)
    assert tmp.is_dir()
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp.parent.parent / "alone"))
    whole = loop.save_records(spec, loop.train(spec))
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp.parent))
    assert damage({spec.key: whole}) == []


def test_the_work_of_a_lease_begins_once_on_all_machines(on: Callable[[str], None], fake) -> None:  # noqa: F811
    times = []

    def counted(spec):
        times.append(spec.key)
        yield from records(spec)

    fake(counted)
    pool = Held()
    jobs.submit(SPEC, pool)
    (_, work, args) = pool.calls[0]
    on("second")
    work(*args)
    on("third")
    work(*args)
    assert len(times) == 1


def test_leave_pause_and_end_are_seen_by_the_worker(on: Callable[[str], None], fake) -> None:  # noqa: F811
    job = jobs.submit(SPEC, Held(), owner="ann")
    held = next(iter(job_module.handed.values()))[1]
    on("second")
    jobs.submit(SPEC, Held(), owner="ben")
    on("first")
    job.pause("ann")
    job.cancel("ben")
    on("third")
    assert job.progress().state == jobs.PAUSED and job.owners() == 1
    place = share.workplace(job.key, held.number)
    assert job_folder.wishes(place) == {job_folder.name_of("ann"): False}
    on("first")
    job.resume("ann")
    share.refresh(place)
    assert job_folder.wishes(place) == {job_folder.name_of("ann"): True}
    job.cancel("ann")
    on("third")
    assert job.progress().state == jobs.CANCELLED
    assert jobs.submit(SPEC, Held(), owner="eve").progress().state == jobs.QUEUED, "and is asked for again"
    on("second")
    assert job.progress().state == jobs.QUEUED and job.owners() == 1
    share.refresh(place)
    assert not place.exists(), "who worked on the one before has lost it"


def test_while_the_store_is_away_jobs_wait_with_a_sentence(on: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    shared = remote.objects()
    assert shared is not None

    def away(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        for name in ("cat_file", "pipe_file", "find", "rm_file"):
            patch.setattr(shared.fs, name, away)
        job = jobs.submit(SPEC, Held())
        assert "does not answer" in job.trouble and jobs.active() == []
    assert jobs.submit(SPEC, Held()).progress().state == jobs.QUEUED


def test_what_a_killed_worker_left_goes_when_the_next_begins(on: Callable[[str], None]) -> None:
    job = jobs.submit(SPEC, Held(), owner="ann")
    on("worker")
    left = share.workplace(job.key, 1)
    other = left.with_name("0123456789ab-000001-abcdef01")
    other.mkdir()
    place = share.workplace(job.key, 2)
    assert job_folder.read(place) is not None and not left.exists() and other.exists()
    share.left(place)
    assert not place.exists()
