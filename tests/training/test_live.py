"""A run in training as its files tell it, against the same run stored."""

from pathlib import Path

import numpy as np
import pytest

from core.runs import store
from core.runs.shipped import RUNS
from core.training import live


@pytest.mark.parametrize("name", ["uci-mlp", "pulse-reliable"])
def test_the_counts_of_one_state_are_read_alone(name: str, tmp_path: Path) -> None:
    run = store.load(RUNS[name].key)
    live.unpack(run, tmp_path)
    found = live.read(tmp_path, run.spec)
    assert found is not None and found.states == run.states
    for state in (0, 3, run.states - 1, -1):
        assert np.array_equal(found.evaluation_at(state, "confusion"), run.evaluation("confusion")[state])
        assert np.array_equal(run.evaluation_at(state, "confusion"), run.evaluation("confusion")[state])
    for one in (run, found):
        with pytest.raises(KeyError):
            one.evaluation_at(0, "nothing")
