"""A question that a worker answers part by part, as people see it: asked by a button, how far it is, cancel, and what there is of it."""

from collections.abc import Callable
from secrets import token_hex

import numpy as np
import streamlit as st

from core.frame.plain import plain
from core.serving.shared import shared
from core.training import tasks
from core.training.tasks import Task

POLL_SECONDS = 1.0


def show(task: Task, key: str, label: str, draw: Callable[[int], None], *, least: int = 1, words: str = "", ask: bool = True) -> None:
    """Draw what there is of an answer, and let a person ask for it where nobody has.

    Args:
        key: of the widgets.
        label: of the button.
        draw: gets the number of parts that are there, `least` or more; while the answer grows it is called again and again.
        words: below the button, what it takes.
        ask: False to begin without a button, where a person has asked for it already.
    """
    now = tasks.progress(task)
    if now.state == tasks.NONE and not ask:
        start(task)
        now = tasks.progress(task)
    if now.state == tasks.ACTIVE:
        st.fragment(_under_way, run_every=POLL_SECONDS)(task, key, draw, least)
        return
    if now.state != tasks.DONE:
        if now.sentence:
            st.warning(plain(now.sentence), icon=":material/info:")
        if now.state == tasks.CANCELLED:
            st.caption(f"Cancelled after {now.done} of {now.parts}.")
        st.button(label, key=f"{key}-start", icon=":material/play_arrow:", on_click=start, args=(task,))
        if words:
            st.caption(words)
    if now.done >= least:
        draw(now.done)


def start(task: Task) -> None:
    """Have it answered; the last question of its kind that this person asked is given up, if nobody else waits for it."""
    asked = st.session_state.setdefault("_asked-tasks", {})  # function -> key
    before = asked.get(task.function, task.key)
    if before != task.key:
        tasks.leave(before, _me())
    asked[task.function] = task.key
    tasks.start(task)
    tasks.look(task, _me())


def _me() -> str:
    return str(st.session_state.setdefault("_me", token_hex(8)))


def _under_way(task: Task, key: str, draw: Callable[[int], None], least: int) -> None:
    now = tasks.progress(task)
    if now.state != tasks.ACTIVE:
        st.rerun()
    tasks.look(task, _me())
    with st.container(horizontal=True, vertical_alignment="center"):
        done = f"{now.done} of {now.parts} done" if now.done else "Under way, or waiting for its turn"
        st.progress(now.done / max(now.parts, 1), text=done)
        st.button("Cancel", key=f"{key}-cancel", icon=":material/close:", on_click=tasks.cancel, args=(task,))
    if now.done >= least:
        draw(now.done)


def done(task: Task) -> int:
    """How many parts of an answer are there."""
    return tasks.progress(task).done


def part(task: Task, number: int) -> dict[str, np.ndarray]:
    """One part of an answer that is there, read once for everybody."""
    return _part(task, task.key, number)


@shared()
def _part(_task: Task, key: str, number: int) -> dict[str, np.ndarray]:
    return tasks.part(_task, number)
