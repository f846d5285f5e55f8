"""Guess first: a question with a cheap commitment, then the answer from the run on the screen."""

from collections.abc import Callable, Sequence

import streamlit as st


def ask(
    key: str, question: str, options: Sequence[str], answer: Callable[[], tuple[str, str]], model_answer: str, voice: str = "the run says"
) -> None:
    """Ask, let a person commit, then reveal.

    Args:
        options: what can be guessed.
        answer: called only after the guess; the right option and a sentence with the numbers behind it, from the run shown.
        voice: who gives the answer, for "You said X; the run says Y".
        model_answer: a good reply to "why do you think so?", to open.
    """
    with st.container(border=True, key=f"question-{key}"):
        st.markdown(f"**Guess first.** {question}")
        guess = st.pills("Your guess", options, key=f"guess-{key}", label_visibility="collapsed", persist_state="session")
        if guess is None:
            st.caption(f"Choose one to see what {voice}; you can skip it.")
            return
        right, because = answer()
        st.markdown(f"You said **{guess}**; {voice} **{right}**. {because}" if guess != right else f"**{right}**, as you said. {because}")
        with st.expander("Why do you think so? Compare with our answer"):
            st.markdown(model_answer)
