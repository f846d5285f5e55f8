"""An uploaded file is read once, and what was made of it goes with it."""

import pytest
from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from core.serving.upload import read, upload

    def reader(data: bytes, name: str) -> str:
        st.session_state["reads"] = st.session_state.get("reads", 0) + 1
        if not data:
            raise ValueError(f"{name} is empty.")
        return f"{name}: {data.decode()}"

    file = upload("A file", key="file")
    if file is not None:
        try:
            st.markdown(read("file", file, reader))
        except ValueError as error:
            st.error(str(error))


@pytest.mark.parametrize(("data", "says"), [(b"one", "a.txt: one"), (b"", "a.txt is empty.")])
def test_it_is_read_once_for_as_long_as_it_stays(data: bytes, says: str) -> None:
    test = AppTest.from_function(page, default_timeout=30).run()
    test.file_uploader[0].set_value(("a.txt", data, "text/plain")).run()
    for _ in range(3):
        test.run()
        assert [one.value for one in (*test.markdown, *test.error)] == [says]
    assert test.session_state["reads"] == 1
    test.file_uploader[0].set_value(("a.txt", b"two", "text/plain")).run()
    assert test.markdown[0].value == "a.txt: two" and test.session_state["reads"] == 2
    test.file_uploader[0].set_value([]).run()
    assert not test.markdown and "_file-read" not in test.session_state
