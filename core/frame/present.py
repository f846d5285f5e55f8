"""Present mode: a view for a wall, in large type and with no controls but those that its link names.

`present=1` in the link turns it on, `controls=epoch,section` names choices of the page, or keys of its widgets, that stay.
"""

import re

import streamlit as st

from core.frame import choices
from core.frame.choices import Choice
from core.frame.plain import plain

PAGE = "frame"
MOST = 20  # names of controls in a link
PLAYS = ("epoch", "state")  # choices that a player shows
_KINDS = (  # what Streamlit calls its controls in the page
    "Button",
    "ButtonGroup",
    "Checkbox",
    "ColorPicker",
    "DateInput",
    "DownloadButton",
    "FileUploader",
    "Form",
    "LinkButton",
    "MultiSelect",
    "NumberInput",
    "PageLink",
    "Popover",
    "Radio",
    "Selectbox",
    "Slider",
    "TextArea",
    "TextInput",
)
# In a style: what is a control, and what frames a page.
CONTROLS = (
    *(f".stElementContainer:has(> .st{kind}, > div > .st{kind})" for kind in _KINDS),
    ".stForm",
    ".stPopover",
    "[class*='st-key-'][class*='-player']",
    "[class*='st-key-question-']",  # whose options would be hidden
    "[class*='-beside-a-control']",  # words on what a control holds
)
FRAME = (".stAppHeader", ".stSidebar", ".st-key-screen", ".st-key-onward", ".st-key-onward-line")
LEAVE = "present-leave"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")
_NOTES = "_present-notes"  # where a run that is under way has room for them
_STYLE = """
<style>
html {{ font-size: 21px !important; }}
:is({frame}) {{ display: none !important; }}
.block-container {{ padding: 1rem 2rem 4rem; max-width: none; }}
.st-key-{leave} {{ position: fixed !important; right: 0.75rem; bottom: 0.75rem; width: auto !important; z-index: 999990; }}
.st-key-{leave} button {{ min-height: 40px; opacity: 0.75; }}
.st-key-{leave} button:is(:hover, :focus-visible) {{ opacity: 1; }}
.stMain :is({controls}):not({kept}) {{ display: none; }}
</style>
"""


def declared() -> list[Choice]:
    """Whether the view is presented, and the controls that then stay."""
    return [choices.flag("present", False, words=("0", "1")), _controls()]


def _controls() -> Choice:
    def read(text: str) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(text.split(","))) if text else ()
        if len(names) > MOST or not all(map(_NAME.fullmatch, names)):
            raise ValueError(text)
        return names

    return Choice("controls", (), read, f"names of choices with commas between them, {MOST} at most", ",".join)


def on() -> bool:
    """Whether the view is presented."""
    return bool(choices.value(PAGE, "present"))


def begin() -> None:
    """In a callback: present the view."""
    choices.put(PAGE, "present", True)


def _end() -> None:
    choices.put(PAGE, "present", False)


def mount() -> None:
    """Once a page, by its header: hide what is not presented, and show the way back."""
    st.session_state[_NOTES] = st.container() if on() else None
    if not on():
        return
    st.html(style(choices.value(PAGE, "controls"), choices.pages()))
    st.button("Leave", key=LEAVE, icon=":material/close_fullscreen:", help="Back to the page with its controls", on_click=_end)


def check() -> None:
    """When a page has run: say which names of the link are none of its controls."""
    place = st.session_state.pop(_NOTES, None)
    if place is None:
        return
    known = {*choices.names(), *map(str, st.session_state)}
    strange = [name for name in choices.value(PAGE, "controls") if not any(full in known for full in (name, *_keys(name, choices.pages())))]
    if strange:
        named = ", ".join(repr(name) for name in strange)
        note = f"The link asks for the controls {named}, which this page does not have; they are left out."
        place.warning(plain(note), icon=":material/info:")


def style(names: tuple[str, ...], pages: tuple[str, ...]) -> str:
    """The style of a view that is presented.

    Args:
        names: of choices, or keys of widgets and containers, that stay.
        pages: whose choices these may be.
    """
    keys = [key for name in names for key in (name, *_keys(name, pages))]
    kept = ", ".join(f".st-key-{key}, .st-key-{key} *" for key in (LEAVE, *keys))
    return _STYLE.format(leave=LEAVE, frame=", ".join(FRAME), controls=", ".join(CONTROLS), kept=kept)


def _keys(name: str, pages: tuple[str, ...]) -> list[str]:
    """Keys that a name of the link may mean."""
    return [choices.key(page, one) for page in pages for one in ((name, "player") if name in PLAYS else (name,))]
