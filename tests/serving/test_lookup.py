"""Looking one value up says what the copy of the whole session state says; select boxes and fields go on as before."""

import pytest
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest

from core.serving import lookup


def asked() -> None:
    import streamlit as st

    st.session_state.setdefault("note", 3)
    st.selectbox("A", ["x", "y"], index=None, key="a")
    st.number_input("N", 0, 9, key="n")
    st.text_input("T", key="t")
    st.session_state["said"] = sorted(key for key in st.session_state if not key.startswith("said"))
    if st.button("None", key="none", on_click=lambda: st.session_state.update(a=None)):
        st.write("nothing")


@pytest.fixture
def eased(monkeypatch):
    monkeypatch.setattr(SafeSessionState, "filtered_state", SafeSessionState.filtered_state)  # given back after the test
    lookup.ease()


def test_widgets_find_what_they_hold(eased):
    at = AppTest.from_function(asked).run()
    assert at.selectbox(key="a").value is None and at.number_input(key="n").value == 0
    at.selectbox(key="a").set_value("y").run()
    at.number_input(key="n").set_value(4).run()
    at.text_input(key="t").set_value("word").run()
    assert [at.session_state[key] for key in ("a", "n", "t", "note")] == ["y", 4, "word", 3]
    at.button(key="none").click().run()
    assert at.selectbox(key="a").value is None and not at.exception
    assert at.session_state["said"] == ["a", "n", "none", "note", "t"]


def test_it_says_what_the_copy_says():
    state = SessionState()
    state._new_session_state = {"one": 1, "none": None}
    state._old_state = {"two": 2}
    found = lookup.Lookup(SafeSessionState(state, lambda: None))
    copy = state.filtered_state
    assert dict(found) == copy == {"one": 1, "two": 2, "none": None} and len(found) == 3 and repr(found) == repr(copy)
    assert ("one" in found, "none" in found, "three" in found) == (True, True, False)
    with pytest.raises(KeyError):
        found["three"]
