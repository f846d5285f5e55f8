"""What tests of pages share."""

from pathlib import Path

import pytest

from core.training import tasks
from tests.inline import Inline


@pytest.fixture
def answers_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What pages ask workers for is worked out at once, and kept for this test alone."""
    monkeypatch.setattr(tasks, "executor", Inline)
    monkeypatch.setattr(tasks, "_home", lambda: tmp_path)
