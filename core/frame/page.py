"""The frame that every page shares: title, sentence, notes, theme and the warm-up of the server."""

import base64
import gc
import os
import re
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st

from core.charts import svg
from core.charts import theme as colours
from core.charts.prepared import Prepared, arrow
from core.frame import address, chart_table, choices, present, screen, sheet
from core.frame.browser_part import heard
from core.frame.plain import plain
from core.serving import seen
from core.serving.shared import shared

SENTENCE = "page-sentence"  # key of the container that holds it, for a player whose frames have sentences of their own
_REMARKS = "_page-remarks"  # to be said by the next header
COLLECTIONS = (5_000, 5, 2)  # the young seldom, they go by themselves; the old as ever: a session that ended is garbage of some MB
# What a page must not be seen without.
_STYLE = """
.vega-bindings { display: none !important; }
.block-container { padding-top: 3.25rem; max-width: 1400px; }
.st-key-screen { position: fixed !important; top: 0.75rem; right: 7rem; width: auto !important; z-index: 999990; }
:is([class*="st-key-address"], [class*="st-key-kept"]) { position: absolute !important; }
[data-moves] > :not(.while-it-moves), .st-key-sheet { display: none !important; }
h1 { padding: 0.25rem 0 !important; font-size: 2rem !important; }
"""
_LATER = """
/* Wide tables scroll inside their box too. */
[data-testid="stMarkdownContainer"]:has(> table) { overflow-x: auto; max-width: 100%; }
/* Small words stay readable: Streamlit's own are at 60%, 4.3 to 1 on white. */
[data-testid="stCaptionContainer"] { opacity: 0.8 !important; }
/* A chart's toolbar stands under it, beside the button of its table, where it covers nothing; whoever tabs to it sees it. */
[data-testid="stFullScreenFrame"]:has([data-testid="stVegaLiteChart"])
  [data-testid="stElementToolbar"]:not(:has([aria-label^="Close fullscreen"])) {
  top: 100%; left: 6.5rem; right: auto; padding: 0.25rem 0 0;
}
[data-testid="stElementToolbar"]:focus-within { opacity: 1; z-index: 1; }
[class*="-as-table"]:has(> [data-testid="stPopover"]) { margin-top: -0.75rem; }
/* Fixed-size charts scroll inside their box on a narrow screen. */
[data-testid="stVegaLiteChart"] { overflow-x: auto; max-width: 100%; }
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation-duration: 0.01ms !important; transition-duration: 0.01ms !important; }
}
/* Columns stack a little earlier than Streamlit's own 640px, so that a window of 1,300 at a zoom of 200% has room; screen tells. */
@media (max-width: 700px) { [data-testid="stColumn"] { min-width: calc(100% - 1.5rem); } }
/* The line about a data set stays one line. */
[class*="st-key-data-"] [data-testid="stPopover"] button p { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
/* On a telephone the button that opens the list of pages says so, and needs room for it. */
@media (max-width: 640px) {
  .st-key-screen { right: 4rem !important; }
  [data-testid="stExpandSidebarButton"] { width: auto !important; min-height: 40px; padding: 0 0.5rem; gap: 0.25rem; }
  [data-testid="stExpandSidebarButton"]::after { content: "Pages"; font-size: 0.9rem; }
}
/* A sentence that follows a player while it moves (core/ui/player). */
.while-it-moves p { margin: 0 0 1rem; }
.while-it-moves h3 { padding: 0.5rem 0 1rem; font-size: 1.75rem; }
/* Terms of the glossary, which core/frame/screen finds. */
::highlight(glossary) { text-decoration: underline dotted 1.5px; text-underline-offset: 0.2em; }
.glossary-under [data-testid="stMarkdownContainer"] * { cursor: help; }
"""
# What is filled with the theme's colour is written in the paper's, dark in dark mode: Streamlit's white is 2 to 1 there. The box
# in which a list of choices is filtered is 12 pixels wide of itself.
_FILLED = f"""
:is([data-testid^="stBaseButton-primary"]:not(:disabled), [data-testid="stMultiSelect"] [data-tag], [data-tag] *) {{
  color: light-dark({colours.LIGHT.paper}, {colours.DARK.paper}) !important;
}}
[data-testid="stMultiSelect"] input {{ min-width: 24px !important; }}
"""
_IN_A_FRAME = "<style>.stAppHeader, .stSidebar { display: none !important; } .st-key-screen { right: 0.75rem; }</style>"  # of another page


@lru_cache(maxsize=1)
def _style() -> str:
    """The look of every page; all but what must be there at once is fetched once by a browser."""
    return f"<style>{seen.style(_LATER + _FILLED + sheet.STYLE)}{_STYLE}</style>"


@lru_cache(maxsize=1)
def _freeze() -> bool:
    """Once a process: take what is loaded out of the garbage collector's sight, so that its full runs stay short; see COLLECTIONS."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTIONS)
    return True


@lru_cache(maxsize=2)
def _sign(dark: bool) -> str:
    return svg.sign("Kernel Explorer", colours.theme(dark))


@lru_cache(maxsize=1)
def icon() -> str:
    """The browser tab's icon, with its picture in it: Streamlit would have every browser fetch one of its own from another server."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.icon(colours.theme(dark=False)).encode()).decode()}"


def _canvas() -> bool:
    """Charts are drawn on canvas, which is faster; KERNEL_EXPLORER_RENDERER=svg makes them readable mark by mark."""
    return os.environ.get("KERNEL_EXPLORER_RENDERER") != "svg"


def theme() -> colours.Theme:
    """The colours of the theme in use."""
    return colours.theme(st.context.theme.type == "dark")


def remark(notes: Iterable[str]) -> None:
    """Have notes said under the header of the page that runs next."""
    st.session_state[_REMARKS] = list(notes)


def header(title: str, sentence: str, notes: Iterable[str] = ()) -> None:
    """Title, a button that copies the link, the sentence that says what the picture shows, and notes on what could not be done."""
    _freeze()
    notes = [*notes, *st.session_state.pop(_REMARKS, ()), *choices.declare(present.PAGE, present.declared())]
    st.logo(_sign(theme().dark), size="small")
    st.html(_style() + (_IN_A_FRAME if st.context.is_embedded else ""))
    st.title(title, anchor=False)
    with st.container(key=SENTENCE):
        st.markdown(sentence)
    for note in notes:
        st.warning(plain(note), icon=":material/info:")
    sheet.mount()
    present.mount()
    screen.mount()


def chart(
    picture: Prepared,
    *,
    alt_text: str,
    key: str,
    select: bool | Callable[[], None] = False,
    width: str = "content",
    steady: bool = False,
    pictures: str = "",
):
    """Show a chart and, for those who ask, its data; with `select` its selections come back and rerun the script or fragment.

    What it opens with is kept as long as the same chart of the same data stays up: a change would draw it anew.

    Args:
        alt_text: what a screen reader says instead of the picture: what it shows, and behind the first comma, colon or stop its finding.
            The finding may change with the state; the browser draws a chart anew whose own words change, so it stands by the table.
        select: or what to call before that rerun; the selection lies in `st.session_state[key]`.
        width: "content", or "stretch" for as wide as its column.
        steady: its large tables stay as they are while it is up and are alike for everyone, so that they have addresses of their
            own: a browser fetches each once; another table would draw the chart anew.
        pictures: the table whose `url` are pictures that are alike for everyone, which get addresses of their own.
    """
    spec = picture.shown(_opening(key, picture), "canvas" if _canvas() else "svg")
    if present.on():
        spec["config"] = colours.larger(spec["config"])
    if pictures:
        table, hour = picture.tables[pictures], int(time.time() // seen.AGAIN)  # their use is noted once an hour
        spec["datasets"] = {**spec["datasets"], pictures: _lifted(table, id(table), hour)[0]}
    event = st.vega_lite_chart(  # type: ignore[call-overload]  # its overloads want each word apart
        _by_address(picture, spec) if steady else spec,
        theme=None,
        key=key,
        width=width,
        on_select=heard(select) if callable(select) else "rerun" if select else "ignore",
        alt=re.split("[,:;.] ", alt_text, maxsplit=1)[0],
    )
    chart_table.under(picture, alt_text, key)
    return event


@shared()
def _lifted(_table: pd.DataFrame, at: int, hour: int) -> tuple[bytes, pd.DataFrame]:
    """A table with addresses for its pictures, as it is sent, and itself: while it is kept, its place in memory is its own."""
    return arrow(_table.assign(url=[seen.lifted(one) for one in _table["url"]])), _table


def _opening(key: str, picture: Prepared) -> Mapping[str, Any]:
    """The opening values with which this chart was first drawn since its page was opened."""
    if not picture.opening:
        return picture.opening
    kept = st.session_state.get(f"_opening-{key}")
    if kept is None or kept[0] is not picture.spec or kept[1:3] != (picture.values, address.visit()):
        kept = st.session_state[f"_opening-{key}"] = (picture.spec, picture.values, address.visit(), picture.opening)
    return kept[3]


def _by_address(picture: Prepared, spec: Mapping[str, Any]) -> dict[str, Any]:
    """The spec of a picture with addresses in place of its large tables."""
    tables = {name: seen.table(table) for name, table in picture.tables.items()}
    addresses = tuple((name, table) for name, table in tables.items() if isinstance(table, str))
    inside = {name: table for name, table in spec["datasets"].items() if isinstance(tables[name], pd.DataFrame)}
    own = {name: part for name, part in spec.items() if picture.spec.get(name) is not part}  # what was put in for this showing
    return {**_read_from(picture.spec, id(picture.spec), addresses)[0], **own, "datasets": inside}


@shared()
def _read_from(_spec: Mapping[str, Any], at: int, addresses: tuple[tuple[str, str], ...]) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """A finished spec that reads these tables by address, and itself: while it is kept, its place in memory is its own."""
    return _pointed(_spec, {name: {"url": url, "format": {"type": "json"}} for name, url in addresses}), _spec


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


def legend(*lines: str) -> None:
    """The colours in words, under a picture, and perhaps more lines; those of signed data unless others are given."""
    st.caption("  \n".join(f"{line[0].upper()}{line[1:]}." for line in lines or (colours.SIGNED_WORDS,)))


def empty(title: str, cure: str | Exception, height: int = 320) -> None:
    """A designed empty state, of the height that the picture would have; both are read as text."""
    with st.container(border=True, height=height, vertical_alignment="center", horizontal_alignment="center"):
        st.markdown(f"**{plain(title)}**")
        st.markdown(plain(cure))
