"""The table of what so many learners need, against numbers worked out by hand."""

import pytest

from benchmarks.capacity import need, row


def test_by_hand() -> None:
    """300 people, one act every 5 s, are 60 acts a second: at 25 ms 1.5 cores, so 3 half busy ones."""
    found = need(300, cpu=25, process=400, session=0.5, sent=50)
    assert found.busy == pytest.approx(1.5) and found.processes == 3
    assert found.memory == pytest.approx(3 * 400 + 150) and found.sent == pytest.approx(3.0)
    assert row(found) == "| 300 | 1.50 | 3 | 1.4 GB | 24.0 Mbit/s |"
    assert need(1, 1, 400, 1, 1).processes == 1
