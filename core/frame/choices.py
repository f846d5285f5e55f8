"""The one way for choices and links: declared once, they stand in the session, in their widgets and in the address.

A page declares its choices with `declare` before it makes their widgets, which take `key(page, name)` as their key. What the
browser's address asks for is read when the browser brings one (a link, Back, Forward), and written once a run by
`core.frame.address`. A choice at its default stays out of the address, so an empty address is the page as it opens.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import streamlit as st

from core.frame import address
from core.frame.address import Asked
from core.serving import returning
from core.specs import meta

_DECLARED = "_choices"  # (page, name) -> Choice, of the run that is or was last
_KEPT = "_choices-kept"  # session key -> value: Streamlit forgets a widget's value when its page or section is left
_NOTHING = object()  # not even None
F = TypeVar("F", bound=Callable[..., None])
Section = str | tuple[str, ...] | None  # one section of a page, several, or all of them


@dataclass(frozen=True)
class Choice:
    """One choice of a view."""

    name: str  # in the link
    default: Any  # None: nothing, or what the page decides
    read: Callable[[str], Any]  # from the link's text; ValueError when it cannot be
    allowed: str = "what is offered here"  # in words, for the note
    write: Callable[[Any], str] = str  # into the link's text, such that `read` gives the value again
    section: Section = None  # of the page that it belongs to, as the choice `section` names it; None: to all


def one_of(name: str, default: Any, options: Iterable[Any], section: Section = None, write: Callable[[Any], str] = str) -> Choice:
    """A choice among options, each known in the link by what `write` makes of it."""
    table = {write(option): option for option in options}

    def read(text: str) -> Any:
        if text not in table:
            raise ValueError(text)
        return table[text]

    return Choice(name, default, read, "one of " + ", ".join(table), write, section)


def whole(name: str, default: int | None, least: int, most: int, section: Section = None) -> Choice:
    """A whole number from least to most."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or len(text) > 9 or not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    return Choice(name, default, read, f"a whole number from {least:,} to {most:,}", section=section)


def wholes(name: str, default: Sequence[int], least: int, most: int, section: Section = None) -> Choice:
    """Several whole numbers from least to most, with dashes between them in the link; a list."""
    one = whole(name, None, least, most)
    allowed = f"whole numbers from {least:,} to {most:,} with dashes between them"
    return Choice(
        name,
        list(default),
        lambda text: [one.read(part) for part in text.split("-")] if text else [],
        allowed,
        lambda values: "-".join(map(str, values)),
        section,
    )


def flag(name: str, default: bool, section: Section = None, words: tuple[str, str] = ("no", "yes")) -> Choice:
    """Yes or no; `words` are how the link says no and yes."""
    return one_of(name, default, (False, True), section, lambda on: words[bool(on)])


def text(name: str, default: str, read: Callable[[str], str] = str, allowed: str = "a short text", section: Section = None) -> Choice:
    """A short text, checked by `read`."""
    return Choice(name, default, read, allowed, section=section)


def of_field(cls: type, name: str, *, link: str = "", default: Any = None, section: str | None = None) -> Choice:
    """A choice of what a spec's field may be, read and told as its metadata says; for a widget of `core.ui.forms`.

    Args:
        link: its name in the link, where that is not the field's.
        default: where that is not the spec's.
    """
    known = meta(cls, name)
    usual = cls.__dataclass_fields__[name].default if default is None else default  # type: ignore[attr-defined]  # specs are dataclasses
    if known.kind != "several":
        return Choice(link or name, usual, known.read, known.allowed, known.text, section)

    def read(text: str) -> list[str]:
        return [] if text == "none" else list(known.read(text))

    # Pills hold a list, and a person may take the last name out of it before choosing another.
    return Choice(link or name, list(usual), read, known.allowed, lambda names: known.text(names) or "none", section)


def key(page: str, name: str) -> str:
    """The session key, and so the widget key, of a choice."""
    return f"{page}-{name}"


def value(page: str, name: str) -> Any:
    """The present value of a declared choice; where a run was broken off before it was told, the one last seen."""
    held = st.session_state.get(key(page, name))
    if held is not None:
        return held
    choice = _registry().get((page, name))
    return None if choice is None else _lost(choice, _kept().get(key(page, name)))


def _lost(choice: Choice, last: Any) -> Any:
    """The value of a choice that holds none: the one last seen, or the default."""
    return choice.default if choice.default is None or last is None else last


def last(page: str, name: str) -> Any:
    """What a choice of any page was when that page was seen last; None where this person has not seen it."""
    return _kept().get(key(page, name))


def default(page: str, name: str) -> Any:
    """What a declared choice is at first."""
    return _registry()[page, name].default


def put(page: str, name: str, item: Any) -> None:
    """Make a choice for somebody, in a callback or before its widget is made."""
    st.session_state[key(page, name)] = item


def setter(page: str, name: str, item: Any) -> Callable[[], None]:
    """A callback that makes this choice."""
    return lambda: put(page, name, item)


def showing(widget: str, item: Any, take: Callable[[Any], None]) -> dict[str, Any]:
    """Arguments of a widget that shows a part of a choice, or what follows from one: the widget takes a key of its own.

    st.number_input("Number", 0, 9, **choices.showing("p-number", value("p", "input")[1], lambda number: put(...)))

    Args:
        widget: its key.
        item: what it shows now, whatever it showed before.
        take: gets what a person chooses instead, to make the choice of it.
    """
    if widget not in st.session_state or st.session_state[widget] != item:
        st.session_state[widget] = item

    def taken() -> None:
        if st.session_state[widget] is not None:  # a widget that the browser has lost says nothing
            take(st.session_state[widget])

    return {"key": widget, "on_change": taken}


def declare(page: str, declared: Sequence[Choice]) -> list[str]:
    """Bring these choices into the session, from the address where the browser has just brought one.

    May be called several times a run, since some choices depend on others: a layer on the network. A value that no longer
    can be, as layer 5 of a network of two, gives way to the default.

    Returns:
        A note for each value of the address that cannot be.
    """
    notes = []
    registry, kept, asked = _registry(), _kept(), address.current().asked  # looked up once: each look costs
    for choice in declared:
        registry[page, choice.name] = choice
    for choice in declared:
        name = key(page, choice.name)
        brought, note = (_NOTHING, "") if asked is None or choice.name in asked.taken else _brought(page, choice, asked)
        if note:
            notes.append(note)
        if brought is not _NOTHING and asked is not None:
            asked.replaced[name] = st.session_state.get(name, _NOTHING)
        elif asked is not None and asked.fresh and name in asked.replaced and st.session_state.get(name, _NOTHING) == asked.replaced[name]:
            brought = kept[name]  # the run that read it was broken off, and the browser has not heard of it
        _settle(page, choice, kept, brought)
    return notes


_SILENT = address.STAYS | {"lesson"}  # names that open no view by themselves


def opening(page: str, view: Mapping[str, str]) -> None:
    """What an address that names no view opens, and so does the first visit by the menu; called before the page declares its choices.

    Once it is open the address names it, so that the address of another view, all of whose choices are at their defaults, can too.
    """
    now = address.current()
    now.opening = dict(view)
    if now.asked is None and last(page, "lesson") is None:
        now.asked = Asked(dict(view), fresh=False)
    elif now.asked is not None and now.asked.fresh and not now.asked.taken - _SILENT and set(now.asked.values) <= _SILENT:
        now.asked.values |= view


def _registry() -> dict[tuple[str, str], Choice]:
    return st.session_state.setdefault(_DECLARED, {})


def _brought(page: str, choice: Choice, asked: Asked) -> tuple[Any, str]:
    """What the address asks for under this name, once, or _NOTHING; and a note if it cannot be."""
    raw = asked.values.get(choice.name)
    if raw is None:
        if not asked.fresh or not _counts(page, choice):
            return _NOTHING, ""
        asked.taken.add(choice.name)
        return choice.default, ""
    asked.taken.add(choice.name)
    try:
        return choice.read(raw), ""
    except (ValueError, OverflowError):
        return choice.default, f"The link asks for {choice.name} = {raw[:40]!r}, which is not {choice.allowed}; {_instead(choice)}."


def _instead(choice: Choice) -> str:
    """What is shown in place of a value that can't be, as a link would say it."""
    if choice.default is None or choice.default in ("", [], ()):
        return "it is left out"
    words = choice.write(choice.default)
    return f"showing {words!r} instead" if isinstance(choice.default, str) else f"showing {words} instead"


def _settle(page: str, choice: Choice, kept: dict[str, Any], brought: Any) -> None:
    """A value is what the address brought, else stays; a missing one is the one last seen, or the default, and so is one that
    no longer can be."""
    name = key(page, choice.name)
    before = _NOTHING if brought is not _NOTHING else st.session_state.get(name, _NOTHING)
    held = brought if brought is not _NOTHING else kept.get(name, choice.default) if before is _NOTHING else before
    if held is None:
        held = choice.default
    elif brought is _NOTHING and held != choice.default:
        try:
            choice.read(choice.write(held))
        except (ValueError, OverflowError, TypeError, AttributeError, LookupError):
            held = choice.default
    if held is not before:
        st.session_state[name] = held
    kept[name] = held  # at once: a run that is broken off forgets what it was told


def _kept() -> dict[str, Any]:
    return st.session_state.setdefault(_KEPT, {})


def _counts(page: str, choice: Choice) -> bool:
    """Whether the choice belongs to what is shown."""
    sections = (choice.section,) if isinstance(choice.section, str) else choice.section
    return sections is None or st.session_state.get(key(page, "section")) in sections


def pages() -> tuple[str, ...]:
    """The pages whose choices the present run has declared."""
    return tuple(dict.fromkeys(page for page, _ in _registry()))


def names() -> set[str]:
    """The names of the choices that the present run has declared."""
    return {name for _, name in _registry()}


def counting() -> Iterator[tuple[Choice, Any]]:
    """Each declared choice that belongs to what is shown, with its value."""
    return ((choice, value(page, choice.name)) for (page, _), choice in _registry().items() if _counts(page, choice))


@contextmanager
def page(path: str, pages: Sequence[str]) -> Iterator[None]:
    """One run of a whole page: what the browser brings comes in before, and what is chosen goes into the address after.

    Args:
        path: of the page that runs, empty for home.
        pages: paths of all pages.
    """
    now = address.current()
    address.arrive(path, pages)
    st.session_state[_DECLARED] = {}
    now.whole = True
    try:
        with returning.unseen():
            yield
            address.write(search())
            if now.asked:
                now.asked.fresh = False
    finally:
        now.whole = False


def search() -> dict[str, str] | None:
    """What the address should say: of each declared choice that counts and is not at its default, its text; None without choices."""
    registry, kept = _registry(), _kept()
    if not registry:
        return None
    out = {}
    for (page, name), choice in registry.items():
        at = key(page, name)
        held = st.session_state.get(at)
        item = kept[at] = _lost(choice, kept.get(at)) if held is None else held
        if item is not None and item != choice.default and _counts(page, choice):
            out[name] = choice.write(item)
    return _named(registry) | out if set(out) <= _SILENT else out


def _named(registry: Mapping[tuple[str, str], Choice]) -> dict[str, str]:
    """The choices of what a bare address opens, as they are now."""
    names = address.current().opening
    held = {name: (choice, value(page, name)) for (page, name), choice in registry.items() if name in names}
    return {name: choice.write(item) for name, (choice, item) in held.items() if item is not None}


def fragment(panel: F) -> F:
    """`st.fragment` for a panel whose choices stand in the link: run alone, it writes the address too."""

    @st.fragment
    @wraps(panel)
    def drawn(*arguments: Any, **named: Any) -> None:
        panel(*arguments, **named)
        if not address.current().whole:
            address.write(search(), key="address-" + re.sub(r"[\W_]+", "-", f"{panel.__module__}-{panel.__qualname__}"))

    return drawn  # type: ignore[return-value]  # st.fragment keeps the signature
