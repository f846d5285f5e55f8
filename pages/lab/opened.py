"""A run that is finished: how good it is, the pages that look inside it, and its files."""

import streamlit as st

from core.charts import numbers
from core.data import catalog as data
from core.frame import site
from core.runs import catalog, fitting, store
from core.runs.run import Run
from core.specs import RunSpec
from core.ui import cached
from pages.lab import taking


def stored(spec: RunSpec) -> Run | None:
    """The stored run of a spec, or None where there is none that can be read."""
    try:
        store.folder_of(spec.key)
    except store.MissingRun:
        return None
    return cached.readable(spec.key)


def test_words(spec: RunSpec) -> str:
    """The images on which a run is tested, in words."""
    what = data.get(spec.data).test_words if data.known(spec.data) else "test images"
    return f"{spec.data.test:,} {what}"


def result(run: Run) -> str:
    """How good a run is, in words, as far as its history says so."""
    share = run.history.get("accuracy_test")
    if share is None or not len(share) or share[-1] != share[-1]:
        return f"{run.spec.train.epochs} epochs"
    return f"{numbers.percent(float(share[-1]))} of {test_words(run.spec)} right after {run.epochs[-1]:g} epochs"


def pages(run: Run) -> None:
    """Links to every page that can look inside it."""
    spec = run.spec
    found = fitting.opening(spec)
    if not found:
        st.caption("No page looks inside this run.")
        return
    st.markdown("**Open it in**")
    with st.container(horizontal=True, key="lab-opens"):
        for topic, link in found:
            entry = site.entry(topic)
            st.page_link(entry.file, label=entry.title, icon=entry.icon, query_params={link: catalog.entry(spec).id})


def downloads(run: Run) -> None:
    """Its files, made when they are asked for."""
    with st.popover("Download", icon=":material/download:", key="lab-downloads", on_change="rerun") as popover:
        if not popover.open:
            return
        taking.files(run)
