"""A state of any network as a file for other programs."""

import streamlit as st

from core.data import catalog as data
from core.frame import choices as links
from core.frame import page
from core.frame.plain import plain
from core.importing import leaving, leaving_torch
from core.importing.refusal import Refused
from core.serving.shared import shared
from core.specs import SpecError
from core.ui import networks, shown
from core.ui.shown import Shown
from pages.own.choices import PAGE

TITLES = {
    "safetensors": "safetensors: weights alone, for any program",
    "torch": "PyTorch: state_dict and its script",
    "onnx": "ONNX: for every program that runs networks",
    "keras": "Keras: .h5 that load_model opens",
}
SAYS = (
    "Every file says exactly the network that you see here, all numbers in float32. Dropped on this page it comes back bit for bit, and "
    "other programs get the same answers from it: pixels from 0 to 1, ink 1."
)


def away() -> None:
    """The section: which network, which state, which format, and the file."""
    left, middle, right = st.columns([4, 3, 4], gap="medium", vertical_alignment="bottom")
    with left:
        id_ = networks.chooser(PAGE, "run", lambda spec: spec.train.store != "history")
    net = networks.opened(id_)
    if net is None:
        return
    with middle:
        names = range(net.run.states)
        state = names[-1] if len(names) == 1 else st.select_slider(
            "State", names, value=names[-1], key=f"own-away-state-{net.key}", format_func=lambda i: shown.state_words(net.run, i)
        )  # fmt: skip
        if len(names) == 1:
            st.markdown(f"State: {net.words}, the only one.")
    with right:
        format_ = st.selectbox("As", list(TITLES), format_func=TITLES.__getitem__, key=links.key(PAGE, "format"), persist_state="session")
    files, why = made(net.at(state), format_)
    if why:
        page.empty("Not in this format", why, 200)
        return
    st.markdown(SAYS)
    with st.container(horizontal=True, key="own-away"):
        for name, content in files.items():
            st.download_button(
                f"{name} ({size(len(content))})",
                content,
                name,
                "text/x-python" if name.endswith(".py") else "application/octet-stream",
                key=f"own-away-{name}",
                icon=":material/download:",
                on_click="ignore",
            )
    script = next((content for name, content in files.items() if name.endswith(".py")), None)
    if script is not None:
        st.code(script.decode(), language="python")


def size(count: int) -> str:
    """Bytes in words."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


def made(net: Shown, format_: str) -> tuple[dict[str, bytes], str]:
    """The files of a state by their names; or why there are none, in a sentence."""
    return _made(net, net.key, net.run.states, net.state, format_)


@shared()
def _made(_net: Shown, key: str, states: int, state: int, format_: str) -> tuple[dict[str, bytes], str]:
    spec, name = _net.run.spec, file_name(_net)
    try:
        shape = data.shape_of(spec.data)
        content = leaving.left(format_, spec.model, _net.weights, shape, spec.given_classes)
        if format_ != "torch":
            return {f"{name}{leaving.FORMATS[format_]}": content}, ""
        script = leaving_torch.script(*leaving.steps_of(spec.model, _net.weights, shape))
    except (Refused, SpecError) as error:
        return {}, str(error)
    except ImportError as error:
        return {}, f"This server lacks a part that writes this format ({error.name}); choose another one."
    return {"network.pt": content, "network.py": script.encode()}, ""


def file_name(net: Shown) -> str:
    """What the file is called: the network and its state."""
    name = plain(net.id).replace("\\", "")
    return f"{name}-{shown.labels(net.run)[net.state]}" if net.run.states > 1 else name
