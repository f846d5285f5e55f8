"""A slice of the mutants: `make fuzz-own` runs 5,000."""

import pytest

from tests.importing import mutants


def test_good_files_are_networks() -> None:
    for kind, files in mutants.good_files():
        assert mutants.attempt(kind, files, 0).trouble == ""


@pytest.mark.parametrize("seed", range(4))
def test_no_mutant_crashes_calls_or_lingers(seed: int) -> None:
    assert [one for one in mutants.outcomes(55, seed) if one.trouble] == []


def test_a_call_would_be_heard() -> None:
    import os

    heard: list[str] = []
    mutants._listeners.append(heard)
    try:
        os.system("true")
    finally:
        mutants._listeners.remove(heard)
    assert heard == ["os.system"]
