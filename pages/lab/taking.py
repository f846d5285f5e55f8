"""What can be taken away of a training, and brought back: spec and weights, a script of its own, a notebook."""

from typing import Any

import streamlit as st

from core.frame import visitor
from core.frame.plain import plain
from core.importing import own_run
from core.importing.leaving_script import notebook, script
from core.importing.refusal import Refused
from core.runs.run import Run
from core.serving import upload
from core.training import job_folder
from pages.lab.choices import put

_TROUBLE = "_lab-back-trouble"


def files(run: Run) -> None:
    """A button for each file; a file is made when it is asked for."""
    _file("Spec and history (JSON)", lambda: own_run.about(run), f"{run.key}.json", "application/json")
    if run.shapes:
        _file("Weights (safetensors)", lambda: own_run.weights(run), f"{run.key}.safetensors", "application/octet-stream")
    try:
        text = script(run.spec)
    except Refused as refused:
        st.caption(plain(refused))
        return
    _file("PyTorch script", text, f"train-{run.key}.py", "text/x-python")
    _file("Notebook", lambda: notebook(run.spec), f"train-{run.key}.ipynb", "application/x-ipynb+json")


def _file(label: str, content: Any, name: str, kind: str) -> None:
    st.download_button(label, content, name, kind, key=f"lab-file-{name}", on_click="ignore", icon=":material/download:")


def bring_back() -> None:
    """A place for the two files of a run."""
    with st.expander("Bring a run back", icon=":material/upload:", key="lab-back"):
        st.markdown("The two files that a download gives: the spec (.json) and the weights (.safetensors). It becomes a run of yours.")
        left, right = st.columns(2)
        with left:
            about = upload.upload("Spec and history", "json", key="lab-back-json")
        with right:
            tensors = upload.upload("Weights", "safetensors", key="lab-back-tensors")
        ready = about is not None and tensors is not None
        st.button("Bring it in", key="lab-back-go", icon=":material/input:", disabled=not ready, on_click=_back, args=(about, tensors))
        if why := st.session_state.pop(_TROUBLE, ""):
            st.error(plain(why), icon=":material/error:")


def _back(about: Any, tensors: Any) -> None:
    """In a callback: store the run of two uploaded files, and show it."""
    try:
        run = own_run.back(about.getvalue(), tensors.getvalue(), about.name.removesuffix(".json"))
    except Refused as refused:
        st.session_state[_TROUBLE] = str(refused)
        return
    except OSError as error:
        st.session_state[_TROUBLE] = job_folder.trouble(error)
        return
    visitor.add_own(run.key)
    put("section", "watch")
    put("run", run.key)
