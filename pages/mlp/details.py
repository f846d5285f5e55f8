"""The choices inside the MLP page's sections, and how they stand in the link beside the view's own.

Each panel lists its choices in `DETAILS` under its section's name, beside the widgets that they belong to.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import streamlit as st

from core.ui import link
from pages.mlp.view import PAGE, SIZES, View


@dataclass(frozen=True)
class Detail:
    """One choice: its name in the link, its widget's key (`{layer}`, `{hidden}` are filled in), its default, how it is read and written."""

    name: str
    key: str
    default: Any  # None: the panel chooses
    read: Callable[[str, View], Any]  # raises ValueError for a text that cannot be
    write: Callable[[Any], str] = str
    needs: tuple[str, Any] | None = None  # counts only while this session key holds this value

    def at(self, view: View) -> str:
        return self.key.format(layer=view.layer, hidden=min(view.layer, len(SIZES) - 2))


DETAILS: dict[str, tuple[Detail, ...]] = {}


def among(options: Iterable[Any]) -> Callable[[str, View], Any]:
    """Reads one of these options."""
    table = {str(option): option for option in options}

    def read(text: str, _: View) -> Any:
        if text not in table:
            raise ValueError(text)
        return table[text]

    return read


def number(least: int, most: Callable[[View], int]) -> Callable[[str, View], int]:
    """Reads a whole number from least to most."""

    def read(text: str, view: View) -> int:
        if not text.isdecimal() or not least <= int(text) <= most(view):
            raise ValueError(text)
        return int(text)

    return read


def numbers(least: int, most: Callable[[View], int]) -> Callable[[str, View], list[int]]:
    """Reads whole numbers with dashes between them."""
    one = number(least, most)
    return lambda text, view: [one(part, view) for part in text.split("-")]


def flag(name: str, key: str, default: bool) -> Detail:
    """A choice of yes or no."""
    read = among(("yes", "no"))
    return Detail(name, key, default, lambda text, view: read(text, view) == "yes", lambda value: "yes" if value else "no")


def restore(view: View, section: str) -> list[str]:
    """Bring a section's choices from the address into the session, before its widgets are made; notes what cannot be."""
    notes = []
    for detail in DETAILS[section]:
        raw = link.asked(PAGE, detail.name)
        if raw is None:
            continue
        try:
            st.session_state[detail.at(view)] = detail.read(raw, view)
            if detail.needs:
                st.session_state[detail.needs[0]] = detail.needs[1]
        except ValueError:
            notes.append(f"The link asks for {detail.name} = {raw[:40]!r}, which cannot be here; it is left as it was.")
    return notes


def linked(section: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """For a section's panel `(runs, view, ...)`: its choices have their defaults before it draws and stand in the link after."""

    def wrap(panel: Callable[..., None]) -> Callable[..., None]:
        @wraps(panel)
        def drawn(runs: Any, view: View, *rest: Any, **named: Any) -> None:
            for detail in DETAILS[section]:
                if detail.default is not None and st.session_state.get(detail.at(view)) is None:
                    st.session_state[detail.at(view)] = detail.default
            panel(runs, view, *rest, **named)
            write(view, section)

        return drawn

    return wrap


def write(view: View, section: str) -> None:
    """Put a section's choices into the address, and take those of other sections out."""
    values: dict[str, str | None] = {detail.name: None for details in DETAILS.values() for detail in details}
    for detail in DETAILS[section]:
        value = st.session_state.get(detail.at(view))
        counts = not detail.needs or st.session_state.get(detail.needs[0]) == detail.needs[1]
        if counts and value is not None and value != detail.default:
            values[detail.name] = detail.write(value)
    link.write(PAGE, values)
