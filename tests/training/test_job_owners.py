"""Whose job it is: the same training for several people, fair turns, pause and leave."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core.runs import store
from core.specs import RunSpec, SpecError
from core.training import job_folder, jobs, lease, turns
from tests.training.test_jobs import SPEC, Held, Inline, fake, own_store, records, until  # noqa: F401


def seeded(seed: int) -> RunSpec:
    return replace(SPEC, model=replace(SPEC.model, seed=seed))


class Slots(Held):
    """Keeps calls, and has room for some."""

    def __init__(self, slots: int) -> None:
        super().__init__()
        self.slots = slots

    def keys(self) -> list[str]:
        return [args[0].rpartition("/")[2] for _, _, args in self.calls]

    def end(self, place: int) -> None:
        future, work, args = self.calls[place]
        future.set_running_or_notify_cancel()
        future.set_result(work(*args))


def test_it_ends_when_nobody_is_left() -> None:
    job = jobs.submit(SPEC, Held(), owner="ann")
    assert jobs.submit(SPEC, Held(), owner="ben") == job and job.owners() == 2
    assert jobs.of("ann") == jobs.of("ben") == [job] and jobs.of("eve") == []
    assert job.owned_by("ann") and job.owned_by("ben") and not job.owned_by("eve")
    job.cancel("eve")
    job.cancel("ann")
    assert job.progress().state == jobs.QUEUED and job.owners() == 1
    assert jobs.submit(SPEC, Held(), owner="ann").owners() == 2, "and can come again"
    job.cancel("ann")
    job.cancel("ben")
    assert job.progress().state == jobs.CANCELLED
    assert jobs.submit(SPEC, Held(), owner="eve").progress().state == jobs.QUEUED


def test_what_nobody_in_particular_asked_for_is_everybodys() -> None:
    job = jobs.submit(SPEC, Held())
    assert job.owned_by("anyone")
    job.cancel("anyone")
    assert job.progress().state == jobs.CANCELLED


def test_nobody_is_named_in_the_store() -> None:
    job = jobs.submit(SPEC, Held(), owner="../ann@school.example")
    assert not any(b"ann" in path.read_bytes() or "ann" in path.name for path in job.folder.rglob("*") if path.is_file())
    assert job.owned_by("../ann@school.example")


def test_one_running_job_each_before_anybodys_second(fake) -> None:  # noqa: F811
    fake(records)
    pool = Slots(2)

    def asked(seed: int, owner: str) -> jobs.Job:
        time.sleep(0.02)  # files made at once have the same time
        return jobs.submit(seeded(seed), pool, owner=owner)

    ann = [asked(seed, "ann") for seed in (1, 2, 3)]
    assert pool.keys() == [ann[0].key, ann[1].key], "alone, a person has all the room"
    ben, eve = asked(4, "ben"), [asked(seed, "eve") for seed in (5, 6)]
    for ended, begun in ((0, ben), (2, eve[0]), (1, ann[2]), (3, eve[1])):
        pool.end(ended)
        assert pool.keys()[-1] == begun.key
    assert len(pool.keys()) == 6


def test_a_job_of_two_comes_as_soon_as_it_is_the_turn_of_either(fake) -> None:  # noqa: F811
    fake(records)
    pool = Slots(2)
    for seed, owner in ((1, "ann"), (2, "eve"), (3, "ann"), (4, "ann"), (4, "ben")):
        time.sleep(0.02)
        jobs.submit(seeded(seed), pool, owner=owner)
    pool.end(1)
    assert pool.keys()[2:] == [seeded(4).key]


def test_a_job_rests_when_all_who_want_it_let_it(fake) -> None:  # noqa: F811
    going, may_go = [], threading.Semaphore(0)

    def stepwise(spec):
        for record in records(spec):
            yield record
            going.append(record.epoch)
            may_go.acquire(timeout=10)

    fake(stepwise)
    with ThreadPoolExecutor(1) as pool:
        job = jobs.submit(SPEC, pool, owner="ann")
        jobs.submit(SPEC, pool, owner="ben")
        until(lambda: going == [0])
        job.pause("ann")
        assert job.progress().state == jobs.RUNNING
        job.pause("eve")  # who does not want it has no say
        job.pause("ben")
        assert job.progress().state == jobs.PAUSED and job in jobs.active()
        may_go.release()
        until(lambda: not lease.held(job.folder))
        time.sleep(0.1)
        turns.start(pool)
        assert job.progress().state == jobs.PAUSED and going == [0]
        fake(records)
        job.resume("ben")
        turns.start(pool)
        until(lambda: job.progress().state == jobs.DONE)
    assert store.load(SPEC.key).states == 5


def test_whoever_asks_again_lets_it_go_on() -> None:
    job = jobs.submit(SPEC, Held(), owner="ann")
    job.pause("ann")
    assert job.progress().state == jobs.PAUSED
    jobs.submit(SPEC, Held(), owner="ann")
    assert job.progress().state == jobs.QUEUED
    job.pause()
    assert job.progress().state == jobs.PAUSED
    job.cancel()
    assert job.progress().state == jobs.CANCELLED


def test_who_comes_while_it_is_being_cancelled_gets_it(fake, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """The worker sees that nobody is left, and before it has said so somebody comes."""
    pool = Held()
    job = jobs.submit(SPEC, pool, owner="ann")
    end = job_folder.end

    def meanwhile(folder, now):
        job_folder.wish(folder, job_folder.name_of("ben"), True)
        end(folder, now)

    monkeypatch.setattr(job_folder, "end", meanwhile)
    job_folder.wish(job.folder, job_folder.name_of("ann"), None)
    fake(records)
    _, work, args = pool.calls[0]
    work(*args)
    turns.handed.clear()
    assert job.progress().state == jobs.QUEUED and job.owned_by("ben")
    monkeypatch.setattr(job_folder, "end", end)
    turns.start(Inline())
    assert job.progress().state == jobs.DONE


def test_rates_before_the_first_epoch_are_those_of_the_start() -> None:
    job = jobs.submit(SPEC, Held(), owner="ann")
    jobs.submit(SPEC, Held(), owner="ben")
    new = jobs.change(job, Held(), owner="ann", learning_rate=0.5)
    assert new.spec.train == replace(SPEC.train, learning_rate=0.5)
    assert not job.owned_by("ann") and job.progress().state == jobs.QUEUED, "ben's training stays what it was"
    assert jobs.change(new, Held(), owner="ann", learning_rate=0.5) is new
    with pytest.raises(SpecError, match="Momentum is a choice of SGD"):
        jobs.change(new, momentum=0.9)
    with pytest.raises(SpecError, match="Learning rate"):
        jobs.change(new, learning_rate=-1.0)
    new.cancel()
    with pytest.raises(SpecError, match="has ended"):
        jobs.change(new, learning_rate=0.1)


@pytest.mark.parametrize(("loss", "says"), [(float("nan"), "is no number any more (NaN)"), (float("inf"), "has grown beyond all numbers")])
def test_a_loss_that_is_no_number_ends_it_with_the_epoch(fake, loss: float, says: str) -> None:  # noqa: F811
    def diverging(spec):
        for record in records(spec):
            yield replace(record, metrics={**record.metrics, "loss": loss}) if record.epoch == 3 else record

    fake(diverging)
    job = jobs.submit(SPEC, Inline())
    assert job.progress().state == jobs.FAILED and job.progress().sentence.startswith(f"The loss {says} in epoch 3 (step 12)")
    assert store.find(SPEC) is None
