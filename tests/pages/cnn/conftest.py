"""A store with pulse CNNs of many shapes beside the shipped ones."""

from pathlib import Path

import pytest

from core.runs.run import Run
from tests.pages.cnn import cases


@pytest.fixture(scope="session")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="session")
def _stored(_folder: Path) -> dict[str, Run]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERNEL_EXPLORER_RUNS", str(_folder))
        return cases.stored()


@pytest.fixture
def runs(_folder: Path, _stored: dict[str, Run], monkeypatch: pytest.MonkeyPatch) -> dict[str, Run]:
    """The runs of `cases` by name, in the store for this test."""
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(_folder))
    return _stored
