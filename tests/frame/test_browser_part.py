"""What the server tells browser parts, in their order; and what a browser tells, which anybody may have forged."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from core.frame.browser_part import _Told, heard
from tests.app import app, go

EVENTS = ("frame", "report", "picked", "act", "pulse", "drawing", "rate", "moved", "back", "told")  # of all parts
SELECTIONS = ("picked", "pick", "cell", "brush", "chosen")  # of all charts
FORGED: tuple[Any, ...] = (
    -1,
    "\ud800",
    [
        {
            "py": 10**9,
            "px": -7,
            "m": "next",
            "row": [],
            "column": {},
            "cell": "x",
            "unit": 10**400,
            "state": -9,
            "which": "-",
            "low": [{}, 1],
        }
    ],
    {"id": "relu9:" + "9" * 400, "n": {}, "by": "r9c9", "axis": "rows", "window": {"row": [float("nan"), {}]}, "report": True, "low": [1]},
    {"strokes": [{"width": "1", "points": [[], {}, 3]}], "sequence": float("inf"), "search": ["?"], "page": ""},
)
VIEWS = (
    *("", "pulses", "mlp?section=neighbours&layer=5", "mlp?section=units&layer=1", "mlp?section=image", "templates?section=confusion"),
    *("learning", "cnn?section=tests", "cnn?section=convolution", "digits", "digits?section=compare&input=test-1"),
)


def told(at: AppTest, value: Any) -> Iterator[WidgetState]:
    """The same from every part and chart of the page, as states, as triggers and as selections."""
    for part in at.get("bidi_component"):
        yield WidgetState(id=part.proto.id, json_value=json.dumps(dict.fromkeys(EVENTS, value)))
        events = json.dumps([{"event": event, "value": value} for event in EVENTS])
        yield WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{part.proto.id}__events", json_trigger_value=events)
    for chart in at.get("vega_lite_chart"):
        if chart.proto.id:
            yield WidgetState(id=chart.proto.id, string_value=json.dumps({"selection": dict.fromkeys(SELECTIONS, value)}))


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view or "home")
def test_a_forged_message_breaks_no_page(view: str) -> None:
    path, _, query = view.partition("?")
    at = go(app(), path)
    at.query_params.update(dict(part.split("=") for part in query.split("&")) if query else {})
    at.run()
    assert not at.exception
    assert len(list(told(at, 0))) > 4, "there is something that listens"
    for value in FORGED:
        if isinstance(value, dict):
            value = value | {"session": at.session_state["_address"].session}
        states = at._tree.get_widget_states()
        states.widgets.extend(told(at, value))
        at._run(states)
        assert not at.exception, value
    at.run()
    assert not at.exception


def test_a_callback_that_reads_a_forged_word_has_no_effect_and_a_fault_of_another_kind_is_seen() -> None:
    heard(lambda: {}["frame"])()  # type: ignore[arg-type]
    done: list[int] = []
    heard(lambda: done.append(int("7")))()
    assert done == [7]
    with pytest.raises(OSError, match="disk"):
        heard(lambda: (_ for _ in ()).throw(OSError("disk")).__next__())()  # type: ignore[arg-type]


def test_words_are_numbered_and_the_same_word_keeps_its_number() -> None:
    session = _Told()
    assert session.number("a", {"x": [1, {"y": "z"}]}) == 1
    assert session.number("b", {"x": None}) == 2
    assert session.number("a", {"x": (1, {"y": "z"})}) == 1, "the same message is sent again"
    assert session.number("a", {"x": [1, {"y": "!"}]}) == 3
    assert session.number("a", {"x": [1, {"y": "z"}]}) == 4, "what comes back later is newer"
    assert _Told().session != session.session
