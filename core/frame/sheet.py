"""A view on one sheet of paper: what stands on it besides the page, and its look; core/frame/screen/share.js makes it fit.

The page itself is printed, so that the sheet shows what the screen does.
"""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.frame import present
from core.runs import catalog
from core.runs.catalog import Entry
from core.specs import APP_VERSION

KEY = "sheet"
_PLACE = "_sheet-place"  # where a run that is under way has room for it
_PAPER = (
    f".st-key-{KEY} {{ display: block !important; }}",
    f":is({', '.join((*present.FRAME, *present.CONTROLS, f'.st-key-{present.LEAVE}', '#above-all'))}) {{ display: none !important; }}",
    ".block-container { position: absolute; top: 0; left: 0; width: var(--sheet-width) !important; max-width: none !important;"
    " padding: 0 !important; zoom: var(--sheet-zoom); }",
    # What stands side by side on the screen stays so, whatever Streamlit would do on paper.
    "&.beside .stHorizontalBlock { display: flex !important; }",
    "&.beside .stHorizontalBlock:has(> .stColumn) { flex-wrap: nowrap !important; }",
    "&.beside .stColumn { min-width: 0 !important; }",
)
# On paper, and for the moment in which the browser measures how large the page would be there.
STYLE = f"""
.sheet-source, .sheet-link {{ margin: 0; font-size: 0.875rem; overflow-wrap: anywhere; }}
@page {{ size: portrait; margin: 10mm; }}
html.on-paper {{ {" ".join(_PAPER)} }}
@media print {{
  html {{ {" ".join(_PAPER)} }}
  html, html body {{ height: var(--sheet-height) !important; overflow: hidden !important; print-color-adjust: exact; }}
}}
"""


def mount() -> None:
    """Once a page, by its header: room for where the view comes from, which is known when the page has run."""
    st.session_state[_PLACE] = st.container(key=KEY)


def fill(entries: Sequence[Entry]) -> None:
    """When a page has run: the networks of its view with their keys, and its link; seen on paper alone."""
    place = st.session_state.pop(_PLACE, None)
    if place is None:
        return
    lines = [f"{entry.title}: {catalog.described(entry.spec)}; {catalog.trained(entry.spec)}." for entry in entries]
    said = "<br>".join(map(escape, [*lines, f"Kernel Explorer {APP_VERSION}"]))
    place.html(f'<p class="sheet-source">{said}</p><p class="sheet-link"></p>')  # the browser knows the link
