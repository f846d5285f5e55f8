"""A quick slice of `make fuzz` from the same seed, and that it sees what it looks for."""

import pytest

from benchmarks.fuzz.doors import DOORS, Door
from benchmarks.fuzz.worker import made, outcome, smaller, try_all

SLICE = {"runs": 10, "links": 60, "pictures": 60, "zips": 40}


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
