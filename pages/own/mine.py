"""The networks that this person brought in, in their session: what was read of each, and its file while there is room for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from core.frame import visitor
from core.importing.bringing import Brought, Choice
from core.importing.drop import Drop, Group
from core.runs import brought as brought_runs
from pages.own import choices

ROOM = 96 * 2**20  # bytes of files that a session keeps, so that what was inferred can be corrected
_LIST, _DROP, _REFUSED = "_own-networks", "_own-drop", "_own-refused"


@dataclass(frozen=True)
class Mine:
    """One network that was brought in."""

    found: Brought
    group: Group | None  # its files, while there is room for them
    fixed: Mapping[str, Any]  # what its owner has settled

    @property
    def key(self) -> str:
        return self.found.key


def networks() -> list[Mine]:
    """This person's, newest first."""
    return st.session_state.setdefault(_LIST, [])


def of(key: str) -> Mine | None:
    """The one of this key; None where it is somebody else's, or of an earlier visit."""
    return next((one for one in networks() if one.key == key), None)


def under_way() -> Drop | None:
    """The drop that is being read."""
    return st.session_state.get(_DROP)


def start(drop: Drop) -> None:
    """Have files read for this person; what was refused before is forgotten."""
    st.session_state[_REFUSED] = []
    st.session_state[_DROP] = drop.start()


def refused() -> list[Brought]:
    """What of the last drop is no network here."""
    return st.session_state.setdefault(_REFUSED, [])


def take() -> None:
    """Put what has been read into the lists, once all is."""
    drop = under_way()
    if drop is None or not drop.done:
        return
    del st.session_state[_DROP]
    for found, group in drop.found:
        if found.sentence:
            refused().append(found)
            continue
        if drop.replaces:
            before = of(drop.replaces)
            found.choices = [_with_others(choice, before.found.choices if before else []) for choice in found.choices]
            if drop.replaces != found.key:
                forget(drop.replaces)
        keep(Mine(found, group, dict(drop.fixed)))
        choices.put(network=found.key)


def _with_others(choice: Choice, before: Sequence[Choice]) -> Choice:
    """A question with the answers that it had before, where the time was too short to try them again."""
    old = next((one for one in before if one.name == choice.name), None)
    if old is None or len(choice.alternatives) > 1:
        return choice
    others = [one for one in old.alternatives if one.value != choice.value]
    return replace(choice, alternatives=[*choice.alternatives, *others])


def keep(one: Mine) -> None:
    """Put a network at the head of the list; files of the oldest ones give way."""
    listed = [one, *(other for other in networks() if other.key != one.key)]
    room = ROOM
    for i, each in enumerate(listed):
        room -= each.group.bytes if each.group else 0
        if room < 0 and i:
            listed[i] = replace(each, group=None)
    st.session_state[_LIST] = listed
    visitor.add_own(one.key)


def forget(key: str) -> None:
    """Delete a network from the store and from the lists."""
    brought_runs.remove(key)
    st.session_state[_LIST] = [one for one in networks() if one.key != key]
    if key in visitor.own():
        visitor.own().remove(key)
