"""A class: a room that a teacher opens by a link, with the trainings of everybody in it in one table and one picture."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.charts import numbers
from core.charts import trials as charts
from core.frame import choices as links
from core.frame import page, visitor
from core.frame.choices import Choice
from core.frame.plain import plain
from core.runs import catalog, classroom, store
from core.runs.classroom import Closed, Entry
from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec, meta
from core.training import job_folder, jobs, sweep
from core.training.job import Job
from core.training.job_folder import Progress
from core.ui import clicks
from core.ui.data_status import duration
from pages.lab import came, trials
from pages.lab.came import Came
from pages.lab.choices import key, put, value
from pages.lab.sweep import own as own_sweeps

SENTENCE = "A class trains together: everybody's trainings in one table and one picture, under an alias of their own choice."
HOW = (
    "Open a room and hand its link to your class. Who comes by it chooses an alias, and whatever they train in the lab from then on "
    "appears here. Nothing else is kept of them; the room ends after seven days, the trainings stay."
)
POLL_SECONDS = 3.0
MOST = 500  # trainings that are shown, the newest
AGAINST = {"model": ModelSpec, "train": TrainSpec, "data": DataSpec}  # where the choices that can be compared stand
PLOTTED = ("whole", "number", "choice", "wholes")
USUAL = "train.learning_rate"
_TROUBLE = "_lab-room-trouble"
_SYNCED = "_lab-room-synced"


def room() -> Choice:
    """Which room; it goes along through all sections, so that what is trained in them is found in it."""

    def read(text: str) -> str:
        if text and not (len(text) == 16 and set(text) <= set("0123456789abcdef")):
            raise ValueError(text)
        return text

    return Choice("room", "", read, "the key of a room")


def choices() -> Sequence[Choice]:
    """What the picture compares, and which training is picked."""

    def read(text: str) -> str:
        if text not in _comparable():
            raise ValueError(text)
        return text

    return [links.text("against", USUAL, read, "a choice of the form", "class"), *trials.choices("class")[1:]]


def _comparable() -> dict[str, str]:
    """Field -> title."""
    return {
        f"{part}.{f.name}": meta(cls, f.name).title
        for part, cls in AGAINST.items()
        for f in fields(cls)
        if meta(cls, f.name).kind in PLOTTED
    }


def share_own() -> None:
    """Put what this person has trained since they joined the room into it; to be called wherever the lab is shown."""
    key_, me = value("room"), visitor.person()
    if not key_:
        return
    try:
        if not classroom.alias_of(key_, me):
            return
        sweeps = [found for found in map(sweep.find, own_sweeps()) if found is not None]
        mine = {*visitor.own(), *(cell.key for one in sweeps for cell in one.cells if cell.spec is not None)}
        synced: set[str] = st.session_state.setdefault(_SYNCED, {}).setdefault(key_, set())
        for run in mine - synced:
            spec = _spec(run)
            if spec is not None and not spec.private:  # what was brought in, or trained on own images, is nobody else's to see
                classroom.add(key_, me, run)
                synced.add(run)
    except (Closed, OSError):
        return


def show() -> None:
    """The section."""
    with st.container(key="lab-room"):
        if why := st.session_state.pop(_TROUBLE, ""):
            st.warning(plain(why), icon=":material/info:")
        if not value("room"):
            st.markdown(HOW)
            st.button("Open a room", key="lab-room-begin", type="primary", icon=":material/groups:", on_click=_begin)
            return
        try:
            left = classroom.seconds_left(value("room"))
            alias = classroom.alias_of(value("room"), visitor.person())
        except Closed as closed:
            page.empty("This room is closed", closed)
            st.button("Leave its link", key="lab-room-forget", icon=":material/close:", on_click=put, args=("room", ""))
            return
        days = left / 86_400
        st.caption(f"The room ends in {f'{days:.0f} days' if days >= 1.5 else duration(left)}. Its link is the address of this page.")
        _alias(alias)
        titles = _comparable()
        st.selectbox(
            "Compare by",
            list(titles),
            format_func=titles.__getitem__,
            key=key("against"),
            persist_state="session",
            width=320,
            help="The picture shows this choice of each training against how many images it reads right.",
        )
        st.session_state["_lab-room-drawn"] = value("pick")
        st.fragment(_everybody, run_every=POLL_SECONDS)()
        _picked()


def _begin() -> None:
    try:
        put("room", classroom.begin())
    except Closed as closed:
        st.session_state[_TROUBLE] = str(closed)
    except OSError as error:
        st.session_state[_TROUBLE] = job_folder.trouble(error)


def _alias(alias: str) -> None:
    """Ask for an alias, or say which one this person has."""
    with st.form("lab-alias-form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Your alias in this room",
            value=alias,
            max_chars=classroom.LONGEST,
            key="lab-alias",
            placeholder="for example Blue Heron",
            help="Everybody in the room sees it. Better not your name.",
            width=320,
        )
        st.form_submit_button("Change it" if alias else "Join", icon=":material/login:", on_click=_join)
        if alias:
            st.form_submit_button("Leave the room", icon=":material/logout:", on_click=_leave)


def _join() -> None:
    try:
        classroom.join(value("room"), visitor.person(), str(st.session_state.get("lab-alias", "")))
    except Closed as closed:
        st.session_state[_TROUBLE] = str(closed)
        return
    except OSError as error:
        st.session_state[_TROUBLE] = job_folder.trouble(error)
        return
    share_own()


def _leave() -> None:
    classroom.leave(value("room"), visitor.person())
    st.session_state.pop(_SYNCED, None)
    put("room", "")


def _spec(run: str) -> RunSpec | None:
    """What a training asked for; None where it is gone."""
    try:
        return catalog.find(run).spec
    except (store.MissingRun, store.DamagedRun):
        job = jobs.find(run)
        return job.spec if job is not None else None


Row = tuple[Entry, RunSpec, Progress, Came | None]


def _everybody() -> None:
    """All trainings of the room, as they come; the page runs again when another one is picked."""
    if st.session_state.get("_lab-room-drawn") != value("pick"):
        st.rerun()
    try:
        entries = classroom.entries(value("room"))
    except Closed:
        st.rerun()
    rows: list[Row] = []
    for entry in entries[-MOST:]:
        spec = _spec(entry.run)
        if spec is not None:
            now = Job(spec).progress()
            rows.append((entry, spec, now, came.of_spec(spec, now)))
    if not rows:
        page.empty("Nothing trained in this room yet", "Choose an alias above, then start a training under Train or Sweep.", 220)
        return
    members = len({entry.member for entry, *_ in rows})
    trained = [one for _, _, now, one in rows if one is not None and now.state == jobs.DONE and one.outcome.split]
    best = f"; the best has {numbers.percent(max(one.outcome.last for one in trained))} right" if trained else ""
    st.markdown(f"**{len(rows):,} training{'s' * (len(rows) != 1)}** of {members} member{'s' * (members != 1)}{best}.")
    left, right = st.columns([1, 1], gap="medium")
    with left:
        _scatter(rows)
    with right:
        _table(rows)


def _scatter(rows: Sequence[Row]) -> None:
    """A choice against the share right."""
    part, _, name = value("against").partition(".")
    known = meta(AGAINST[part], name)
    words = known.kind not in ("whole", "number")
    me = classroom.hashed(visitor.person())
    ended = [row for row in rows if row[2].state == jobs.DONE and row[3] is not None and row[3].outcome.split]
    chosen = [_value(spec, value("against")) for _, spec, *_ in ended]
    table = pd.DataFrame(
        {
            "key": [entry.run for entry, *_ in ended],
            "choice": [came.value_words(known, one) if words else float(one) for one in chosen],
            "value": [one.outcome.last for *_, one in ended if one is not None],
            "who": ["mine" if entry.member == me else "others" for entry, *_ in ended],
            "said": [f"{entry.alias}: {catalog.described(spec)}" for entry, spec, *_ in ended],
            "chosen": [entry.run == value("pick") for entry, *_ in ended],
            "now": clicks.count("lab-class"),
        }
    )
    if table.empty:
        page.empty("No training has ended yet", "Each becomes a point when it does.", 260)
        return
    spread = table["choice"] if not words else pd.Series([1.0])
    logarithmic = bool(not words and spread.min() > 0 and spread.max() / spread.min() >= 20)
    picture = charts.scatter(table, known.label, page.theme(), logarithmic=logarithmic, words=words)
    page.chart(
        picture, alt_text=f"{known.title} against the share right", key="lab-class", select=partial(_take, "lab-class"), width="stretch"
    )
    page.legend("One point a training; yours are diamonds. Click one to open it")


def _value(spec: RunSpec, field: str):  # type: ignore[no-untyped-def]  # of any field
    part, _, name = field.partition(".")
    return getattr(getattr(spec, part), name)


def _take(chart: str) -> None:
    picked = clicks.taken(chart)
    if picked is not None:
        put("pick", str(picked["key"]))


def _table(rows: Sequence[Row]) -> None:
    """A row a training, the best first; a click on a column's name sorts by it."""
    frame = pd.DataFrame(
        [
            {
                "alias": entry.alias,
                "network": catalog.described(spec),
                "right": 100 * one.outcome.last if one is not None and now.state == jobs.DONE else None,
                "rate": spec.train.learning_rate,
                "batch": spec.train.batch,
                "epochs": spec.train.epochs,
                "how": "stuck" if one is not None and one.outcome.stuck and now.state == jobs.DONE else trials.short(now),
                "run": entry.run,
            }
            for entry, spec, now, one in rows
        ]
    )
    frame = frame.iloc[np.argsort(-frame["right"].fillna(-1.0).to_numpy(), kind="stable")].reset_index(drop=True)

    def take() -> None:
        picked = st.session_state["lab-class-table"]["selection"]["rows"]
        if picked:
            put("pick", str(frame.iloc[picked[0]]["run"]))

    st.dataframe(
        frame,
        hide_index=True,
        key="lab-class-table",
        on_select=take,
        selection_mode="single-row",
        height=380,
        column_config={"right": st.column_config.NumberColumn(format="%.1f%%", help="Of the test images, at the end.")},
    )


def _picked() -> None:
    """The training that is picked, and the way to it."""
    spec = _spec(value("pick")) if value("pick") else None
    if spec is None:
        return
    with st.container(border=True, key="lab-class-picked"):
        st.markdown(f"{plain(catalog.described(spec))}; {plain(catalog.trained(spec))}.")
        go: Callable[[str], None] = trials.open_run
        st.button("Open this training", key="lab-class-open", on_click=go, args=(spec.key,), icon=":material/search:")
