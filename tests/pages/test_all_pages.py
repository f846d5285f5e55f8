"""Every page of the table opens, is framed, and goes through the entry file."""

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.ui.site import ENTRIES

ROOT = Path(__file__).parents[2]


def test_the_table_holds_every_page() -> None:
    assert sorted(entry.file for entry in ENTRIES) == sorted(path.name for path in (ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.title)
def test_it_opens(entry) -> None:
    at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    at.switch_page(f"pages/{entry.file}")
    at.run()
    assert not at.exception
    assert not at.error
    assert len(at.title) == 1


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.title)
def test_it_goes_through_the_entry_file(entry) -> None:
    """Without this a link straight to a page, first on a new server, would run the page without its frame."""
    tree = ast.parse((ROOT / "pages" / entry.file).read_text(encoding="utf-8"))
    calls = [ast.unparse(node.value) for node in tree.body if isinstance(node, ast.Expr)]
    assert "page.require_entry()" in calls
