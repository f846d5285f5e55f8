"""A widget for a field of a spec, with the title, unit, limits, step and help that the spec declares."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any

import streamlit as st

from core.frame.plain import plain
from core.specs import Meta, SpecError, meta

MOST_STEPS = 500  # of a slider; a number with more of them is typed


def names(cls: type) -> list[str]:
    """The fields of a spec that a form can ask for: all but the specs inside it and what only a file can bring."""
    return [field.name for field in dataclasses.fields(cls) if meta(cls, field.name).kind not in ("part", "text", "texts")]  # type: ignore[arg-type]


def field(
    cls: type,
    name: str,
    key: str,
    *,
    title: str = "",
    help: str = "",
    among: Collection[Any] = (),
    least: float | None = None,
    most: float | None = None,
    **more: Any,
) -> Any:
    """Ask for one field; returns its value as the spec holds it.

    Args:
        key: of the widget and the session, where the value stands; the spec's default unless something stands there.
        title, help: in place of the spec's.
        among: the values to choose from where they are few; as a mapping, value -> title.
        least, most: where this form allows less than the spec.
        more: what else Streamlit's widget takes, such as `on_change`.
    """
    found = meta(cls, name)
    default = cls.__dataclass_fields__[name].default  # type: ignore[attr-defined]  # specs are dataclasses
    st.session_state.setdefault(key, list(default) if found.kind == "several" else default)
    words: dict[str, Any] = {"label": title or found.label, "help": help or found.help, "key": key, "persist_state": "session"}
    if among and found.kind in ("whole", "number"):
        return st.select_slider(**words, options=list(among), **more)
    titles = among if isinstance(among, Mapping) else found.options
    if among or found.kind == "choice":
        return st.selectbox(**words, options=list(among or titles), format_func=lambda one: titles.get(one, one), **more)
    match found.kind:
        case "several":
            options = list(found.options)
            return tuple(st.pills(**words, options=options, format_func=found.options.__getitem__, selection_mode="multi", **more))
        case "switch":
            return st.toggle(**words, **more)
        case "wholes" | "word":
            return _typed(found, words, more)
    low = least if least is not None else found.least if found.unused is None else found.unused
    high = found.most if most is None else most
    exact: type = int if found.kind == "whole" else float
    words |= {"min_value": exact(low), "max_value": exact(high), "step": exact(found.step)}
    if exact is float:
        words["format"] = "percent" if found.share else "%g"
    if found.kind == "range" or (high - low) / found.step <= MOST_STEPS:
        return st.slider(**words, **more)
    return st.number_input(**words, **more)


def fields(cls: type, key: str, which: Iterable[str] = ()) -> dict[str, Any]:
    """Ask for several fields of a spec, or for all that a form can ask for, under keys `<key>-<field>`; name -> value."""
    return {name: field(cls, name, f"{key}-{name}") for name in which or names(cls)}


def _typed(found: Meta, words: dict[str, Any], more: dict[str, Any]) -> Any:
    """A word, or whole numbers such as 784-49-10, in one box; what cannot be is said below it, and the last that could be stays."""
    key, box = words["key"], f"{words['key']}-typed"
    trouble = ""
    try:
        stale = found.read(st.session_state.get(box, "")) != st.session_state[key]
    except SpecError as error:
        stale, trouble = box not in st.session_state, str(error)
    if stale:
        st.session_state[box], trouble = found.text(st.session_state[key]), ""
    st.text_input(**{**words, "key": box}, on_change=_take, args=(found, key, box), **more)
    if trouble:
        st.error(plain(trouble), icon=":material/error:")
    return st.session_state[key]


def _take(found: Meta, key: str, box: str) -> None:
    with suppress(SpecError):
        st.session_state[key] = found.read(st.session_state[box])
