"""A browser's message whose kind is not the widget's: the page stands as if it had not come."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.session_state import WStates
from streamlit.testing.v1 import AppTest

from core.serving import forged
from tests.app import app, go

KINDS = {  # a value of every kind in which a widget may speak
    "trigger_value": True,
    "bool_value": True,
    "double_value": float("nan"),
    "int_value": -7,
    "string_value": "![x](http://evil.test)",
    "bytes_value": b"\x00",
    "json_value": "{",
    "json_trigger_value": "[1",
}


@pytest.fixture(autouse=True)
def guarded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(WStates, "__getitem__", forged.told)
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "runs"))  # a forged press starts what a press starts


def messages(ids: list[str]) -> Iterator[list[WidgetState]]:
    """Every widget in one kind after the other, and in lists that are empty or far too long."""
    for kind, value in KINDS.items():
        yield [WidgetState(id=id_, **{kind: value}) for id_ in ids]  # type: ignore[arg-type]  # the kinds' own
    for count in (0, 50):
        for kind, one in (("double_array_value", 1e300), ("int_array_value", -1), ("string_array_value", "x")):
            states = [WidgetState(id=id_) for id_ in ids]
            for state in states:
                getattr(state, kind).data.extend([one] * count)
                getattr(state, kind).SetInParent()
            yield states


@pytest.mark.parametrize("path", ["digits", "lab", "own", "pulses"])
def test_no_kind_breaks_a_page(path: str) -> None:
    at = go(app(), path).run()
    ids = [state.id for state in at._tree.get_widget_states().widgets]
    assert len(ids) > 2
    for forged_ones in messages(ids):
        states = at._tree.get_widget_states()
        del states.widgets[:]
        states.widgets.extend(forged_ones)
        at._run(states)
        assert not at.exception, forged_ones[0]


def page() -> None:
    import streamlit as st

    number = st.slider("n", 0, 9, 4, key="n")
    st.button("b", key="b")
    st.text(str(number))
    st.text(str(st.number_input("whole", 0, 9, 2, key="whole")))


def test_what_a_widget_holds_stays() -> None:
    at = AppTest.from_function(page, default_timeout=30).run()
    at.slider[0].set_value(7).run()
    states = at._tree.get_widget_states()
    del states.widgets[:]
    states.widgets.append(WidgetState(id=at.slider[0].id, string_value="9"))
    at._run(states)
    assert not at.exception and at.text[0].value == "7"
    assert at.slider[0].set_value(3).run().text[0].value == "3", "and it still speaks"


def test_a_whole_number_from_a_number_field_counts() -> None:
    """Browsers send it as an integer, AppTest as a fraction."""
    at = AppTest.from_function(page, default_timeout=30).run()
    for sent, shown in (({"int_value": 7}, "7"), ({"double_value": 5.0}, "5"), ({"double_value": float("nan")}, "5")):
        states = at._tree.get_widget_states()
        del states.widgets[:]
        states.widgets.append(WidgetState(id=at.number_input[0].id, **sent))  # type: ignore[arg-type]  # the kinds' own
        at._run(states)
        assert not at.exception and at.text[1].value == shown
