"""A short slice of `make kills`: what was killed while it trained goes on, and nothing is damaged."""

import sys

import pytest

from benchmarks import kills


@pytest.mark.full
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it finds the servers' workers in /proc")
@pytest.mark.timeout(900)
def test_what_is_killed_goes_on_and_nothing_is_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", "")  # put back afterwards
    found = kills.measure(3, seed=3, kinds=("softmax",), seconds=800)
    assert sum(number for name, number in found.items() if name.startswith("kills of")) >= 3
    assert found["trainings damaged, lost or different"] == 0
    assert found["epochs repeated after one kill, at most"] <= 1


def test_going_back_is_counted_in_epochs() -> None:
    spec = kills.KINDS["softmax"]
    line = f"state {spec.key} {{}} {{}}".format
    straight = [line(i, float(i)) for i in range(4)]
    assert kills.repeated(straight, spec) == (0, 0)
    assert kills.repeated([*straight, line(3, 3.0), line(4, 4.0)], spec) == (1, 1)
    assert kills.repeated([*straight, line(2, 2.0), line(3, 3.0), line(3, 3.0)], spec) == (2, 2)
    inside = [line(0, 0.0), line(1, 0.3), line(2, 0.7), line(0, 0.0)]
    assert kills.repeated(["state other 0 0.0", *inside, "mid-write progress.json"], spec) == (1, 1)
