"""A run that is finished: how good it is, the pages that look inside it, and its files."""

import json

import streamlit as st

from core.charts import numbers
from core.data import catalog as data
from core.runs import catalog, fitting, store
from core.runs.run import WEIGHTS, Run
from core.specs import RunSpec, to_dict
from core.ui import cached, site


def stored(spec: RunSpec) -> Run | None:
    """The stored run of a spec, or None where there is none that can be read."""
    try:
        store.folder_of(spec.key)
    except store.MissingRun:
        return None
    return cached.readable(spec.key)


def test_words(spec: RunSpec) -> str:
    """The images on which a run is tested, in words."""
    what = data.DATASETS[spec.data.name].test_words if spec.data.name in data.DATASETS else "test images"
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
    """Its spec and its weights; what other files can be made of it stands here too."""
    with st.popover("Download", icon=":material/download:", key="lab-downloads", on_change="rerun") as popover:
        if not popover.open:
            return
        text = json.dumps(to_dict(run.spec), indent=1, sort_keys=True) + "\n"
        _file("Spec (JSON)", text, f"{run.key}.json", "application/json")
        path = run.folder / WEIGHTS
        if path.exists():
            _file("Weights (safetensors)", lambda: path.read_bytes(), f"{run.key}.safetensors", "application/octet-stream")


def _file(label: str, content, name: str, kind: str) -> None:  # type: ignore[no-untyped-def]  # text, bytes or what makes them
    st.download_button(label, content, name, kind, key=f"lab-file-{name}", on_click="ignore", icon=":material/download:")
