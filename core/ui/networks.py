"""Which network a page shows: the choice in the link, the list to choose from, and its state."""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.frame import choices, page, visitor
from core.frame.choices import Choice, Section
from core.runs import catalog, fitting, store
from core.runs.catalog import Entry, Fits
from core.runs.run import Run
from core.ui import shown
from core.ui.shown import Shown


@dataclass(frozen=True)
class NetworkChoice(Choice):
    """A choice of a run, by shipped name or key, or of several."""


def choice(name: str, default: str, fits: Fits, section: Section = None) -> Choice:
    """Which run, by shipped name or key: any stored one that fits.

    Args:
        name: in the link, such as "model" or "run".
        default: a shipped name.
    """

    def read(text: str) -> str:
        try:
            entry = catalog.find(text)
        except (store.MissingRun, store.DamagedRun) as error:
            raise ValueError(text) from error
        if not fits(entry.spec):
            raise ValueError(text)
        return entry.id

    wanted = fitting.wants(fits)
    allowed = "the name or key of a stored network that fits this page" + f" ({wanted})" * bool(wanted)
    return NetworkChoice(name, default, read, allowed, section=section)


def state_choice(run: Run, name: str = "epoch", default: int | None = None, section: Section = None) -> Choice:
    """Which stored state, an index; in the link the epochs completed, of which the nearest state is shown.

    Args:
        default: index of a state; None for the last.
    """
    labels = shown.labels(run)

    def read(text: str) -> int:
        epoch = float(text)
        if not math.isfinite(epoch) or not 0 <= epoch <= 1e6 or len(text) > 12:
            raise ValueError(text)
        return shown.nearest(run, epoch)

    def write(state: int) -> str:
        if state < 0:  # which would count from the end
            raise ValueError(state)
        return labels[state]

    return Choice(name, run.states - 1 if default is None else default, read, "a number of epochs, 0 or more", write, section)


def offered(fits: Fits, chosen: str = "") -> list[str]:
    """Ids of the runs that fit, as the chooser lists them; the chosen one is among them."""
    ids = [entry.id for entry in catalog.fitting(fits, visitor.own())]
    return ids if not chosen or chosen in ids else [*ids, chosen]


def label(id_: str) -> str:
    """A run as the chooser calls it."""
    try:
        return catalog.find(id_).title
    except (store.MissingRun, store.DamagedRun):
        return f"{id_}: cannot be read"


def chooser(
    page_name: str, name: str, fits: Fits, *, title: str = "Network", on_change: Callable[[], None] | None = None, **widget: Any
) -> str:
    """The list of networks that fit: shipped ones, this person's own, then others in the store; returns the id chosen."""
    key = choices.key(page_name, name)
    options = offered(fits, st.session_state[key])
    return st.selectbox(title, options, format_func=label, key=key, on_change=on_change, persist_state="session", **widget)


def opened(id_: str, state: int | None = None) -> Shown | None:
    """The run at a state, or None after saying on the page why it cannot be shown and what to do."""
    try:
        return shown.of(id_, state)
    except (store.MissingRun, store.DamagedRun) as error:
        page.empty("This network cannot be shown", f"{error} Choose another one above.")
        return None


def on_view() -> list[Entry]:
    """The runs that the choices of the view name, those that can be read, each once."""
    found = {}
    for one, chosen in choices.counting():
        for id_ in (chosen if isinstance(chosen, list) else [chosen]) if isinstance(one, NetworkChoice) else ():
            with suppress(store.MissingRun, store.DamagedRun):
                entry = catalog.find(id_)
                found[entry.id] = entry
    return list(found.values())
