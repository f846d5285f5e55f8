"""Every page of the table opens, is framed, and goes through the entry file."""

import functools
import gc
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.serving import shared
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


def test_arrays_that_everyone_shares_are_read_only() -> None:
    """Whatever our caches hold once pages were opened: arrays of Shared answers and of every lru_cache of ours."""
    for path, query in [(entry.path, {}) for entry in ENTRIES] + [("digits", {"section": "table"}), ("digits", {"section": "filters"})]:
        at = go(AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120), path)
        at.query_params.update(query)
        at.run()
        assert not at.exception
    writable, count = [], 0
    for name, answer in held():
        for array in arrays(answer):
            count += 1
            if array.flags.writeable:
                writable.append((name, array.shape))
    assert count > 200
    assert not writable


def held() -> Iterator[tuple[str, Any]]:
    """What is kept of our functions' answers."""
    for one in list(shared._everywhere):
        for answer in list(one._answers.values()):
            yield one.__qualname__, answer
    for one in gc.get_objects():
        if isinstance(one, functools._lru_cache_wrapper) and str(one.__module__).split(".")[0] in ("core", "pages"):
            for part in gc.get_referents(one):
                yield f"{one.__module__}.{one.__qualname__}", part


def arrays(answer: Any) -> Iterator[np.ndarray]:
    """Arrays in an answer, however deep."""
    if isinstance(answer, np.ndarray):
        yield answer
    elif isinstance(answer, Mapping):
        for part in answer.values():
            yield from arrays(part)
    elif isinstance(answer, tuple | list):
        for part in answer:
            yield from arrays(part)
    elif type(answer).__module__.split(".")[0] in ("core", "pages") and hasattr(answer, "__dict__"):
        yield from arrays(vars(answer))
