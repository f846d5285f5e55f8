"""Every page of the table opens, is framed, and goes through the entry file."""

import functools
import gc
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from benchmarks.screenshots import OUTLINES, outline
from core.frame.site import ENTRIES
from core.serving import shared
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
    assert [title.value for title in at.title] == [entry.headline or "Look inside small neural networks"], "as its card calls it"
    assert outline(at) == json.loads(OUTLINES.read_text(encoding="utf-8"))[entry.topic], "its picture has grown old: `make screenshots`"


def test_arrays_that_everyone_shares_are_read_only() -> None:
    """Whatever our caches hold once pages were opened: arrays and tables of Shared answers and of every lru_cache of ours."""
    for path, query in [(entry.path, {}) for entry in ENTRIES] + [("digits", {"section": "table"}), ("digits", {"section": "filters"})]:
        at = go(AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120), path)
        at.query_params.update(query)
        at.run()
        assert not at.exception
    found = [(name, array) for name, answer in held() for array in arrays(answer)]
    assert len(found) > 400 and any(name.endswith("._palette") for name, _ in found), "answers of both kinds are looked at"
    assert not [(name, array.shape) for name, array in found if array.flags.writeable]


def held() -> Iterator[tuple[str, Any]]:
    """What is kept of our functions' answers."""
    for one in list(shared._everywhere):
        for answer in list(one._answers.values()):
            yield one.__qualname__, answer
    for module in [module for name, module in sys.modules.items() if name.split(".")[0] in ("core", "pages")]:
        for one in list(vars(module).values()):  # the app has its objects frozen, so that gc.get_objects() does not show them
            if isinstance(one, functools._lru_cache_wrapper):
                for part in gc.get_referents(one):
                    yield f"{module.__name__}.{one.__name__}", part


def arrays(answer: Any) -> Iterator[np.ndarray]:
    """Arrays in an answer, however deep."""
    if isinstance(answer, np.ndarray):
        yield answer
    elif isinstance(answer, pd.DataFrame | pd.Series):
        yield from arrays(answer._mgr.arrays)
    elif isinstance(answer, Mapping):
        for part in answer.values():
            yield from arrays(part)
    elif isinstance(answer, tuple | list):
        for part in answer:
            yield from arrays(part)
    elif type(answer).__module__.split(".")[0] in ("core", "pages") and hasattr(answer, "__dict__"):
        yield from arrays(vars(answer))
