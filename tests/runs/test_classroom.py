"""Classrooms: members by alias, trainings that stay, an end after seven days, and nothing personal."""

import os
import time
from pathlib import Path

import pytest

from core.runs import classroom, room
from core.runs.classroom import Closed

RUN, OTHER, BEFORE = "0123456789ab", "ba9876543210", "aaaaaaaaaaaa"


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    later = time.time() + 60
    for run, made in ((RUN, later), (OTHER, later), (BEFORE, later - 120)):
        (tmp_path / run).mkdir()
        os.utime(tmp_path / run, (made, made))
    return tmp_path


def age(key: str, seconds: float) -> None:
    path = classroom._folder(key) / "began"
    os.utime(path, (path.stat().st_mtime - seconds,) * 2)


def test_members_and_their_trainings() -> None:
    key = classroom.begin()
    classroom.join(key, "one", "  Blue   Heron ")
    classroom.join(key, "two", "Fox")
    for person, run in (("one", RUN), ("two", RUN), ("two", OTHER), ("two", OTHER), ("nobody", OTHER), ("one", "../../x"), ("one", BEFORE)):
        classroom.add(key, person, run)
    assert sorted((entry.alias, entry.run) for entry in classroom.entries(key)) == [("Blue Heron", RUN), ("Fox", RUN), ("Fox", OTHER)]
    assert classroom.alias_of(key, "one") == "Blue Heron" and classroom.alias_of(key, "three") == ""
    classroom.join(key, "two", "Red Fox")
    assert {entry.alias for entry in classroom.entries(key)} == {"Blue Heron", "Red Fox"}
    classroom.leave(key, "two")
    assert [(entry.alias, entry.run) for entry in classroom.entries(key)] == [("Blue Heron", RUN)]


def test_nothing_personal_is_kept(own_store: Path) -> None:
    key = classroom.begin()
    classroom.join(key, "session-of-ann", "Fox")
    classroom.add(key, "session-of-ann", RUN)
    files = [path for path in own_store.rglob("*") if path.is_file()]
    assert len(files) == 3 and not any("ann" in str(path.relative_to(own_store)) or b"ann" in path.read_bytes() for path in files)


@pytest.mark.parametrize("alias", ["", "   ", "x" * 25, "a\x00b", "a\u202eb"])
def test_an_alias_that_cannot_be(alias: str) -> None:
    key = classroom.begin()
    with pytest.raises(Closed, match="alias of 1 to 24 letters"):
        classroom.join(key, "one", alias)


def test_two_of_one_alias() -> None:
    key = classroom.begin()
    classroom.join(key, "one", "Fox")
    classroom.join(key, "one", "Fox")
    with pytest.raises(Closed, match="another alias"):
        classroom.join(key, "two", "Fox")


def test_it_ends_after_seven_days_and_is_swept(own_store: Path) -> None:
    old, new = classroom.begin(), classroom.begin()
    for key in (old, new):
        classroom.join(key, "one", "Fox")
        classroom.add(key, "one", RUN if key == old else OTHER)
    age(old, 6 * 24 * 3600)
    assert 0 < classroom.seconds_left(old) < 24 * 3600 + 5 and classroom.kept() == {RUN, OTHER}
    age(old, 24 * 3600 + 5)
    for ask in (lambda: classroom.entries(old), lambda: classroom.join(old, "two", "Owl"), lambda: classroom.seconds_left(old)):
        with pytest.raises(Closed, match="ends after seven days"):
            ask()
    assert classroom.kept() == {OTHER}
    assert [path.name for path in (own_store / ".classrooms").iterdir()] == [new]


@pytest.mark.parametrize("key", ["", "..", "0" * 16, "x" * 16, "../../../etc/passw"])
def test_no_such_room(key: str) -> None:
    for ask in (classroom.entries, classroom.seconds_left, lambda key: classroom.add(key, "one", RUN)):
        with pytest.raises(Closed):
            ask(key)
    classroom.leave(key, "one")


def test_its_runs_are_not_deleted_for_space(own_store: Path) -> None:
    """Two runs that nobody has looked at for days; the one in a room stays."""
    key = classroom.begin()
    classroom.join(key, "one", "Fox")
    classroom.add(key, "one", RUN)
    for run in (RUN, OTHER):
        (own_store / run / "weights.safetensors").write_bytes(bytes(1_000))
        os.utime(own_store / run, (1e9, 1e9))
    assert not room.make(500, classroom.kept())
    assert (own_store / RUN).exists() and not (own_store / OTHER).exists()


def test_no_more_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classroom, "MOST", 1)
    monkeypatch.setattr(classroom, "MOST_MEMBERS", 1)
    monkeypatch.setattr(classroom, "MOST_RUNS", 1)
    key = classroom.begin()
    with pytest.raises(Closed, match="As many rooms"):
        classroom.begin()
    classroom.join(key, "one", "Fox")
    with pytest.raises(Closed, match="full"):
        classroom.join(key, "two", "Owl")
    classroom.add(key, "one", RUN)
    classroom.add(key, "one", OTHER)
    assert [entry.run for entry in classroom.entries(key)] == [RUN]
