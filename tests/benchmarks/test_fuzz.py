"""A quick slice of `make fuzz` from the same seed, and that it sees what it looks for."""

from pathlib import Path

import pytest

from benchmarks.fuzz.doors import DOORS, Door
from benchmarks.fuzz.worker import made, outcome, smaller, try_all
from benchmarks.results import keep

SLICE = {"runs": 10, "links": 60, "pictures": 60, "zips": 40, "sets": 80, "photographs": 12}


@pytest.mark.parametrize("name", DOORS)
def test_the_first_inputs_of_each_door_end_in_sentences(name: str) -> None:
    found: list[dict] = []
    count = try_all(name, 0, 0, SLICE.get(name, 40), found.append)
    assert [row for row in found if "what" in row] == []
    assert count.tried == SLICE.get(name, 40) and count.sentences and count.read + count.sentences == count.tried


def test_there_are_fifteen_thousand_and_more() -> None:
    assert sum(door.count for door in DOORS.values()) > 15_000


@pytest.mark.parametrize("name", DOORS)
def test_a_seed_gives_the_same_inputs(name: str) -> None:
    assert repr(made(name, 3, 5)) == repr(made(name, 3, 5))
    assert len({repr(made(name, 3, number)) for number in range(20)}) > 5


def test_a_traceback_is_seen_and_its_input_made_small() -> None:
    def take(text: str) -> None:
        if "!" in text:
            raise KeyError("!")

    door = Door("a test", 1, lambda random: "", take, lambda: (ValueError,))
    how, what = outcome(door, "a long text! that breaks")
    assert how == "tracebacks" and what.startswith("KeyError") and "test_fuzz.py" in what
    assert smaller("a long text! that breaks", lambda part: outcome(door, part)[0] == "tracebacks") == "!"
    assert outcome(door, "all is well") == ("read", "")

    def silent(text: str) -> None:
        raise ValueError

    assert outcome(Door("a test", 1, lambda random: "", silent, lambda: (ValueError,)), "x")[0] == "tracebacks", "no word is no sentence"


def test_the_last_table_is_kept_and_the_one_before_goes(tmp_path: Path) -> None:
    results = tmp_path / "RESULTS.md"
    results.write_text("# Measured\n\n| a | 1 |\n\n## Hostile input, seed 0\n\n| old | 2 |\n\n## A class\n\n| b | 3 |\n", encoding="utf-8")
    for row in ("| new | 4 |", "| newest | 5 |"):
        keep(["## Hostile input, seed 1", "", row], results)
    assert results.read_text(encoding="utf-8").splitlines() == [
        *("# Measured", "", "| a | 1 |", "", "## A class", "", "| b | 3 |", ""),
        *("## Hostile input, seed 1", "", "| newest | 5 |"),
    ]
