"""A player for pictures over time: play, pause, step, speed and a slider, all in the browser."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.frame.browser_part import browser_part
from core.serving import seen
from core.ui.player.sentences import packed

_component = browser_part("kernel_explorer_player", __file__, fetches=True)


def player(
    key: str,
    labels: Sequence[str],
    value: int,
    targets: Sequence[str],
    *,
    name: str = "epoch",
    signal: str = "epoch",
    signals: Mapping[str, Any] | None = None,
    sentences: Mapping[str, Sequence[str]] | None = None,
    own: bool = False,
    on_rest: Callable[[], None] | None = None,
) -> int:
    """Show the player and return the frame at which it rests.

    While it moves it writes the frame number into the hidden inputs of Altair parameters called `signal`, bound with
    `alt.binding_range(min=0, max=len(labels) - 1, step=1)`, in the charts inside containers with the keys `targets`;
    those redraw in the browser. 200 ms after it comes to rest the frame is reported once and the script (or the
    fragment around it) runs again.

    Args:
        labels: what stands for each frame, one a frame.
        value: the frame to show; a changed value moves the player.
        signals: further bound parameters (`alt.binding(input="text")`) and the values to give them.
        sentences: what stands in a container of this key at each frame, one text a frame; while the player moves, the browser
            shows the frame's instead of what the server wrote there (paragraphs, bold and a heading of three signs alone).
        own: whether the sentences say what this person drew or brought, which is of no use to others.
        on_rest: called before the rerun that reports a frame; read `st.session_state[key]["frame"]` there.
    """

    def known(frame: object) -> bool:
        return type(frame) is int and 0 <= frame < len(labels)

    def rested() -> None:
        if on_rest is not None and known(st.session_state[key].get("frame")):
            on_rest()

    texts = tuple((key, tuple(each)) for key, each in (sentences or {}).items())

    def told() -> dict[str, Any]:
        return {key: packed(each) for key, each in texts}

    result = _component(
        key=key,
        data={
            "labels": list(labels),
            "value": int(value),
            "targets": list(targets),
            "name": name,
            "signal": signal,
            "signals": dict(signals or {}),
            "sentences": told() if own or not texts else seen.told_as(("sentences", texts), told),
        },
        default={"frame": int(value), "report": 0},
        on_frame_change=lambda: None,
        on_report_change=rested,
    )
    taken = f"_{key}-report"  # each report counts once: later the page may move the player elsewhere
    report, frame = result.get("report"), result.get("frame")
    if not known(frame) or not report or report == st.session_state.get(taken):
        return int(value)
    st.session_state[taken] = report
    return int(frame)
