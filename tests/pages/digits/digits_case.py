"""The digits page as its tests open it, through the app's entry, and what it says."""

import json
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
from streamlit.testing.v1 import AppTest

from core.data import digits
from core.runs import shipped, store
from tests.app import app as entry
from tests.app import go

MODEL = shipped.RUNS["digit-cnn"].model


def app(query: dict[str, str] | None = None, state: dict[str, object] | None = None) -> AppTest:
    test = entry()
    for name, value in (query or {}).items():
        test.query_params[name] = value
    for name, value in (state or {}).items():
        test.session_state[name] = value
    test.run()  # the home page; then ours
    return go(test, "digits").run()


def parts(test: AppTest, key: str) -> list[dict[str, Any]]:
    """What the browser parts of a key were given."""
    return [json.loads(part.proto.json) for part in test.get("bidi_component") if key in part.proto.id]


def words(test: AppTest) -> str:
    """All that the page says."""
    said = [*test.markdown, *test.caption, *test.warning, *test.error, *test.subheader]
    read = parts(test, "digits-probabilities")
    return "\n".join([*(str(part.value) for part in said), *(f"{one['title']}\n{one['words']}" for one in read)])


def search(test: AppTest) -> dict[str, str]:
    """What stands in the address."""
    return dict(parse_qsl(test.session_state["_address"].search or ""))


def the_digits() -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 28, 28) uint8 and labels (N,) of the test digits on this machine: MNIST's, or those that stand in."""
    found = digits.load_any("test")
    return found.images, found.labels.astype(int)


def weights(name: str = "digit-cnn", state: int = -1) -> dict[str, np.ndarray]:
    """A shipped network's parameters at a state."""
    return store.load(shipped.RUNS[name].key).state(state)
