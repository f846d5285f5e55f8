"""All trainings: this person's own, and everyone's, with what each of them is doing."""

import streamlit as st

from core.frame import visitor
from core.frame.plain import plain
from core.runs import catalog, store
from core.training import jobs
from core.training.job import all_known
from core.training.jobs import Job
from core.ui import jobs_view
from pages.lab import opened, taking
from pages.lab.choices import put, value

SENTENCE = "Yours are those that this browser started. Trainings go on when the page is closed, and when the server starts again."
POLL_SECONDS = 2.0
MOST = 20  # of a list
STATES = {
    jobs.RUNNING: (":material/play_circle:", "trains"),
    jobs.QUEUED: (":material/schedule:", "waits"),
    jobs.PAUSED: (":material/pause_circle:", "paused"),
    jobs.DONE: (":material/check_circle:", "finished"),
    jobs.FAILED: (":material/error:", "failed"),
    jobs.CANCELLED: (":material/cancel:", "cancelled"),
}


def show() -> None:
    """The section."""
    st.fragment(_lists, run_every=POLL_SECONDS)()
    taking.bring_back()


def _lists() -> None:
    if value("section") != "queue":
        st.rerun()
    known = sorted(all_known(), key=lambda job: list(STATES).index(job.progress().state))  # those under way first
    me, own = visitor.person(), visitor.own()
    mine = {job.key: job for job in known if job.key in own or job.owned_by(me)}
    with st.container(key="lab-queue"):
        st.markdown("**Yours**")
        rows = [*mine, *(key for key in own if key not in mine)]
        _rows(rows, mine, "mine", "Nothing yet. What you start under Train stands here, also tomorrow.")
        st.markdown("**Everyone's**")
        others = {job.key: job for job in known if job.key not in mine and not job.spec.private}
        finished = [entry.key for entry in catalog.fitting(lambda spec: not spec.private) if not entry.name and entry.key not in own]
        _rows([*others, *(key for key in finished if key not in others)], others, "all", "Nobody else trains anything at this moment.")


def _rows(keys: list[str], known: dict[str, Job], name: str, nothing: str) -> None:
    """A list, the newest first, and how many more there are."""
    shown_ones = 0
    for key in keys:
        if shown_ones == MOST:
            st.caption(f"And {len(keys) - MOST:,} more.")
            return
        shown_ones += _row(key, known.get(key), name)
    if not shown_ones:
        st.caption(nothing)


def _row(key: str, job: Job | None, name: str) -> bool:
    """One training; False where nothing is known of it any more."""
    if job is None:
        try:
            entry = catalog.find(key)
        except (store.MissingRun, store.DamagedRun):
            return False
        run = opened.stored(entry.spec) if name == "mine" else None  # everyone's are too many to be read
        state, words = jobs.DONE, entry.line if run is None else opened.result(run)
    else:
        entry = catalog.entry(job.spec)
        now = job.progress()
        state, words = now.state, jobs_view.words(now) if now.state in jobs.ACTIVE else now.sentence
    icon, word = STATES[state]
    with st.container(horizontal=True, vertical_alignment="center", key=f"lab-row-{name}-{key}"):
        st.markdown(f"{icon} **{word}** · {plain(entry.title)}  \n{plain(words)}", width="stretch")
        st.button("Watch", key=f"lab-watch-{name}-{key}", on_click=_watch, args=(key,))
    return True


def _watch(key: str) -> None:
    put("section", "watch")
    put("run", key)
