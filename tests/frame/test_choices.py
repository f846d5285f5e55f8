"""Choices and links: what the address brings, what goes into it, and what a move through the history does."""

from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from core.frame import choices
from tests.app import go

SCRIPT = str(Path(__file__).with_name("choices_page.py"))


def opened(**query: str) -> AppTest:
    at = AppTest.from_file(SCRIPT, default_timeout=60)
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def search(at: AppTest) -> dict[str, str]:
    return dict(parse_qsl(at.session_state["_address"].search))


def move(at: AppTest, search: str) -> None:
    """What the browser tells after Back or Forward."""
    now = at.session_state["_address"]
    now.told = {"search": search, "page": now.page, "session": now.session}
    at.run()


def test_the_page_as_it_opens_needs_no_address() -> None:
    at = opened()
    assert search(at) == {} and at.session_state["p-epoch"] == 50


def test_a_link_restores_and_defaults_fill_the_rest() -> None:
    at = opened(section="b", number="7", loud="yes")
    assert (at.session_state["p-section"], at.session_state["p-number"], at.session_state["p-epoch"]) == ("b", 7, 50)
    assert search(at) == {"section": "b", "number": "7", "loud": "yes"}


def test_choices_of_another_section_are_kept_but_stay_out_of_the_address() -> None:
    at = opened(section="b", loud="yes")
    at.radio(key="p-section").set_value("c").run()
    assert search(at) == {"section": "c"}
    at.radio(key="p-section").set_value("b").run()
    assert search(at) == {"section": "b", "loud": "yes"}


@pytest.mark.parametrize(("since", "then"), [(None, "b"), ("a", "a")])
def test_a_run_that_is_broken_off_takes_no_address_with_it(since: str | None, then: str) -> None:
    """What the browser still holds of before is no act; what somebody did since is."""
    at = opened(section="c")
    held = at._tree.get_widget_states()
    if since is not None:
        at.radio(key="p-section").set_value(since)
    holds = at._tree.get_widget_states()
    now = at.session_state["_address"]
    now.told = {"search": "?section=b", "page": now.page, "session": now.session}
    at.session_state["halt"] = True
    at._run(held)
    at.session_state["halt"] = False
    at._run(holds)
    assert at.markdown[0].value.startswith(f"part {then}") and search(at).get("section", "a") == then


def test_a_bad_value_is_told_once_and_replaced() -> None:
    at = opened(section="z", epoch="51")
    assert [w.value.split(",")[0] for w in at.warning] == ["The link asks for section = 'z'", "The link asks for epoch = '51'"]
    assert search(at) == {} and at.session_state["p-epoch"] == 50
    at.run()
    assert not at.warning


def test_an_act_goes_into_the_address_and_an_address_that_lags_behind_changes_nothing() -> None:
    at = opened(section="b")
    at.radio(key="p-section").set_value("c").run()
    assert search(at) == {"section": "c"}
    at.query_params["section"] = "b"  # the browser had not yet heard
    at.run()
    assert at.session_state["p-section"] == "c"


def test_a_move_through_the_history_restores_the_whole_view() -> None:
    at = opened(section="b", epoch="7")
    at.radio(key="p-section").set_value("c").run()
    at.slider(key="p-epoch").set_value(9).run()
    move(at, "?section=b&epoch=7")
    assert search(at) == {"section": "b", "epoch": "7"}
    move(at, "")
    assert search(at) == {} and at.session_state["p-section"] == "a" and at.session_state["p-epoch"] == 50


def test_a_fragment_that_runs_alone_says_what_the_page_would() -> None:
    at = opened(section="b")
    at.number_input(key="p-number").set_value(3).run()
    assert search(at) == {"section": "b", "number": "3"}


def test_a_page_that_is_opened_again_comes_up_as_it_was_left() -> None:
    at = opened(epoch="7")
    go(at, "second").run()
    assert search(at) == {} and at.session_state["q-size"] == 1
    at.query_params.clear()
    go(at, "first").run()
    assert search(at) == {"epoch": "7"}


@pytest.mark.parametrize(
    ("choice", "text", "value"),
    [
        (choices.whole("n", 1, 1, 9), "9", 9),
        (choices.wholes("n", [], 0, 9), "1-2-9", [1, 2, 9]),
        (choices.flag("f", False), "yes", True),
        (choices.flag("f", True, words=("0", "1")), "0", False),
        (choices.one_of("o", 2, (1, 2, 3)), "3", 3),
        (choices.text("t", "", str), "a b&c", "a b&c"),
    ],
)
def test_what_is_written_is_read_again(choice: choices.Choice, text: str, value: object) -> None:
    assert choice.read(text) == value and choice.write(value) == text


@pytest.mark.parametrize("text", ["10", "-1", "1.0", "", "9" * 400, "١"])
def test_a_number_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        choices.whole("n", 1, 1, 9).read(text)
