"""Links that restore a view: what counts as somebody's wish, and what is only an address that lags behind."""

from streamlit.testing.v1 import AppTest

from core.ui import link


def page() -> None:
    import streamlit as st

    from core.ui import link

    choices = [link.one_of("part", "a", "abc"), link.whole("epoch", 50, 0, 50)]
    for note in link.restore("p", choices):
        st.warning(note)
    st.radio("Part", list("abc"), key="p-part")
    link.write("p", {"part": None if link.value("p", "part") == "a" else link.value("p", "part"), "epoch": link.value("p", "epoch")})


def opened(**query: str) -> AppTest:
    test = AppTest.from_function(page)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def part(test: AppTest) -> str:
    return test.session_state["p-part"]


def test_a_link_restores_and_defaults_fill_the_rest() -> None:
    test = opened(part="b")
    assert part(test) == "b" and test.session_state["p-epoch"] == 50
    assert test.query_params["epoch"] == "50"


def test_a_bad_value_is_told_and_replaced() -> None:
    test = opened(part="z", epoch="51")
    assert part(test) == "a" and test.session_state["p-epoch"] == 50
    assert [w.value.split(",")[0] for w in test.warning] == ["The link asks for part = 'z'", "The link asks for epoch = '51'"]


def test_an_address_that_lags_behind_changes_nothing() -> None:
    test = opened(part="b")
    test.radio(key="p-part").set_value("c").run()
    assert test.query_params["part"] == "c"
    test.query_params["part"] = "b"  # the browser had not yet heard
    test.run()
    assert part(test) == "c" and test.query_params["part"] == "c"
    test.radio(key="p-part").set_value("a").run()
    assert "part" not in test.query_params
    test.query_params["part"] = "c"
    test.run()
    assert part(test) == "a" and "part" not in test.query_params


def test_an_older_address_is_a_wish(monkeypatch) -> None:
    monkeypatch.setattr(link, "LAG_SECONDS", 0.0)  # later on: somebody went back
    test = opened(part="b")
    test.radio(key="p-part").set_value("c").run()
    test.query_params["part"] = "b"
    test.run()
    assert part(test) == "b"


def test_another_value_is_a_wish_at_once() -> None:
    test = opened(part="b")
    test.query_params["part"] = "c"
    assert part(test.run()) == "c"
