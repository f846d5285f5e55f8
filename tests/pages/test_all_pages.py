"""Every page of the table opens, is framed, and goes through the entry file."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.ui.site import ENTRIES
from tests.app import go

ROOT = Path(__file__).parents[2]


def test_the_table_holds_every_page() -> None:
    found = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").glob("*/page.py"))
    assert sorted(entry.file for entry in ENTRIES) == found
    assert not list((ROOT / "pages").glob("*.py")), "Streamlit would take it for a page of its older kind"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.title)
def test_it_opens(entry) -> None:
    at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    go(at, entry.path)
    at.run()
    assert not at.exception
    assert not at.error
    assert len(at.title) == 1
