"""The own page as its tests open it, through the app's entry, with files dropped on it."""

import time
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.app import app as entry
from tests.app import go

PATIENCE = 240.0  # seconds on the clock, of a busy machine too


def app(query: dict[str, str] | None = None) -> AppTest:
    """The page, opened by a link."""
    at = go(entry(), "own")
    for name, value in (query or {}).items():
        at.query_params[name] = value
    at.run()
    return at


def drop(at: AppTest, *files: tuple[str, bytes], data: str = "") -> AppTest:
    """Files dropped together, read to the end."""
    if data:
        at.selectbox(key="own-data").set_value(data).run()
    (place,) = [one for one in at.get("file_uploader") if "own-files" in str(one.key)]
    place.set_value([(name, content, "application/octet-stream") for name, content in files]).run()
    return read(at)


def read(at: AppTest) -> AppTest:
    """Wait until what was dropped is read."""
    end = time.monotonic() + PATIENCE
    while "_own-drop" in at.session_state and time.monotonic() < end:
        time.sleep(0.3)
        at.run()
    assert "_own-drop" not in at.session_state
    return at


def words(at: AppTest) -> str:
    """All that the page says."""
    said: list[Any] = [*at.markdown, *at.caption, *at.error, *at.warning, *at.success, *at.subheader]
    return "\n".join(str(one.value) for one in said)
