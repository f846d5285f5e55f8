"""One line that says which images a page lacks, and behind it the way to get them: start, progress, cancel, try again."""

import streamlit as st

from core.data import catalog
from core.data.catalog import DataSet
from core.data.download import CANCELLED, DOWNLOADS, FAILED, IDLE, RUNNING, Download, Progress
from core.frame.plain import plain

POLL_SECONDS = 1.0


def notice(name: str) -> bool:
    """Whether a data set is here; where it is not, a line says what is so and opens on what can be done. Once a page.

    The line has the same height whatever happens, and goes when the data set has come. The first visitor of a server sets off
    the download of a data set that is fetched unasked, in the background.
    """
    if not catalog.missing(name):
        return True
    if name not in DOWNLOADS:
        st.caption(plain(catalog.missing(name)))
        return False
    if catalog.get(name).unasked:
        DOWNLOADS[name].start_once()
    running = DOWNLOADS[name].progress().state == RUNNING
    st.fragment(_line, run_every=POLL_SECONDS if running else None)(name, running)
    return False


def _line(name: str, was_running: bool) -> None:
    """The line as it stands; the whole page runs again when a download begins or ends."""
    data, item = catalog.get(name), DOWNLOADS[name]
    now = item.progress()
    if was_running and now.state != RUNNING:
        st.rerun()
    trouble = catalog.missing(name)
    with (
        st.container(key=f"data-{name}"),
        st.popover(plain(line(data, item, now, trouble)), type="tertiary", icon=":material/info:", key=f"data-{name}-details"),
    ):
        _details(data, item, now, trouble)


def _details(data: DataSet, item: Download, now: Progress, trouble: str) -> None:
    """What is so in sentences, how far the download is, and the button that helps."""
    st.markdown(data.details)
    if now.state == RUNNING:
        st.progress(now.share, text=arrived(item, now))
        st.button("Cancel", key=f"data-{data.name}-cancel", icon=":material/close:", on_click=item.cancel)
        return
    if now.state in (FAILED, CANCELLED):
        st.markdown(plain(now.sentence))
    elif not _absent(data, trouble):
        st.markdown(plain(trouble))
    label = f"Get {data.title} ({data.megabytes})" if now.state == IDLE else f"Try {data.title} again ({data.megabytes})"
    if st.button(label, key=f"data-{data.name}-get", icon=":material/download:"):
        item.start()
        st.rerun()


def _absent(data: DataSet, trouble: str) -> bool:
    """Whether it is simply not there, and not damaged or cut."""
    return trouble.startswith(f"{data.title} is not here")


def line(data: DataSet, item: Download, now: Progress, trouble: str) -> str:
    """The line in words: short, since what does not fit is cut off."""
    if now.state == RUNNING:
        return arrived(item, now)
    if now.state == FAILED:
        return f"{data.title} could not be downloaded"
    return data.without if _absent(data, trouble) else trouble.partition(":")[0]


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
