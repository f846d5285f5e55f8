"""Waiting, dead, dropped, held or learned: histories made by hand."""

import numpy as np
import pytest

from core.analysis.fate import died, fate, quiet, state_now


def history(act, right):
    return {
        "epoch": np.arange(len(act), dtype=float),
        "act": np.array(act, dtype=float),
        "accuracy_test": np.array(right, dtype=float),
    }


@pytest.mark.parametrize(
    ("act", "right", "kind", "epoch"),
    [
        ([0.4, 0.4, 0.4], [0.33, 0.9, 0.99], "learned", None),
        ([0.4, 0.4, 0.0, 0.0], [0.33, 0.99, 0.33, 0.33], "dropped", 2),
        ([0.4, 0.0, 0.0], [0.33, 0.33, 0.34], "dead", 1),
        ([0.0, 0.0, 0.0], [0.33, 0.33, 0.33], "dead", 0),
        ([0.4, 0.3, 0.0], [0.33, 0.66, 0.33], "dead", 2),
        ([0.4, 0.0, 2e-4, 0.3], [0.33, 0.33, 0.33, 0.66], "held", None),
        ([0.4, 0.2, 0.1], [0.33, 0.33, 0.33], "waiting", None),
    ],
)
def test_fates(act, right, kind, epoch):
    found = fate(history(act, right))
    assert (found.kind, found.epoch) == (kind, epoch)
    assert f"{right[-1]:.1%}" in found.sentence


def test_a_network_that_revives_has_not_died():
    assert died(history([0.1, 0.0, 0.2, 0.0, 0.1], [0.3] * 5)) is None
    assert died(history([0.1, 0.0, 0.2, 0.0, 0.0], [0.3] * 5)) == 3


def test_state_now_knows_the_state_alone():
    made = history([0.4, 0.0, 0.4], [0.33, 0.33, 0.97])
    assert [state_now(made, i) for i in range(3)] == ["waiting", "dead", "learned"]


def test_quiet_states_are_late_and_no_better_than_guessing():
    right = [0.33, 0.33, 0.33, 0.33, 0.33, 0.33, 0.9, 0.33, 0.33]
    made = history([0.4, 0.1, 0.4, 0.4, 0.4, 0.3, 0.2, 0.3, 0.0], right)
    assert quiet(made, 3).tolist() == [5, 7, 8]
    assert quiet(made, 3, epochs=8).tolist() == [8]
    assert quiet(history([0.4] * 7, [0.9] * 7), 3).tolist() == []
