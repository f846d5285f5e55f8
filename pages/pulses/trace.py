"""A trace of an oscilloscope, opened from its file: what was understood of it, which channel is drawn, and what commas are.

The file read last is kept for the session as st.session_state["pulses-trace"] = {"name": str, "readings": (Reading, ...)}, so that it is
still there after a look at another page; its channels hold a few thousand heights each, whatever the file's size.
"""

from typing import Any

import streamlit as st

from core.data.pulse_files import BadPulseFile
from core.data.scope.file import Channel, Reading, read
from core.frame import choices as all_choices
from core.frame.plain import plain
from core.serving.upload import upload
from pages.pulses import choices, words
from pages.pulses.choices import key

KEPT = "pulses-trace"
UPLOAD = "pulses-own-csv"


def trace() -> tuple[str, Channel] | None:
    """Ask for a file, and for the channel; name and channel, or None after saying what is missing."""
    file = upload(words.TRACE, ["csv", "txt", "tsv", "dat", "asc"], key=UPLOAD, help=words.TRACE_HELP, on_change=_forget)
    kept = st.session_state.get(KEPT)
    if file is not None and (kept is None or kept["id"] != file.file_id):
        kept = st.session_state[KEPT] = _opened(file)
    if kept is None or (file is None and not kept["readings"]):
        st.caption(words.TRACE_FITTED)
        return None
    if not kept["readings"]:
        st.error(plain(kept["trouble"]), icon=":material/error:")
        return None
    if file is None:
        _still(kept)
    reading = _reading(kept["readings"])
    return None if reading is None else (kept["name"], _channel(reading))


def _opened(file: Any) -> dict[str, Any]:
    """What is kept of a file: its readings, or the sentence that says why there are none."""
    try:
        return {"id": file.file_id, "name": file.name[:60], "readings": read(file.getvalue())}
    except BadPulseFile as error:
        return {"id": file.file_id, "name": file.name[:60], "readings": (), "trouble": str(error)}


def _forget() -> None:
    """Another file, or none: the one before is no longer shown."""
    st.session_state.pop(KEPT, None)


def _still(kept: dict[str, Any]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Still open: **{plain(kept['name'])}**")
        st.button("Close it", key="pulses-trace-close", on_click=_forget, icon=":material/close:")


def _reading(readings: tuple[Reading, ...]) -> Reading | None:
    """The only reading, or the one that the person chooses; None until then."""
    if len(readings) == 1:
        return readings[0]
    by_kind = {reading.kind: reading for reading in readings}
    st.radio(
        words.COMMAS,
        list(by_kind),
        format_func=lambda kind: by_kind[kind].words if kind in by_kind else kind,
        key=key("commas"),
        index=None,
        persist_state="session",
    )
    chosen = by_kind.get(choices.value("commas"))
    if chosen is None:
        st.caption(words.COMMAS_WHY)
    return chosen


def _channel(reading: Reading) -> Channel:
    """The channel chosen, after saying what was understood and what was skipped."""
    names = [channel.name for channel in reading.channels]
    wanted = choices.value("channel")
    if len(names) > 1:
        if wanted and wanted not in names:
            st.caption(f"The file has no channel {plain(wanted)}; its first is shown.")
        shown = wanted if wanted in names else names[0]
        taken = all_choices.showing("pulses-trace-channel", shown, lambda name: choices.put("channel", name))
        st.selectbox("Channel", names, **taken)
    channel = reading.channel(wanted)
    st.markdown(f"{plain(channel.sentence)}. The samples run from {channel.low:.3g} to {channel.high:.3g}{_of(channel)}.")
    for note in (*reading.notes, *channel.notes):
        st.caption(plain(note))
    return channel


def _of(channel: Channel) -> str:
    return f" {plain(channel.unit)}" if channel.unit else ""
