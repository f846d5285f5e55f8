"""The app as AppTest runs it, through the entry file."""

import json
from pathlib import Path
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState
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


def report(at: AppTest, part: Any, name: str, value: Any) -> AppTest:
    """Run the app as when a browser part, found by `at.get("bidi_component")`, reports a value: AppTest has no words for that."""
    states = at._tree.get_widget_states()
    states.widgets.append(WidgetState(id=part.proto.id, json_value=json.dumps({name: value})))
    return at._run(states)
