"""Links that restore a view: choices live in session keys `<page>-<name>` and stand in the address."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st


@dataclass(frozen=True)
class Choice:
    """One choice of a view: its name in the link, its default, and how its text is read (ValueError when it can't be)."""

    name: str
    default: Any
    read: Callable[[str], Any]
    allowed: str  # in words, for the note


def one_of(name: str, default: str, options: Iterable[str]) -> Choice:
    """A choice among names."""
    options = list(options)

    def read(text: str) -> str:
        if text not in options:
            raise ValueError
        return text

    return Choice(name, default, read, "one of " + ", ".join(options))


def whole(name: str, default: int, least: int, most: int) -> Choice:
    """A whole number from least to most."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ValueError
        return int(text)

    return Choice(name, default, read, f"a whole number from {least} to {most}")


def text(name: str, default: str, read: Callable[[str], str] = str, allowed: str = "a short text") -> Choice:
    """A short text, checked by `read`."""
    return Choice(name, default, read, allowed)


def key(page: str, name: str) -> str:
    """The session key, and so the widget key, of a choice."""
    return f"{page}-{name}"


def restore(page: str, choices: Sequence[Choice]) -> list[str]:
    """Bring the address into the session, before any widget is made; returns a note for each value that can't be.

    A value that this page wrote itself is left alone, so that widgets win over an address that lags behind.
    """
    written = st.session_state.setdefault(f"_link-{page}", {})
    if written.get("") != st.session_state.get("visit"):  # a new visit of the page: its address counts anew
        written.clear()
        written[""] = st.session_state.get("visit")
    notes = []
    for choice in choices:
        raw = st.query_params.get(choice.name)
        if raw is not None and raw != written.get(choice.name):
            written[choice.name] = raw
            try:
                st.session_state[key(page, choice.name)] = choice.read(raw)
            except ValueError:
                notes.append(f"The link asks for {choice.name} = {raw[:40]!r}, which is not {choice.allowed}; {_instead(choice.default)}.")
                st.session_state[key(page, choice.name)] = choice.default
        if st.session_state.get(key(page, choice.name)) is None:
            st.session_state[key(page, choice.name)] = choice.default
    return notes


def _instead(default: Any) -> str:
    """What is shown in place of a value that can't be, as a link would say it."""
    if default is None or default == "":
        return "it is left out"
    words = "-".join(map(str, default)) if isinstance(default, list | tuple) else str(default)
    return f"showing {words!r} instead" if isinstance(default, str) else f"showing {words} instead"


def value(page: str, name: str) -> Any:
    """The present value of a choice."""
    return st.session_state[key(page, name)]


def write(page: str, values: Mapping[str, Any]) -> None:
    """Put the present choices into the address; a value of None leaves it."""
    written = st.session_state.setdefault(f"_link-{page}", {})
    for name, item in values.items():
        if item is None:
            written.pop(name, None)
            if name in st.query_params:
                del st.query_params[name]
            continue
        written[name] = str(item)
        if st.query_params.get(name) != str(item):
            st.query_params[name] = str(item)
