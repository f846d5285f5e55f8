"""One training: live while it is under way, and what can be done with it once it is finished."""

import re
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.frame import page, visitor
from core.frame.choices import Choice
from core.frame.plain import plain
from core.runs import catalog, store
from core.runs.run import Run
from core.serving import limits
from core.specs import RunSpec, SpecError, TrainSpec
from core.training import jobs
from core.training.jobs import Job
from core.ui import cached, forms, jobs_view, networks
from pages.lab import compare, differences, form, opened
from pages.lab.choices import put, value
from pages.lab.picture import picture

SENTENCE = "Watch a network learn. It goes on when you leave, and is found again under All trainings."
MORE = 10  # epochs that a finished run is trained on for
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_TROUBLE = "_lab-trouble"


def choices() -> Sequence[Choice]:
    """Which training."""

    def read(text: str) -> str:
        if text and not _ID.fullmatch(text):
            raise ValueError(text)
        return text

    return [networks.NetworkChoice("run", "", read, "the key or name of a training", section="watch")]


def show() -> None:
    """The section."""
    id_ = value("run") or next(iter(visitor.own()), "")
    if not id_:
        page.empty("Nothing to watch yet", "Start a training under Train, or choose one under All trainings.")
        return
    job, run = found(id_)
    if job is None:
        page.empty("This training is not known here", "It may have been deleted, or belong to another server. Choose another one.")
        return
    if job.progress().state == jobs.DONE and run is None:
        page.empty("This run cannot be read", "Its files are damaged; train it again under Train with the same choices.")
        return
    entry = catalog.entry(job.spec)
    st.markdown(f"**{plain(entry.title)}**  \n{plain(entry.line)}")
    if changes := job.spec.train.changes:
        st.markdown(f"Changed on the way: {differences.on_the_way(changes)}.")
    if trouble := st.session_state.pop(_TROUBLE, ""):
        st.warning(plain(trouble), icon=":material/info:")
    with st.container(key="lab-live-section"):
        if run is not None:
            _finished(run)
        else:
            _live(job)


def found(id_: str) -> tuple[Job | None, Run | None]:
    """The training of a key or a name, and its run where it is finished."""
    try:
        spec = catalog.find(id_).spec
    except (store.MissingRun, store.DamagedRun):
        return jobs.find(id_), None
    under_way = jobs.find(spec.key)
    if under_way is not None and under_way.progress().state in jobs.ACTIVE:
        return under_way, None
    return Job(spec), cached.readable(id_)


def _live(job: Job) -> None:
    """A job until it ends; its pictures change by themselves."""
    now = jobs_view.show(job, "lab-live", picture)
    with st.container(horizontal=True):
        if now.state in jobs.ACTIVE and job.owned_by(visitor.person()):
            _rates(job)
        _again(job.spec)


def _rates(job: Job) -> None:
    """Other rates from the next epoch on."""
    train = job.spec.train
    with st.popover("Change its rates", icon=":material/tune:", key="lab-rates"):
        st.markdown("What you set here holds from the next epoch on. The run becomes one of its own, whose record says when.")
        names = ["learning_rate", "weight_decay", *(["momentum"] if train.optimizer == "sgd" else [])]
        before = train.at(int(job.progress().epoch))
        for name in names:
            st.session_state.setdefault(f"lab-now-{job.key}-{name}", getattr(before, name))
            forms.field(TrainSpec, name, f"lab-now-{job.key}-{name}")
        st.button("Go on with these", key="lab-change", type="primary", on_click=_change, args=(job, names))


def _change(job: Job, names: list[str]) -> None:
    rates = {name: st.session_state[f"lab-now-{job.key}-{name}"] for name in names}
    try:
        new = jobs.change(job, owner=visitor.person(), **rates)
    except SpecError as error:
        st.session_state[_TROUBLE] = str(error)
        return
    _follow(new, job)


def _follow(new: Job, old: Job) -> None:
    """Go on watching what came of a training."""
    if new.trouble:
        st.session_state[_TROUBLE] = new.trouble
        return
    if new.key != old.key and old.key in visitor.own() and old.progress().state != jobs.DONE:
        visitor.own().remove(old.key)
    visitor.add_own(new.key)
    put("run", new.key)


def _finished(run: Run) -> None:
    """A stored run: how good it is, its pictures, and what to do with it."""
    with st.container(border=True, key="lab-live"):
        st.markdown(f"Finished: {opened.result(run)}. Run `{run.key}`.")
        picture(run)
    opened.pages(run)
    with st.container(horizontal=True):
        if run.spec.origin is None:
            st.button(f"{MORE} more epochs", key="lab-more", icon=":material/add:", on_click=_more, args=(run.spec,))
        _again(run.spec)
        st.button("Compare it", key="lab-to-compare", icon=":material/stacked_line_chart:", on_click=compare.add, args=(run.key,))
        opened.downloads(run)
    parent = run.header.get("parent")
    if isinstance(parent, str) and _ID.fullmatch(parent):
        st.button(f"It goes on from run {parent}", key="lab-parent", type="tertiary", on_click=put, args=("run", parent))


def _more(spec: RunSpec) -> None:
    """Ten more epochs of a finished run."""
    try:
        longer = replace(spec, train=replace(spec.train, epochs=spec.train.epochs + MORE))
        why = limits.against(longer, visitor.own())
        job = None if why else jobs.more(spec, MORE, owner=visitor.person())
    except SpecError as error:
        why, job = str(error), None
    if job is None:
        st.session_state[_TROUBLE] = why
    else:
        _follow(job, Job(spec))


def _again(spec: RunSpec) -> None:
    """Its choices in the form, to change them."""
    if spec.origin is None:
        st.button("Change and train again", key="lab-again", icon=":material/edit:", on_click=form.put_spec, args=(spec,))
