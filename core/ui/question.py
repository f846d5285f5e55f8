"""Guess first: a question with a cheap commitment, then the answer from the run on the screen.

What has been told stands in the link as `shown`, so that a link to a view behind a question shows the view.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.frame import address, choices
from core.frame.choices import Choice
from core.lesson import guesses


def choice(*names: str) -> Choice:
    """Which of a page's questions have been answered or skipped; declare it with the page's other choices."""

    def read(text: str) -> list[str]:
        told = text.split("-")
        if set(told) - set(names):
            raise ValueError(text)
        return told

    return Choice("shown", [], read, "some of " + "-".join(names), "-".join)


def told(page: str, name: str, subject: str = "") -> bool:
    """Whether what a question asks may be shown.

    Args:
        subject: what the question is about, such as a run or an image; with another one it is asked anew.
    """
    shown = st.session_state.get(choices.key(page, "shown")) or []
    about = st.session_state.setdefault("_told", {})  # (page, question) -> subject that it was told for
    asked = address.current().asked
    brought = asked is not None and asked.fresh and not asked.act  # by a link, by Back or Forward: then it is their word that counts
    if brought and name not in shown and _guess(page, name, subject) is not None:
        st.session_state[_key(page, name, subject)] = None
    known = _guess(page, name, subject) is not None or (name in shown and (brought or about.get((page, name), subject) == subject))
    if known:
        about[page, name] = subject
    else:
        about.pop((page, name), None)
    if known != (name in shown):
        choices.put(page, "shown", [*shown, name] if known else [other for other in shown if other != name])
    return known


def tell(page: str, name: str, subject: str = "") -> None:
    """In a callback: show what a question asks without a guess."""
    st.session_state.setdefault("_told", {})[page, name] = subject
    shown = st.session_state.get(choices.key(page, "shown")) or []
    choices.put(page, "shown", [*dict.fromkeys([*shown, name])])


def _key(page: str, name: str, subject: str) -> str:
    return "guess-" + "-".join(filter(None, (page, name, re.sub(r"\W+", "-", subject))))


def _guess(page: str, name: str, subject: str) -> Any:
    return st.session_state.get(_key(page, name, subject))


def ask(
    page: str,
    name: str,
    question: str,
    options: Sequence[str],
    answer: Callable[[], tuple[str, str]],
    model_answer: str,
    *,
    subject: str = "",
    voice: str = "the run says",
    border: bool = True,
) -> bool:
    """Ask, let a person commit or skip, then reveal; returns whether the answer has been told.

    Args:
        name: of the question, once on the page; one of those that the page declares with `choice`.
        options: what can be guessed.
        answer: called only when it is told; the right option and a sentence with the numbers behind it, from the run shown.
        model_answer: a good reply to "why do you think so?", to open; "" where the sentence says it all.
        subject: see `told`.
        border: whether it stands in a frame of its own.
        voice: who gives the answer, for "You said X; the run says Y".
    """
    key = _key(page, name, subject)
    with st.container(border=border, key=f"question-{page}-{name}"):
        st.markdown(f"**Guess first.** {question}")
        skipped = told(page, name, subject) and _guess(page, name, subject) is None
        if not skipped:
            guess = st.pills("Your guess", options, key=key, label_visibility="collapsed", persist_state="session")
            if guess is None:
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.caption(f"Choose one to see what {voice}.")
                    st.button("Show it without a guess", key=f"skip-{key}", type="tertiary", on_click=tell, args=(page, name, subject))
                return False
        right, because = answer()
        if skipped:
            said = f"{voice[0].upper()}{voice[1:]} **{right}**."
        else:
            said = f"**{right}**, as you said." if guess == right else f"You said **{guess}**; {voice} **{right}**."
        st.markdown(f"{said} {because}")
        if not skipped and guess is not None:
            guesses.keep(page, key, question, guess, right)
        if model_answer:
            with st.expander("Why do you think so? Compare with our answer"):
                st.markdown(model_answer)
    return True
