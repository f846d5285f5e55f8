"""Who this visitor is, by a random name that their browser keeps, and which runs are their own."""

import re
from contextlib import suppress
from typing import Any
from uuid import uuid4

import streamlit as st

from core.runs import catalog, store

MOST_OWN = 100  # keys of own runs that a browser keeps
_PERSON, _KEY = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{12}")


def person() -> str:
    """Who this visitor is, for trainings that they want: a random name that the browser keeps, see core/frame/screen/person.js."""
    return st.session_state.setdefault("_person", uuid4().hex)


def own() -> list[str]:
    """Keys of the runs that this person trained or brought, newest first."""
    return st.session_state.setdefault("_own-runs", [])


def add_own(key: str) -> None:
    """Remember a run as this person's own."""
    if key in own():
        own().remove(key)
    own().insert(0, key)


def own_sets() -> list[str]:
    """Names of the sets of images that this person has had kept, newest first; those of their runs are among them."""
    found: list[str] = st.session_state.setdefault("_own-sets", [])
    for key in own():
        with suppress(store.MissingRun, store.DamagedRun):
            data = catalog.find(key).spec.data
            if data.own is not None and data.name not in found:
                found.append(data.name)
    return found


def add_set(name: str) -> None:
    """Remember a set of images as this person's own."""
    if name not in own_sets():
        own_sets().insert(0, name)


def meet(name: Any, keys: Any) -> None:
    """Take this visitor for somebody who was here before, by what their browser has kept; what is not of its form counts for nothing."""
    if isinstance(name, str) and _PERSON.fullmatch(name):
        st.session_state["_person"] = name
    for key in keys[:MOST_OWN] if isinstance(keys, list) else ():
        if isinstance(key, str) and _KEY.fullmatch(key) and key not in own():
            own().append(key)
