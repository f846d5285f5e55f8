"""Where to go next, at the end of every page."""

import streamlit as st

from core.frame import site

END = "That was the last station. Make something of your own, or look up a word."


def onward(page: str) -> None:
    """The next station of the path behind a page, by its path, with its question; home has the whole path already."""
    if not page:
        return
    following = site.after(page)
    with st.container(key="onward-line"):
        st.divider()
    with st.container(key="onward", horizontal=True, vertical_alignment="center"):
        if following is None:
            st.markdown(END, width="content")
            for one in site.beside():
                st.page_link(one.file, label=one.title, icon=one.icon)
        else:
            st.markdown(f"**Next:** {following.question}", width="content")
            st.page_link(following.file, label=following.title, icon=following.icon, query_params=site.query(following))
        st.page_link(site.entry("home").file, label="The whole path", icon=site.entry("home").icon)
