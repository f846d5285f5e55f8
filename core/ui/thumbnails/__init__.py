"""Small pictures with captions that wrap to the width there is; a click on one comes back to Python."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from core.frame.browser_part import browser_part
from core.serving import seen

_component = browser_part("kernel_explorer_thumbnails", __file__, fetches=True, roves=True)


@dataclass(frozen=True)
class Thumbnail:
    """One picture."""

    id: int
    url: str  # a data address
    caption: str


def thumbnails(
    key: str,
    items: Sequence[Thumbnail],
    *,
    side: int = 0,
    scale: int = 2,
    across: int = 0,
    picked: int | None = None,
    on_pick: Callable[[int], None] | None = None,
    own: bool = False,
) -> None:
    """Show pictures; with `on_pick` each is a button, and the callback gets its id before the rerun.

    Args:
        side: CSS pixels across of each picture, a whole multiple of its own; 0 to go by `scale`.
        scale: how many times its size a picture is shown without `side`, where there is room.
        across: pictures of a `side` in a row, half as many in a narrow place, smaller ones where that is too wide; 0 to wrap freely.
        picked: id of the picture that is marked.
        own: whether they show what this person drew or brought, which is of no use to others.
    """

    def report() -> None:
        chosen = st.session_state[key].get("picked")
        if chosen is not None and on_pick is not None:
            on_pick(int(chosen))

    told = [{"id": item.id, "url": item.url, "caption": item.caption} for item in items]
    _component(
        key=key,
        data={
            "items": told if own else seen.told(told),
            "side": side,
            "scale": scale,
            "across": across,
            "picked": picked,
            "clickable": on_pick is not None,
        },
        on_picked_change=report,
    )
