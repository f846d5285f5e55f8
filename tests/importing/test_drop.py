"""Files dropped together: what belongs together, and that reading them can be stopped."""

import threading
import time

import pytest

from core.importing import drop
from core.importing.bringing import SEVERAL, Brought
from core.importing.drop import Drop, Group, groups


def names(found: list[Group]) -> list[list[list[str]]]:
    return [[list(state) for state in group.states] for group in found]


def test_what_belongs_together() -> None:
    def of(*files: str) -> list[list[list[str]]]:
        return names(groups(dict.fromkeys(files, b"x")))

    assert of("a.pt") == [[["a.pt"]]]
    assert of("net_10.pt", "net_2.pt") == [[["net_2.pt"], ["net_10.pt"]]]  # states, by their numbers
    assert of("model.json", "group1-shard1of1.bin") == [[["model.json", "group1-shard1of1.bin"]]]
    assert of("net.onnx", "net.onnx.data") == [[["net.onnx", "net.onnx.data"]]]
    assert groups({"net.onnx": b"", "weights": b""})[0].name == "net.onnx"
    assert of() == []


def test_different_networks_are_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(name, first, data, fixed, *, keep, more, tell, stop):
        return Brought(name, sentence=SEVERAL.format("their layers") if more else "", key=name)

    monkeypatch.setattr(drop, "brought", read)
    made = Drop([Group("b.pt", ({"a.pt": b""}, {"b.pt": b""}))]).start(Inline())
    assert made.done and [found.key for found, _ in made.found] == ["a.pt", "b.pt"]


def test_it_can_be_stopped_and_stops_when_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    began = threading.Event()

    def read(name, first, data, fixed, *, keep, more, tell, stop):
        tell("Reading")
        began.set()
        while not stop.wait(0.01):
            pass
        return Brought(name, sentence=drop.STOPPED)

    monkeypatch.setattr(drop, "brought", read)
    made = Drop([Group("a.pt", ({"a.pt": b""},)), Group("b.pt", ({"b.pt": b""},))]).start()
    assert began.wait(20) and not made.done and made.words == "Reading"
    made.cancel()
    for _ in range(1_000):
        if made.done:
            break
        time.sleep(0.01)
    assert made.done and [found.sentence for found, _ in made.found] == [drop.STOPPED] * 2
    monkeypatch.setattr(drop, "GONE", 0.05)
    left = Drop([Group("a.pt", ({"a.pt": b""},))]).start()
    left._future.result(timeout=20)  # without a look


class Inline:
    """Does at once what it is given."""

    def submit(self, function):
        from concurrent.futures import Future

        future: Future[None] = Future()
        future.set_result(function())
        return future
