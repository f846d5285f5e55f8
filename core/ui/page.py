"""The frame that every page shares: title, sentence, notes, theme and the warm-up of the server."""

import gc
import os
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import streamlit as st

from core.charts import svg
from core.charts import theme as colours
from core.charts.prepared import Prepared
from core.serving import seen
from core.ui import address, screen
from core.ui.copy_link import copy_link

_STYLE = """
<style>
.vega-bindings { display: none !important; }
/* Wide tables scroll inside their box too. */
[data-testid="stMarkdownContainer"]:has(> table) { overflow-x: auto; max-width: 100%; }
/* Fixed-size charts scroll inside their box on a narrow screen. */
[data-testid="stVegaLiteChart"] { overflow-x: auto; max-width: 100%; }
.block-container { padding-top: 3.25rem; max-width: 1400px; }
/* In the bar at the top, left of Streamlit's own signs. */
.st-key-copy-link { position: fixed !important; top: 0.75rem; right: 7rem; width: auto !important; z-index: 999990; }
.st-key-screen-box, [class*="st-key-address"] { position: absolute !important; }
/* The line about a data set stays one line. */
[class*="st-key-data-"] [data-testid="stPopover"] button p { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
h1 { padding: 0.25rem 0 !important; font-size: 2rem !important; }
</style>
"""


@lru_cache(maxsize=1)
def _freeze() -> bool:
    """Once a process: take what is loaded out of the garbage collector's sight, so that its full runs stay short."""
    gc.collect()
    gc.freeze()
    return True


@lru_cache(maxsize=2)
def _sign(dark: bool) -> str:
    return svg.sign("Kernel Explorer", colours.theme(dark))


def _canvas() -> bool:
    """Charts are drawn on canvas, which is faster; KERNEL_EXPLORER_RENDERER=svg makes them readable mark by mark."""
    return os.environ.get("KERNEL_EXPLORER_RENDERER") != "svg"


def theme() -> colours.Theme:
    """The colours of the theme in use."""
    return colours.theme(st.context.theme.type == "dark")


def header(title: str, sentence: str, notes: Iterable[str] = ()) -> None:
    """Title, a button that copies the link, the sentence that says what the picture shows, and notes on what could not be done."""
    _freeze()
    st.logo(_sign(theme().dark), size="small")
    st.html(_STYLE)
    screen.mount()
    st.title(title, anchor=False)
    st.markdown(sentence)
    for note in notes:
        st.warning(note, icon=":material/info:")
    copy_link()


def chart(
    picture: Prepared,
    *,
    alt_text: str,
    key: str | None = None,
    select: bool | Callable[[], None] = False,
    width: str = "content",
    steady: bool = False,
    pictures: str = "",
):
    """Show a chart; with `select` its selections come back and rerun the script or fragment.

    What it opens with is kept as long as the same chart of the same data stays up: a change would draw it anew.

    Args:
        alt_text: what a screen reader says instead of the picture.
        select: or what to call before that rerun; the selection lies in `st.session_state[key]`.
        width: "content", or "stretch" for as wide as its column.
        steady: its large tables stay as they are while it is up and are alike for everyone, so that they have addresses of their
            own: a browser fetches each once; another table would draw the chart anew.
        pictures: the table whose `url` are pictures that are alike for everyone, which get addresses of their own.
    """
    spec = picture.shown(_opening(key, picture), "canvas" if _canvas() else "svg")
    if pictures:
        table = picture.tables[pictures]
        spec["datasets"] = {**spec["datasets"], pictures: table.assign(url=[seen.lifted(one) for one in table["url"]])}
    return st.vega_lite_chart(  # type: ignore[call-overload]  # its overloads want each word apart
        _by_address(picture, spec) if steady else spec,
        theme=None,
        key=key,
        width=width,
        on_select=select if callable(select) else "rerun" if select else "ignore",
        alt=alt_text,
    )


def _opening(key: str | None, picture: Prepared) -> Mapping[str, Any]:
    """The opening values with which this chart was first drawn since its page was opened."""
    if key is None or not picture.opening:
        return picture.opening
    kept = st.session_state.get(f"_opening-{key}")
    if kept is None or kept[0] is not picture.spec or kept[1:3] != (picture.values, address.visit()):
        kept = st.session_state[f"_opening-{key}"] = (picture.spec, picture.values, address.visit(), picture.opening)
    return kept[3]


def _by_address(picture: Prepared, spec: Mapping[str, Any]) -> dict[str, Any]:
    """The spec of a picture with addresses in place of its large tables."""
    tables = {name: seen.table(table) for name, table in picture.tables.items()}
    addresses = {name: {"url": table, "format": {"type": "json"}} for name, table in tables.items() if isinstance(table, str)}
    inside = {name: table for name, table in spec["datasets"].items() if name not in addresses}
    return {**_pointed({name: part for name, part in spec.items() if name != "datasets"}, addresses), "datasets": inside}


def _pointed(part: Any, addresses: Mapping[str, Any]) -> Any:
    """A part of a spec with addresses wherever a table of that name is its data."""
    if isinstance(part, list):
        return [_pointed(one, addresses) for one in part]
    if not isinstance(part, dict):
        return part
    out = {name: _pointed(one, addresses) for name, one in part.items()}
    data = out.get("data")
    if isinstance(data, dict) and data.get("name") in addresses:
        out["data"] = addresses[data["name"]]
    return out


def legend(words: str = colours.SIGNED_WORDS) -> None:
    """The colours in words, under a picture."""
    st.caption(words[0].upper() + words[1:] + ".")


def empty(title: str, cure: str, height: int = 320) -> None:
    """A designed empty state, of the height that the picture would have."""
    with st.container(border=True, height=height, vertical_alignment="center", horizontal_alignment="center"):
        st.markdown(f"**{title}**")
        st.markdown(cure)
