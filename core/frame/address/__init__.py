"""The address of a view, in the browser: read when somebody opens a link or goes back, written once a run."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.frame.browser_part import browser_part

STAYS = frozenset({"shown", "present", "controls"})  # choices that are of no view: what was told, and how all of it is shown
_component = browser_part("kernel_explorer_address", __file__, css="", html="")
_STATE = "_address"
_KEPT = ("embed", "drawing")  # what begins so is nobody's choice and stays in the address: Streamlit's words, and what stands on a pad


@dataclass
class Asked:
    """What an address asks for: brought once, by a link or by Back and Forward."""

    values: dict[str, str]
    fresh: bool = True  # until a run that knows it has ended: what it does not name is then as usual
    taken: set[str] = field(default_factory=set)  # names that have been read
    act: bool = False  # asked for by the page itself, for somebody who pressed a button there
    replaced: dict[str, Any] = field(default_factory=dict)  # session key -> what stood there when the name was read


@dataclass
class Address:
    """What a session knows of its browser's address."""

    pages: tuple[str, ...] = ()  # paths of all pages
    page: str | None = None  # path of the one that is up
    visit: int = 0  # how often a page was opened
    openings: int = 0  # how many addresses were read
    turn: int = 0  # how often the browser was told
    opened: str = ""  # the one read last
    session: str = field(default_factory=lambda: secrets.token_hex(8))
    asked: Asked | None = None
    drawing: str | None = None  # that a link has brought and nobody has read yet
    told: dict[str, Any] | None = None  # the browser's last word on where it is
    whole: bool = False  # while the whole page runs, and not a fragment alone
    search: str | None = None  # what the address should be
    first: str | None = None  # what it should have been when the view had just been opened
    opening: dict[str, str] = field(default_factory=dict)  # what an address asks for that names nothing, see choices.opening

    def read(self, values: dict[str, str]) -> None:
        """Take this as what somebody asks for."""
        values = {name: value for name, value in values.items() if not name.startswith(_KEPT)}
        self.openings += 1
        self.opened = urlencode(values)
        self.asked = Asked(values)
        self.first = None


def current() -> Address:
    """This session's address."""
    found = st.session_state.get(_STATE)
    if found is None:
        found = st.session_state[_STATE] = Address()
    return found


def ask(values: Mapping[str, str]) -> None:
    """In a callback: have the page come up as a link with these values would open it, as one act; STAYS stays as it is."""
    current().asked = Asked(dict(values), taken=set(STAYS), act=True)


def visit() -> int:
    """Rises with each opening of a page, after which its charts are drawn anew."""
    return current().visit


def arrive(path: str, pages: Sequence[str]) -> None:
    """Before a page runs: take what the browser brings, its address on opening a page and any move through its history since.

    Args:
        path: of the page that runs, empty for home.
        pages: paths of all pages.
    """
    now = current()
    now.pages = tuple(pages)
    brought = {name: value for name, value in st.query_params.items() if not name.startswith(_KEPT)}
    context = get_script_run_ctx()
    back = bool(getattr(context, "is_history_navigation", False))  # Streamlit's own word; the browser's part tells where it is missing
    if now.page != path:
        now.opening = {}
        now.page = path
        now.visit += 1
        now.drawing = st.query_params.get("drawing")
        now.read(brought)
        if not brought and not back:  # from the menu: the page comes up as it was left
            now.asked = None
    elif back:
        now.read(brought)
    if now.told is not None and now.told.get("page") == path:
        now.read(dict(parse_qsl(now.told["search"].removeprefix("?"), keep_blank_values=True)))
    now.told = None


def _moved() -> None:
    """The browser tells where it is; kept until the page runs."""
    told = (st.session_state.get("address") or {}).get("moved")
    if told and told.get("session") == current().session:
        told["search"].encode()  # raises where it is no text that an address can hold
        current().told = dict(told)


def write(values: Mapping[str, str] | None, key: str = "address") -> None:
    """Have the browser's address say this from now on.

    Args:
        values: name -> text; None leaves the address alone.
        key: of the component; a fragment that runs alone has one of its own, since it cannot reach the page's.
    """
    now = current()
    now.search = None if values is None else urlencode(values)
    if now.first is None:
        now.first = now.search
    now.turn += 1
    data = {
        "page": now.page,
        "pages": [path for path in now.pages if path],
        "session": now.session,
        "turn": now.turn,
        "openings": now.openings,
        "opened": now.opened,
        "first": now.first,
        "search": now.search,
        "listens": key == "address",
    }
    _component(key=key, data=data, on_moved_change=_moved, on_back_change=lambda: None)
