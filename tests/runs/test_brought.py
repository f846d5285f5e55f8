"""Networks that were brought in: offered, removed, and swept when they are old."""

import time
from pathlib import Path

import numpy as np
import pytest

from core.runs import brought, catalog, store
from core.specs import DataSpec, ModelSpec, OriginSpec, RunSpec, TrainSpec


def stored(origin: OriginSpec | None, seed: int = 0) -> str:
    spec = RunSpec(DataSpec("uci-digits", 1_200, 197, 400), ModelSpec(sizes=(64, 10), seed=seed), TrainSpec(epochs=0), origin)
    weights = {"dense1.kernel": np.zeros((1, 64, 10), np.float32), "dense1.bias": np.zeros((1, 10), np.float32)}
    return store.save(spec, {"epoch": np.array([1.0])}, weights).key


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))


def everyones() -> set[str]:
    return {entry.key for entry in catalog.fitting(lambda spec: spec.data.name == "uci-digits") if not entry.name}


def test_offered_and_taken_back() -> None:
    mine, trained = stored(OriginSpec("a.pt", "1")), stored(None, 7)
    assert everyones() == {trained}
    brought.offer(mine, True)
    assert everyones() == {mine, trained}
    brought.offer(mine, False)
    assert everyones() == {trained}
    with pytest.raises(store.MissingRun):
        brought.offer("0" * 12, True)


def test_removed_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    mine, trained = stored(OriginSpec("a.pt", "1")), stored(None, 7)
    brought.offer(mine, True)
    for key in (mine, trained, "0" * 12):
        brought.remove(key)
    assert set(store.keys()) >= {trained} and mine not in set(store.keys())  # what was trained here stays
    assert not [path for path in tmp_path.rglob("*") if mine in path.name]


def test_what_is_old_and_offered_to_nobody_is_swept() -> None:
    old, offered, trained = stored(OriginSpec("a.pt", "1")), stored(OriginSpec("b.pt", "2")), stored(None, 7)
    brought.offer(offered, True)
    assert brought.sweep() == 0
    assert brought.sweep(time.time() + (brought.DAYS + 1) * 24 * 3600) == 1
    assert old not in set(store.keys()) and {offered, trained} <= set(store.keys())
