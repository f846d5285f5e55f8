"""Answers that everyone shares: worked out once, bounded, and nobody waits for what somebody else asks."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from core.serving import shared as module
from core.serving.shared import clear, shared

WAIT = 5.0  # seconds that a thread waits at most for another


def test_many_who_ask_alike_get_one_answer_worked_out_once() -> None:
    asked: Counter[str] = Counter()

    @shared()
    def answer(_net: object, key: str) -> list[str]:
        asked[key] += 1
        time.sleep(0.05)
        return [key]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: answer(object(), "a"), range(32)))
    assert asked["a"] == 1 and all(one is found[0] for one in found)


def test_who_asks_for_something_else_does_not_wait() -> None:
    begun, go_on = threading.Event(), threading.Event()

    @shared()
    def answer(key: str) -> str:
        if key == "slow":
            begun.set()
            assert go_on.wait(WAIT)
        return key

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(answer, "slow")
        assert begun.wait(WAIT)
        assert answer("quick") == "quick" and not slow.done()
        go_on.set()
        assert slow.result(WAIT) == "slow"


def busy(seconds: float) -> None:
    """Take so much of the processor."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def test_what_costs_little_for_its_bytes_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    clear()
    monkeypatch.setattr(module, "ROOM", 20_000)
    asked: list[str] = []

    @shared()
    def chart(key: int) -> str:
        asked.append(f"chart {key}")
        busy(0.01)
        return "x" * 5_000

    @shared()
    def layer(key: int) -> dict[str, np.ndarray]:
        asked.append(f"layer {key}")
        return {"weights": np.zeros(5_000, np.uint8)}

    chart(1), layer(1), layer(2), layer(3), layer(4)
    chart(1), layer(4)
    assert asked == ["chart 1", "layer 1", "layer 2", "layer 3", "layer 4"], "the chart, asked for first, is kept"
    for key in (1, 2, 3, 4):
        layer(key)
    assert len(asked) > 5, "there was no room for all layers"


def test_of_equal_worth_what_was_not_asked_for_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    clear()
    monkeypatch.setattr(module, "ROOM", 20_000)
    monkeypatch.setattr(module.time, "thread_time", iter(range(1_000)).__next__)  # each takes a second
    asked: list[int] = []

    @shared()
    def answer(key: int) -> str:
        asked.append(key)
        return "x" * 5_000

    for key in (1, 2, 3, 4, 5, 6):
        answer(1), answer(key)
    answer(1)
    assert asked == [1, 2, 3, 4, 5, 6], "what is asked for between the others stays"
    answer(2)
    assert asked[-1] == 2, "what was not, went"


def test_an_answer_that_is_larger_than_the_room_is_kept_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    clear()
    monkeypatch.setattr(module, "ROOM", 1_000)
    asked: list[int] = []

    @shared()
    def array(key: int) -> np.ndarray:
        asked.append(key)
        return np.zeros(key, np.uint8)

    array(100), array(5_000), array(5_000)
    assert asked == [100, 5_000]
    array(100)
    array(5_000)
    assert asked == [100, 5_000, 100, 5_000]


def test_an_error_is_not_kept_and_lets_the_next_one_try() -> None:
    tries: list[int] = []

    @shared()
    def answer(key: int) -> int:
        tries.append(key)
        if len(tries) == 1:
            raise OSError("the disk was away")
        return key

    with pytest.raises(OSError, match="away"):
        answer(7)
    assert answer(7) == 7 and answer(7) == 7 and len(tries) == 2


def test_clear_forgets() -> None:
    asked: list[int] = []
    answer = shared()(lambda key: asked.append(key))
    answer(1)
    clear()
    answer(1)
    assert asked == [1, 1]


def test_a_shared_table_cannot_be_written_into() -> None:
    @shared()
    def table() -> dict[str, pd.DataFrame | pd.Series]:
        return {"frame": pd.DataFrame({"a": [1.0, 2.0], "b": [3, 4]}), "series": pd.Series([1.0, 2.0])}

    frame, series = table().values()
    with pytest.raises(ValueError, match="read-only"):
        frame.loc[0, "a"] = 9.0
    with pytest.raises(ValueError, match="read-only"):
        series.iloc[0] = 9.0
    changed = frame.assign(a=frame["a"] * 2)  # what is made of it is nobody else's
    changed.loc[0, "b"] = 9
    assert changed.to_numpy().tolist() == [[2.0, 9.0], [4.0, 4.0]] and table()["frame"].to_numpy().tolist() == [[1.0, 3.0], [2.0, 4.0]]
