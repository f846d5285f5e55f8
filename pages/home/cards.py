"""The home page's cards, one a page: a live miniature of its picture and a line."""

import math

import streamlit as st

from core.ui import screen
from core.ui.site import ENTRIES, Entry
from pages.home.miniatures import SMALL, miniature

ACROSS = 5  # cards beside each other, at most


def cards() -> None:
    """Rows of cards, or on a narrow screen a list of flat ones with the picture at the left."""
    entries = [entry for entry in ENTRIES if entry.path]
    if screen.narrow():
        for entry in entries:
            _flat(entry)
        return
    across = math.ceil(len(entries) / math.ceil(len(entries) / ACROSS))  # in rows that are about even
    for first in range(0, len(entries), across):
        for column, entry in zip(st.columns(across), entries[first : first + across], strict=False):
            with column:
                _card(entry)


def _card(entry: Entry) -> None:
    with st.container(border=True, key=f"card-{entry.path}", height="stretch"):
        picture, words = miniature(entry.topic)
        if picture is not None:
            st.image(picture, alt=words, width="content")
        _words(entry)


def _flat(entry: Entry) -> None:
    with st.container(border=True, key=f"card-{entry.path}", horizontal=True, wrap=False, vertical_alignment="center"):
        picture, words = miniature(entry.topic, SMALL)
        if picture is not None:
            st.image(picture, alt=words, width=SMALL)
        with st.container(gap="xsmall"):
            _words(entry)


def _words(entry: Entry) -> None:
    st.page_link(entry.file, label=f"**{entry.title}**", icon=entry.icon)
    st.caption(f"**{entry.headline}.** {entry.line}")
