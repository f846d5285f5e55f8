"""The app as AppTest runs it, through the entry file."""

from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

ENTRY = str(Path(__file__).parents[1] / "streamlit_app.py")


def app() -> AppTest:
    """The app before its first run, at home."""
    return AppTest.from_file(ENTRY, default_timeout=120)


def go(at: AppTest, path: str) -> AppTest:
    """The next run is at another page, as by a link: `AppTest.switch_page` knows pages by their file's name until a run is done."""
    at._page_hash = calc_hash(path)
    return at
