"""Words: every term of the trade with a picture of it, and where in the app it is best seen."""

import streamlit as st

from core.frame import choices, page, screen
from core.frame.site import ENTRIES
from core.runs import store
from core.words import terms
from core.words.terms import GROUPS, TERMS, Term
from pages.words import words
from pages.words.pictures import drawn

PAGE = "words"
ACROSS = 2


def main() -> None:
    notes = choices.declare(PAGE, [choices.one_of("group", next(iter(GROUPS)), GROUPS), _term()])
    page.header(words.TITLE, words.SENTENCE.format(count=len(TERMS)), notes)
    asked = choices.value(PAGE, "term")
    if asked:
        choices.put(PAGE, "group", terms.find(asked).group)
    st.segmented_control(
        "Words about",
        list(GROUPS),
        format_func=GROUPS.__getitem__,
        key=choices.key(PAGE, "group"),
        label_visibility="collapsed",
        required=True,
        wrap=True,
        persist_state="session",
        on_change=choices.setter(PAGE, "term", ""),
    )
    chosen = sorted(terms.of_group(choices.value(PAGE, "group")), key=lambda term: term.id != asked)
    for first in range(0, len(chosen), ACROSS):
        for column, term in zip(st.columns(ACROSS, gap="large"), chosen[first : first + ACROSS], strict=False):
            with column:
                _card(term)


def _term() -> choices.Choice:
    return choices.one_of("term", "", ["", *(term.id for term in TERMS)])


def _card(term: Term) -> None:
    with st.container(horizontal=not screen.narrow(), gap="small" if screen.narrow() else "medium", key=f"word-{term.id}"):
        try:
            st.image(drawn(term.id, page.theme().dark), width=160, alt=f"A picture of the word {term.name}")
        except (store.MissingRun, store.DamagedRun):
            page.empty(term.name, words.GONE, 110)
        with st.container(width="stretch", gap="xsmall"):
            st.markdown(f"**{term.name}**  \n{term.meaning}")
            entry = next(entry for entry in ENTRIES if entry.path == term.page)
            query = dict(part.split("=", 1) for part in term.view.split("&") if part)
            st.page_link(entry.file, label=f"{entry.title}: {term.see}", icon=entry.icon, query_params=query)


main()
