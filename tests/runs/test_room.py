"""Room in a full store: the longest unused run goes first, one in use never."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from core.runs import room, store
from core.specs import ModelSpec, RunSpec

DAY = 24 * 3600


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    monkeypatch.setattr(room, "_noted", {})
    return tmp_path


def stored(seed: int, days: float) -> str:
    """A run of about 20 kB that was stored so long ago, with its last checkpoint."""
    spec = RunSpec(model=ModelSpec(sizes=(784, 12), seed=seed))
    store.save(spec, {"epoch": [0.0]}, {"dense1.kernel": np.zeros((1, 784, 12)), "dense1.bias": np.zeros((1, 12))})
    home = store.folders()[0]
    (home / room.ENDS).mkdir(exist_ok=True)
    (home / room.ENDS / f"{spec.key}.safetensors").write_bytes(bytes(10_000))
    then = time.time() - days * DAY
    for path in (home / spec.key, home / room.ENDS / f"{spec.key}.safetensors"):
        os.utime(path, (then, then))
    return spec.key


def keys() -> set[str]:
    return {path.name for path in store.folders()[0].iterdir() if path.name[0] != "."}


def test_checkpoints_go_first_and_then_the_longest_unused(own: Path) -> None:
    old, older, oldest, new = stored(1, 3), stored(2, 4), stored(3, 5), stored(4, 0)
    room.use(oldest)  # somebody looks at it
    assert room.make(10**9) and len(list(own.glob(".ends/*"))) == 4
    assert room.make(store.size() - 15_000) and keys() == {old, older, oldest, new}
    assert {path.stem for path in own.glob(".ends/*")} == {old, new}
    assert room.make(75_000) and keys() == {old, oldest, new}
    assert not room.make(1, keep={old}) and keys() == {old, oldest, new}
    assert not room.make(1) and keys() == {oldest, new}
    assert not list(own.glob(".gone-*")) and not list(own.glob(".now-*"))


def test_shipped_runs_never_go(monkeypatch: pytest.MonkeyPatch) -> None:
    key = stored(1, 9)
    monkeypatch.setitem(room.shipped.NAMES, key, "a shipped one")
    assert not room.make(1) and keys() == {key}


def test_a_clock_that_is_wrong_deletes_nothing_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    key = stored(1, 0)
    monkeypatch.setattr(time, "time", lambda: 4e9)
    assert not room.make(1) and keys() == {key}


def test_a_use_is_noted_once_a_minute(own: Path) -> None:
    key = stored(1, 9)
    room.use(key)
    os.utime(own / room.USED / key, (1, 1))
    room.use(key)
    assert (own / room.USED / key).stat().st_mtime == 1


def test_checkpoints_of_the_newest_runs_stay(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, middle, new = stored(1, 3), stored(2, 2), stored(3, 1)
    monkeypatch.setattr(room, "MOST_ENDS", 25_000)
    room.trim_ends()
    assert {path.stem for path in own.glob(".ends/*")} == {middle, new}
