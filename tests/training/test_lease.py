"""A lease: taken by one, kept up by its holder alone, and left behind by nobody's clock."""

import os
import threading
import time
from pathlib import Path

import pytest

from core.training import lease
from core.training.lease import Lease, LostLease


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "_seen", {})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The looker's own clock, which a test moves."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_one_of_many_takes_it(tmp_path: Path) -> None:
    go, found = threading.Barrier(8), []

    def take() -> None:
        go.wait()
        found.append(lease.take(tmp_path))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (mine,) = [one for one in found if one is not None]
    assert mine.holds() and lease.held(tmp_path) and lease.take(tmp_path) is None


def test_it_is_held_for_as_long_as_its_content_changes(tmp_path: Path, clock: list[float]) -> None:
    mine = lease.take(tmp_path)
    assert mine is not None and lease.held(tmp_path)
    for _ in range(5):
        clock[0] += lease.SILENT_SECONDS * 0.9
        assert mine.renew() and lease.held(tmp_path)
    clock[0] += lease.SILENT_SECONDS * 0.9
    assert lease.held(tmp_path) and lease.take(tmp_path) is None
    clock[0] += lease.SILENT_SECONDS * 0.2
    assert not lease.held(tmp_path)
    other = lease.take(tmp_path)
    assert other is not None and other.holds() and not mine.holds()
    assert not mine.renew() and lease.held(tmp_path), "who lost it can do nothing to it"
    mine.free()
    assert lease.held(tmp_path)
    with pytest.raises(LostLease):
        mine.check()


def test_who_took_it_keeps_it_up_until_the_worker_does(tmp_path: Path, clock: list[float]) -> None:
    mine = lease.take(tmp_path)
    assert mine is not None
    given = Lease(tmp_path, mine.number, mine.token)
    for _ in range(3):
        assert lease.held(tmp_path)
        clock[0] += lease.SILENT_SECONDS
        mine.wait()
    assert lease.held(tmp_path) and given.renew() and lease.held(tmp_path)
    clock[0] += lease.SILENT_SECONDS
    mine.wait()  # the worker has begun: it speaks for itself
    assert not lease.held(tmp_path) and mine.holds()


def test_the_clocks_of_machines_and_files_do_not_matter(tmp_path: Path, clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    mine = lease.take(tmp_path)
    assert mine is not None and lease.held(tmp_path)
    for wrong in (0.0, 4e9):
        monkeypatch.setattr(time, "time", lambda wrong=wrong: wrong)
        os.utime(mine.path, (4e9 - wrong, 4e9 - wrong))
        assert lease.held(tmp_path)
    clock[0] += lease.SILENT_SECONDS
    monkeypatch.setattr(time, "time", lambda: 0.0)  # set back
    os.utime(mine.path, (4e9, 4e9))
    assert not lease.held(tmp_path)


def test_who_looks_for_the_first_time_waits_before_it_judges(tmp_path: Path, clock: list[float]) -> None:
    (tmp_path / "lease-000001").write_bytes(b"of somebody who died long ago 77")
    assert lease.held(tmp_path)
    clock[0] += lease.SILENT_SECONDS
    assert not lease.held(tmp_path)


def test_what_is_given_up_can_be_taken_at_once(tmp_path: Path) -> None:
    first = lease.take(tmp_path)
    assert first is not None
    first.free()
    assert not lease.held(tmp_path) and not first.holds()
    second = lease.take(tmp_path)
    assert second is not None and second.number == 2


def test_a_folder_that_went_away_or_was_made_anew_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "job"
    folder.mkdir()
    mine = lease.take(folder)
    assert mine is not None
    mine.path.unlink()
    folder.rmdir()
    assert not mine.renew() and not folder.exists() and not lease.held(folder)
    folder.mkdir()
    other = lease.take(folder)
    assert other is not None and other.number == mine.number
    assert not mine.renew() and other.holds()
    assert Lease(folder, other.number, other.token).renew(), "whoever was given it"


def test_the_work_of_a_lease_begins_once(tmp_path: Path) -> None:
    """A cluster may hand the same work out again, to another worker, while the first one is alive after all."""
    mine = lease.take(tmp_path)
    assert mine is not None and mine.waiting()
    first, second = Lease(tmp_path, mine.number, mine.token), Lease(tmp_path, mine.number, mine.token)
    assert first.begin() and not mine.waiting() and not second.begin() and first.holds()
    first.free()
    assert not mine.waiting()
    other = lease.take(tmp_path)
    assert other is not None and other.begin()
    assert not Lease(tmp_path, other.number, "another token").begin()
