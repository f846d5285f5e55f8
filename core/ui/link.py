"""Links that restore a view: choices live in session keys `<page>-<name>` and stand in the address."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.ui import address

LAG_SECONDS = 5.0  # for so long the browser may still send the address as it was before we changed it


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


@dataclass
class _Address:
    """What a page has written into the address during a visit."""

    visit: int | None  # which visit of a page this is
    values: dict[str, str] = field(default_factory=dict)
    replaced: dict[tuple[str, str], float] = field(default_factory=dict)  # (name, former value) -> when, in s

    def note(self, name: str, value: str | None) -> None:
        """The address holds this value from now on, None for none."""
        former = self.values.get(name)
        if former == value:
            return
        if former is not None:
            self.replaced[name, former] = time.monotonic()
        if value is None:
            del self.values[name]
        else:
            self.values[name] = value

    def wrote(self, name: str, value: str) -> bool:
        """Whether the value is ours: the one that stands there, or one just replaced that is still on its way."""
        replaced = self.replaced.get((name, value))
        return value == self.values.get(name) or (replaced is not None and time.monotonic() - replaced < LAG_SECONDS)


def _address(page: str) -> _Address:
    """What this visit of the page wrote; on a new visit the address counts anew."""
    visit = address.visit()
    found = st.session_state.get(f"_link-{page}")
    if found is None or found.visit != visit:
        found = st.session_state[f"_link-{page}"] = _Address(visit)
    return found


def asked(page: str, name: str) -> str | None:
    """What the address asks for under this name, once; None when it holds nothing or what this page wrote itself."""
    raw, address = st.query_params.get(name), _address(page)
    if raw is None or address.wrote(name, raw):
        return None
    address.note(name, raw)
    return raw


def restore(page: str, choices: Sequence[Choice]) -> list[str]:
    """Bring the address into the session, before any widget is made; returns a note for each value that can't be.

    A value that this page wrote itself is left alone, so that widgets win over an address that lags behind.
    """
    notes = []
    for choice in choices:
        raw = asked(page, choice.name)
        if raw is not None:
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
    address = _address(page)
    for name, item in values.items():
        address.note(name, None if item is None else str(item))
        if item is None:
            if name in st.query_params:
                del st.query_params[name]
        elif st.query_params.get(name) != str(item):
            st.query_params[name] = str(item)
