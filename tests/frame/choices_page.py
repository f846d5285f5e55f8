"""A small app whose choices stand in the link, for the tests of the one way for choices; WAIT seconds pass in each run.

While the session's `halt` is set no run comes to its end."""

import os
import time

import streamlit as st

from core.frame import choices


@choices.fragment
def number() -> None:
    st.number_input("Number", 0, 9, key="p-number")


def more() -> None:
    st.session_state["pressed"].append("callback")
    choices.put("p", "number", choices.value("p", "number") + 1)


def first() -> None:
    st.session_state.setdefault("pressed", [])
    parts = [choices.one_of("section", "a", "abc"), choices.whole("epoch", 50, 0, 50)]
    notes = choices.declare("p", parts)
    notes += choices.declare("p", [choices.whole("number", 0, 0, 9), choices.flag("loud", False, section="b")])
    time.sleep(float(os.environ.get("WAIT", "0")))
    if st.session_state.get("halt"):
        st.stop()
    for note in notes:
        st.warning(note)
    st.radio("Part", list("abc"), key="p-section", persist_state="session")
    st.slider("Epoch", 0, 50, key="p-epoch", persist_state="session")
    if choices.value("p", "section") == "b":
        st.checkbox("Loud", key="p-loud", persist_state="session")
    number()
    if st.button("More", key="p-more", on_click=more):
        st.session_state["pressed"].append("body")
    st.markdown(f"part {choices.value('p', 'section')}, epoch {choices.value('p', 'epoch')}, number {choices.value('p', 'number')}.")


def second() -> None:
    for note in choices.declare("q", [choices.whole("size", 1, 1, 9)]):
        st.warning(note)
    st.slider("Size", 1, 9, key="q-size", persist_state="session")
    st.markdown(f"size {choices.value('q', 'size')}.")


pages = [st.Page(first, url_path="first", default=True), st.Page(second, url_path="second")]
current = st.navigation(pages, position="top")
with choices.page(current.url_path, ["", "second"]):
    current.run()
