"""What a training will take, as the form says it: parameters, memory, room and time on this machine, which is measured once."""

from contextlib import suppress

import streamlit as st

from core.frame import address
from core.models import network
from core.specs import RunSpec
from core.training import calibration, estimate, loop, tasks
from core.ui.data_status import duration

POLL_SECONDS = 1.0
LONG = 3_600.0  # seconds from which a training is worth a word


def show(spec: RunSpec) -> None:
    """Numbers in a row."""
    costs = calibration.costs(spec.model.kind)
    measuring = costs is None and not loop.missing()
    with st.container(horizontal=True):
        st.metric("Parameters", f"{network.parameter_count(spec.model):,}", help="Weights and biases that the training moves.")
        st.metric("Memory", size(estimate.memory(spec)), help="About what its process needs while it trains.")
        st.metric("Stored", size(estimate.stored(spec)), help="The finished run on the disk: every state that is kept.")
        if measuring:
            st.fragment(_measuring, run_every=POLL_SECONDS)(spec.model.kind)
        elif costs is not None:
            seconds = estimate.seconds(spec, costs)
            st.metric("Expected time", f"about {long_duration(seconds)}", help="On one free core of this machine, which was measured.")
    if costs is not None and estimate.seconds(spec, costs) > LONG:
        st.caption("That is long. Fewer images, epochs or units are quicker; you can also leave, and come back: it goes on without you.")


def _measuring(kind: str) -> None:
    """While this machine is measured: begun a moment after the page is up, so that the page comes first."""
    if calibration.costs(kind) is not None:
        st.rerun()
    task = calibration.task()
    if not address.current().whole and tasks.progress(task).state == tasks.NONE:
        with suppress(OSError):  # a store that can only be read keeps no answer
            tasks.start(task)
    failed = tasks.progress(task).state == tasks.FAILED
    st.metric(
        "Expected time",
        "not known" if failed else "measuring",
        help="This machine could not be measured." if failed else "This machine trains a few small networks, once, to know how fast it is.",
    )


def size(count: float) -> str:
    """Bytes in words."""
    if count < 1e6:
        return f"{max(count / 1e3, 1):,.0f} kB" if count else "nothing"
    return f"{count / 1e6:,.0f} MB" if count < 1e9 else f"{count / 1e9:,.1f} GB"


def long_duration(seconds: float) -> str:
    """A time in words, to hours and days."""
    if seconds < 5_400:
        return duration(seconds)
    return f"{seconds / 3_600:.1f} hours" if seconds < 172_800 else f"{seconds / 86_400:.1f} days"
