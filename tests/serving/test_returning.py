"""A browser that comes back to a new session: its first click counts, is done once, and what asks for a part runs the whole."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from core.serving import returning
from tests import apart

SCRIPT = str(Path(__file__).parents[1] / "frame" / "choices_page.py")


def opened(states: WidgetStates | None = None, **query: str) -> AppTest:
    """A new session, and what its browser brings."""
    at = AppTest.from_file(SCRIPT, default_timeout=60)
    at.query_params.update(query)
    at._run(states)
    assert not at.exception
    return at


def view(at: AppTest) -> str:
    return at.markdown[0].value


def held(at: AppTest) -> WidgetStates:
    """What the browser holds that has seen this page."""
    return at._tree.get_widget_states()


def test_what_the_browser_brings_wins_over_the_address() -> None:
    before = opened(section="b", epoch="7")
    before.radio(key="p-section").set_value("c")
    before.number_input(key="p-number").set_value(3)
    after = opened(held(before), section="b", epoch="7")
    assert view(after) == "part c, epoch 7, number 3."
    assert after.session_state["_address"].search == "section=c&epoch=7&number=3"


def test_a_click_is_done_once_with_its_callback() -> None:
    before = opened(section="b")
    before.button(key="p-more").click()
    after = opened(held(before), section="b")
    assert view(after) == "part b, epoch 50, number 1."
    assert after.session_state["pressed"] == ["callback", "body"]
    after.run()
    assert view(after) == "part b, epoch 50, number 1." and after.session_state["pressed"] == ["callback", "body"]


def test_without_a_click_the_view_is_that_of_the_address() -> None:
    before = opened(section="b", epoch="7", loud="yes")
    after = opened(held(before), section="b", epoch="7", loud="yes")
    assert view(after) == "part b, epoch 7, number 0."
    assert after.checkbox(key="p-loud").value and after.session_state["pressed"] == []


def test_who_opens_a_link_is_not_coming_back() -> None:
    at = opened(section="b")
    assert not at.session_state["_returning"].under_way and view(at).startswith("part b")


def message(auto: bool = False) -> bytes:
    back = BackMsg()
    back.rerun_script.fragment_id = "part"
    back.rerun_script.is_auto_rerun = auto
    back.rerun_script.widget_states.widgets.append(WidgetState(id="$$ID-1-p-more", trigger_value=True))
    return back.SerializeToString()


def test_what_asks_for_a_part_asks_for_the_whole_until_a_run_has_ended() -> None:
    finished, delta = ForwardMsg(), ForwardMsg()
    finished.script_finished = ForwardMsg.FINISHED_SUCCESSFULLY
    delta.delta.new_element.text.body = "x" * 2_000
    early = ForwardMsg()
    early.script_finished = ForwardMsg.FINISHED_EARLY_FOR_RERUN
    heard: list[bytes] = []

    async def app(scope, receive, send) -> None:
        for answer in (delta, early, finished, delta):
            heard.append((await receive())["bytes"])
            await send({"type": "websocket.send", "bytes": answer.SerializeToString()})

    sent: list[dict] = []

    async def receive():
        return {"type": "websocket.receive", "bytes": message()}

    async def send(one) -> None:
        sent.append(one)

    apart.run(returning.Whole(app)({"type": "websocket"}, receive, send))
    parts = [BackMsg.FromString(one).rerun_script for one in heard]
    assert [part.fragment_id for part in parts] == ["", "", "", "part"]
    assert all(part.widget_states.widgets[0].trigger_value for part in parts)
    assert len(sent) == 4


@pytest.mark.parametrize("content", [b"", b"\xff\xff", b"\x08", message(auto=True), BackMsg(stop_script=True).SerializeToString()])
def test_other_messages_pass_as_they_are(content: bytes) -> None:
    assert returning.of_the_whole(content) == content


def test_a_click_while_the_first_run_is_under_way_is_kept() -> None:
    """A second message breaks the first run off: what it brings of widgets that are not made yet is done too, the newest last."""
    one, two = WidgetState(id="one", trigger_value=True), WidgetState(id="two", string_value="b")
    chart, clicked = WidgetState(id="chart", json_value=json.dumps(1)), WidgetState(id="chart", json_value=json.dumps(2))
    back = returning._Returning(True, {state.id: state for state in (one, two, chart)})
    back.take(session(one, two, chart))
    assert set(back.acts) == {"one", "two"}, "what a chart showed before is nothing that somebody did"
    newer = WidgetState(id="two", string_value="c")
    now = session(newer, clicked)
    back.take(now)
    assert back.acts == {"one": one, "two": newer, "chart": clicked}
    left = now.session_state._state._new_widget_state.states
    assert {id_: part.value for id_, part in left.items()} == {"chart": chart}
    back.take(session(WidgetState(id="two", string_value="d"), made=["two"]))
    assert set(back.acts) == {"one", "chart"}, "its widget is made: that run has heard of it"


def session(*states: WidgetState, made: Iterator[str] | list[str] = ()) -> SimpleNamespace:
    """As much of a run as is looked at."""
    values = {state.id: returning.Serialized(state) for state in states}
    widgets = SimpleNamespace(states=values, widget_metadata=dict.fromkeys(made))
    return SimpleNamespace(session_state=SimpleNamespace(_state=SimpleNamespace(_new_widget_state=widgets)))
