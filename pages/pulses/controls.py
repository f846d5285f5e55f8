"""How the set of pulses is drawn, opened and taken away."""

import streamlit as st

from core.data import pulse_files
from core.frame.plain import plain
from core.serving.upload import read, upload
from core.specs import DataSpec, PulseSpec
from core.ui import forms
from core.ui.pulse_set import BadPulseFile, Source, drawn, opened
from pages.pulses import choices, words
from pages.pulses.choices import key

LEFT = ("size", "line", "pixel_noise", "missing_columns", "drift")
HOW = "pulses-how"  # whether the choices of how it is drawn are open
UPLOAD = "pulses-upload"
RIGHT = ("amplitude", "square_width", "gaussian_sd", "frequency", "phase", "x_offset", "y_offset")


def controls() -> Source:
    """The choices of the set; returns the set they ask for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Images in the set", choices.COUNTS, key=key("count"), format_func="{:,}".format, required=True, persist_state="session"
        )
        forms.field(DataSpec, "seed", key("seed"), title="Seed", help=words.SEED_HELP, width=130)
        forms.field(PulseSpec, "classes", key("classes"))
        with st.popover("How it is drawn", icon=":material/tune:", width="content", key=HOW, on_change="rerun") as how:
            if how.open:  # a dozen sliders take a third of a run
                _drawing()
        with st.popover("Open a set", icon=":material/folder_open:", width="content"):
            st.markdown(words.OPEN_A_SET)
            file = upload("Set of pulses (ZIP)", "zip", key=UPLOAD)
            st.caption("Remove the file to come back to the set drawn here.")
    if file is not None:
        try:
            source = read(UPLOAD, file, lambda data, _: opened(data))
        except BadPulseFile as error:
            st.error(plain(error), icon=":material/error:")
        else:
            assert source.opened is not None
            st.info(
                f"{len(source.frame):,} pictures of {plain(file.name[:60])}. " + plain(" ".join(source.opened.notes)),
                icon=":material/folder_open:",
            )
            return source
    return drawn(choices.spec(), choices.value("count"), choices.value("seed"))


def _drawing() -> None:
    """Size, line, ranges and disturbances."""
    for column, names in zip(st.columns(2), (LEFT, RIGHT), strict=True):
        with column:
            forms.fields(PulseSpec, choices.PAGE, names)


@st.fragment
def downloads(source: Source) -> None:
    """The set as ZIP, NPZ and JSON; files are made when asked for."""
    spec, count = source.spec, len(source.frame)
    name = f"pulses-{count}-seed{source.seed}"
    if not source.fits_download:
        st.caption("This set is too large to be packed here; choose fewer or smaller images to download it.")
    with st.container(key="pulses-downloads", horizontal=True):
        st.download_button(
            "Pictures and labels (ZIP)",
            lambda: pulse_files.to_zip(spec, source.whole(), source.seed),
            f"{name}.zip",
            "application/zip",
            key="pulses-download-zip",
            on_click="ignore",
            icon=":material/folder_zip:",
            disabled=not source.fits_download,
        )
        st.download_button(
            "Arrays (NPZ)",
            lambda: pulse_files.to_npz(spec, source.whole(), source.seed),
            f"{name}.npz",
            "application/octet-stream",
            key="pulses-download-npz",
            on_click="ignore",
            icon=":material/data_array:",
            disabled=not source.fits_download,
        )
        st.download_button(
            "Spec (JSON)",
            pulse_files.spec_json(spec, count, source.seed),
            f"{name}.json",
            "application/json",
            key="pulses-download-spec",
            on_click="ignore",
            icon=":material/data_object:",
        )
