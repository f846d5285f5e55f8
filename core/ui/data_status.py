"""Which images a page shows, and the way to get the real ones: start, progress, cancel, try again."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.data import cifar, digits, stand_in
from core.data.download import CANCELLED, DOWNLOADS, FAILED, IDLE, RUNNING, Download, Progress

POLL_SECONDS = 1.0
_handled: dict[str, Progress] = {}  # data set -> the ended download that the caches know of


@dataclass(frozen=True)
class _Words:
    """What the panel of a data set says."""

    size: str  # of the download
    without: str  # what is shown, or missing, while the data set is not there
    trouble: Callable[[], str]  # why it cannot be read; empty when it can


def _cifar_trouble() -> str:
    return "" if cifar.available() else "CIFAR-10 is not here."


WORDS = {
    "mnist": _Words(
        "11 MB",
        f"The digits on this page are the **{stand_in.SOURCE}**: 400 test digits of 8x8 pixels, scaled to 28x28. "
        "Networks trained on MNIST know them less well.",
        digits.trouble,
    ),
    "cifar10": _Words(
        "163 MB",
        "Without CIFAR-10 this page shows templates, averages and counts from the stored runs, but no sample pictures.",
        _cifar_trouble,
    ),
}


def mnist() -> str:
    """Say which digits these are and offer MNIST where it is not; returns the name of the digits' source.

    The first visitor of a server without MNIST sets its download off, in the background.
    """
    if not digits.trouble():
        return digits.SOURCE
    DOWNLOADS["mnist"].start_once()
    _panel("mnist")
    return stand_in.SOURCE


def cifar10() -> bool:
    """Whether CIFAR-10 is here; where it is not, offer it. It is never fetched unasked."""
    if cifar.available():
        return True
    _panel("cifar10")
    return False


def _panel(name: str) -> None:
    with st.container(border=True, key=f"data-{name}"):
        running = DOWNLOADS[name].progress().state == RUNNING
        st.fragment(_state, run_every=POLL_SECONDS if running else None)(name, running)


def _state(name: str, was_running: bool) -> None:
    """The panel as it stands; the whole page runs again when a download begins or ends."""
    item, words = DOWNLOADS[name], WORDS[name]
    now = item.progress()
    if was_running and now.state != RUNNING:
        _forget(item, now)
        st.rerun()
    st.markdown(words.without)
    if now.state == RUNNING:
        st.progress(now.share, text=arrived(item, now))
        st.button("Cancel", key=f"data-{name}-cancel", icon=":material/close:", on_click=item.cancel)
        return
    if now.state in (FAILED, CANCELLED):
        st.markdown(now.sentence)
    elif not (trouble := words.trouble()).startswith(f"{item.title} is not here"):  # damaged, or not whole
        st.markdown(trouble)
    label = f"Get {item.title} ({words.size})" if now.state == IDLE else f"Try {item.title} again ({words.size})"
    if st.button(label, key=f"data-{name}-get", icon=":material/download:"):
        item.start()
        st.rerun()


def arrived(item: Download, now: Progress) -> str:
    """Progress in words."""
    if now.bytes == 0:
        return f"Getting {item.title}: asking for it"
    if now.share >= 1:
        return f"Getting {item.title}: unpacking it"
    left = "" if now.seconds_left is None else f", about {duration(now.seconds_left)} left"
    return f"Getting {item.title}: {now.bytes / 1e6:.1f} of {now.total / 1e6:.1f} MB{left}"


def duration(seconds: float) -> str:
    """A time in words, to the nearest second or minute."""
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"


def _forget(item: Download, ended: Progress) -> None:
    """Once for each download that arrived: what was cached without it is read again."""
    if ended.share == 1 and _handled.get(item.name) is not ended:
        _handled[item.name] = ended
        st.cache_data.clear()
        st.cache_resource.clear()
