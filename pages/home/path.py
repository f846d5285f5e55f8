"""The numbered path through the app, each station with its question, a live miniature, its minutes and what one has done there."""

import streamlit as st

from core.frame import screen, site
from core.frame.site import Entry
from pages.home import words
from pages.home.been import been
from pages.home.miniatures import SMALL, miniature

ACROSS = 4  # stations beside each other, at most


def path() -> None:
    """The stations, then the pages beside the path."""
    stations = site.path()
    st.subheader(words.PATH, anchor=False)
    st.markdown(words.PATH_SENTENCE.format(stations=len(stations), minutes=sum(entry.minutes for entry in stations)))
    been("home-been", [entry.path for entry in stations])
    across = 1 if screen.narrow() else ACROSS
    for first in range(0, len(stations), across):
        for column, number in zip(st.columns(across), range(first, min(first + across, len(stations))), strict=False):
            with column:
                _station(number + 1, stations[number])
    st.subheader(words.BESIDE, anchor=False)
    with st.container(horizontal=True):
        for entry in site.beside():
            with st.container(border=True, key=f"card-{entry.path}", width=320, gap="xsmall"):
                _words(entry, "")


def _station(number: int, entry: Entry) -> None:
    with st.container(border=True, key=f"card-{entry.path}", height="stretch", gap="xsmall"):
        with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
            picture, alt = miniature(entry.topic, SMALL)
            if picture is not None:
                st.image(picture, alt=alt, width=SMALL)
            st.page_link(entry.file, label=f"**{number}. {entry.title}**", icon=entry.icon, query_params=site.query(entry))
        st.markdown(f"**{entry.question}**")
        _words(entry, f" About {entry.minutes} minutes.", linked=True)


def _words(entry: Entry, more: str, linked: bool = False) -> None:
    if not linked:
        st.page_link(entry.file, label=f"**{entry.title}**", icon=entry.icon)
    st.caption(f"**{entry.headline}.** {entry.line}{more}")
