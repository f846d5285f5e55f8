"""A training in the background as people see it: how far it is, how well it goes, cancel, and how it ended."""

from collections.abc import Callable

import streamlit as st

from core.frame import visitor
from core.frame.plain import plain
from core.runs.run import Run
from core.serving import limits
from core.specs import RunSpec, SpecError
from core.training import jobs, loop
from core.training.jobs import Job, Progress
from core.ui.data_status import duration

_TROUBLE = "_training-trouble"
POLL_SECONDS = 1.0
NUMBERS = {  # metric of a state -> (label, format)
    "loss": ("Loss", "{:.3g}"),
    "accuracy_train": ("Training accuracy", "{:.1%}"),
    "accuracy_validation": ("Validation accuracy", "{:.1%}"),
    "accuracy_test": ("Test accuracy", "{:.1%}"),
}


def button(
    spec: RunSpec,
    key: str,
    label: str = "Train",
    icon: str = ":material/play_arrow:",
    *,
    main: bool = True,
    on_started: Callable[[str], None] | None = None,
) -> None:
    """A button that has a network trained for this person; a sentence below it says why that cannot be, now or at all.

    Args:
        on_started: gets the key of the run that is now under way.
    """
    missing = loop.missing()
    kind = "primary" if main else "secondary"
    st.button(label, key=key, type=kind, icon=icon, on_click=_start, args=(spec, on_started), disabled=bool(missing))  # type: ignore[arg-type]
    if why := missing or st.session_state.pop(_TROUBLE, ""):
        st.warning(plain(why), icon=":material/info:")


def _start(spec: RunSpec, on_started: Callable[[str], None] | None) -> None:
    try:
        why = limits.against(spec, visitor.own()) or jobs.submit(spec, owner=visitor.person()).trouble
    except SpecError as error:  # a shape that cannot be built
        why = str(error)
    if why:
        st.session_state[_TROUBLE] = why
        return
    visitor.add_own(spec.key)
    if on_started is not None:
        on_started(spec.key)


def show(job: Job, key: str, draw: Callable[[Run], None] | None = None) -> Progress:
    """Show a job until it ends; then the whole page runs again, so that it finds the stored run.

    Args:
        key: of the container, and the start of its widgets' keys.
        draw: draws the run as far as it is, at each look (a function of its own module: it runs in a fragment).
    """
    now = job.progress()
    with st.container(border=True, key=key):
        if now.state in jobs.ACTIVE:
            st.fragment(_under_way, run_every=POLL_SECONDS)(job, key, draw)
        else:
            _ended(job, now, key)
    return now


def _under_way(job: Job, key: str, draw: Callable[[Run], None] | None) -> None:
    now = job.progress()
    if now.state not in jobs.ACTIVE:
        st.rerun()
    st.progress(now.share, text=words(now))
    if now.sentence:  # why it waits
        st.info(plain(now.sentence), icon=":material/hourglass_empty:")
    _numbers(now, job.spec)
    if draw is not None and (run := job.run()) is not None:
        draw(run)
    me = visitor.person()
    if not job.owned_by(me):  # only who wants it can leave it
        return
    others = job.owners() > 1
    with st.container(horizontal=True):
        if now.state == jobs.PAUSED:
            st.button("Go on", key=f"{key}-resume", icon=":material/play_arrow:", on_click=job.resume, args=(me,))
        else:
            st.button("Pause", key=f"{key}-pause", icon=":material/pause:", on_click=job.pause, args=(me,), disabled=others)
        st.button("Leave it" if others else "Cancel", key=f"{key}-cancel", icon=":material/close:", on_click=_leave, args=(job,))


def _leave(job: Job) -> None:
    """Want it no more; where others do, it is not this person's any longer."""
    job.cancel(visitor.person())
    if job.owners() and job.key in visitor.own():
        visitor.own().remove(job.key)


def words(now: Progress) -> str:
    """Progress in words."""
    if now.state == jobs.PAUSED:
        return f"Paused at epoch {int(now.epoch)} of {now.epochs}"
    if now.state == jobs.QUEUED:
        if now.epoch >= 1:
            return f"{'Going' if now.taken else 'Waiting to go'} on from epoch {int(now.epoch)} of {now.epochs}"
        return "Starting" if now.taken else "Waiting for its turn"
    left = "" if now.seconds_left is None else f", {speed(now)}, about {duration(now.seconds_left)} left"
    return f"Epoch {now.epoch:.4g} of {now.epochs}{left}"


def speed(now: Progress) -> str:
    """How fast it goes, in words."""
    fast = now.epoch / max(now.seconds, 1e-9)
    return f"{fast:.2g} epochs a second" if fast >= 0.95 else f"{1 / fast:.2g} seconds an epoch"


def _numbers(now: Progress, spec: RunSpec) -> None:
    shown = [name for name in NUMBERS if name in now.metrics]
    for name, column in zip(shown, st.columns(len(shown)) if shown else [], strict=True):
        label, form = NUMBERS[name]
        column.metric(label, form.format(now.metrics[name]), help=f"of {images(name, spec):,} images")


def images(metric: str, spec: RunSpec) -> int:
    """How many images stand behind a number; the loss is that of the training images."""
    return {"accuracy_validation": spec.data.validation, "accuracy_test": spec.data.test}.get(metric, spec.data.train)


def _ended(job: Job, now: Progress, key: str) -> None:
    if now.state == jobs.DONE:
        st.markdown(f"Trained for {job.spec.train.epochs} epochs and stored as run `{job.key}`.")
        return
    st.markdown(plain(now.sentence))
    button(job.spec, f"{key}-again", "Start it again", ":material/refresh:", main=False)
