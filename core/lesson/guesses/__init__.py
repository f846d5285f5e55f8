"""What somebody guessed on any page: kept in the session and in their own browser, as a table to take away, and forgotten on request."""

import csv
import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from core.frame import choices
from core.frame.browser_part import browser_part

_component = browser_part("kernel_explorer_guesses", __file__, html="", css="")
COLUMNS = ("page", "question", "guess", "answer", "right", "when")
MOST = 300  # guesses that are kept
LONGEST = 400  # signs of a text among them
_KEPT = "_guesses"  # session key: name of the question -> its row
_FORGOTTEN = "_guesses-forgotten"  # how often this session's person has had them forgotten
_MARKS = re.compile(r"[*`\\]")


def keep(page: str, name: str, question: str, guess: str, answer: str) -> None:
    """Keep a guess, the first to a question: what is chosen after the answer is no guess.

    Args:
        page: its path.
        name: of the question and what it is about, once in the app.
        question: as it was asked, in Markdown.
    """
    kept = rows()
    if name not in kept and len(kept) < MOST:
        when = datetime.now(UTC).isoformat(timespec="seconds")
        texts = [_MARKS.sub("", " ".join(text.split()))[:LONGEST] for text in (page, question, guess, answer)]
        kept[name] = dict(zip(COLUMNS, (*texts, "yes" if guess == answer else "no", when), strict=True))
    if name in kept:
        _component(key=f"kept-{name}", data={"name": name, "row": kept[name], "listens": False, "forgotten": _forgotten()})


def rows() -> dict[str, dict[str, str]]:
    """Every guess, in the order in which they were made: name of the question -> what COLUMNS name."""
    return st.session_state.setdefault(_KEPT, {})


def table(kept: Mapping[str, Mapping[str, str]]) -> str:
    """Guesses, as `rows` has them, as CSV; a text that a spreadsheet would compute is marked as text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([_text(row[column]) for column in COLUMNS] for row in kept.values())
    return out.getvalue()


def _text(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def summary() -> None:
    """How many guesses there are, with those that this browser has kept from before; to take away and to forget."""
    _component(key="kept", data={"name": "", "row": {}, "listens": True, "forgotten": _forgotten()}, on_found_change=_found)
    kept = rows()
    if not kept:
        return
    right = sum(row["right"] == "yes" for row in kept.values())
    with st.container(key="guesses", horizontal=True, vertical_alignment="center"):
        st.markdown(f"You have made **{len(kept)}** guess{'es' * (len(kept) > 1)}, **{right}** right.", width="content")
        st.download_button(
            "Your guesses (CSV)", table(kept), "guesses.csv", "text/csv", key="guesses-csv", on_click="ignore", icon=":material/download:"
        )
        st.button("Forget them", key="guesses-forget", icon=":material/delete:", type="tertiary", on_click=forget)


def _found() -> None:
    found = st.session_state["kept"].get("found")
    if not isinstance(found, dict):
        return
    known = rows()
    before = {name: _row(row) for name, row in list(found.items())[:MOST] if isinstance(name, str) and len(name) < LONGEST}
    st.session_state[_KEPT] = dict(sorted((before | known).items(), key=lambda item: item[1]["when"]))


def _row(row: Any) -> dict[str, str]:
    """A row as it was kept.

    Raises:
        KeyError, TypeError: it is none of ours.
    """
    return {column: str(row[column])[:LONGEST] for column in COLUMNS}


def forget() -> None:
    """In a callback: forget them all, here and in the browser, and ask every question anew."""
    for name, row in rows().items():
        if name.startswith("guess-"):  # the key of its buttons
            st.session_state[name] = None
        choices.put(row["page"], "shown", [])
    rows().clear()
    st.session_state[_FORGOTTEN] = _forgotten() + 1


def _forgotten() -> int:
    return st.session_state.get(_FORGOTTEN, 0)
