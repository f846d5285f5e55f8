"""Browser parts: a folder with one .html, one .css and one or more .js files each, and the Python side beside them."""

import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, wraps
from pathlib import Path
from typing import Any

import streamlit as st

from core.serving import seen
from core.serving.forged import FORGED

IN_ORDER = Path(__file__).with_name("in_order.js")
ROVING = Path(__file__).with_name("roving.js")
_EXPORT = "export default function "
_TOLD = "_told-parts"
_log = logging.getLogger(__name__)


@dataclass
class _Told:
    """What a session has told its parts."""

    session: str = field(default_factory=lambda: secrets.token_hex(4))  # another one counts anew, in a page that may still stand
    count: int = 0
    parts: dict[str, tuple[int, int]] = field(default_factory=dict)  # key -> hash and number of its last word

    def number(self, key: str, data: dict[str, Any]) -> int:
        """The number of this word to a part: a higher one where it says something new, so that the same words stay the same message."""
        mark = _mark(data)
        if key not in self.parts or self.parts[key][0] != mark:
            self.count += 1
            self.parts[key] = mark, self.count
        return self.parts[key][1]


def browser_part(name: str, python_file: str, *, fetches: bool = False, roves: bool = False, **options: Any) -> Any:
    """The component v2 of the folder that a Python file lies in; what the folder lacks is left to `options`.

    Several .js files are one script: each declares functions and classes, and one of them exports a function. What a part tells is
    a browser's word, and `heard` as such.

    Args:
        name: of the component, once in the app.
        python_file: `__file__` of the part's Python side.
        fetches: its script uses seen.js.
        roves: its script uses roving.js.
        options: further arguments of `st.components.v2.component`.
    """
    folder = Path(python_file).parent
    for kind in ("html", "css", "js"):
        files = sorted(folder.glob(f"*.{kind}"))
        if files:
            text = "\n".join(path.read_text(encoding="utf-8") for path in files)
            options.setdefault(kind, text if kind == "js" else _sent(text))
    script = options["js"].replace(_EXPORT, "function drawn", 1) + IN_ORDER.read_text(encoding="utf-8")
    used = [path for path, uses in ((seen.SCRIPT, fetches), (ROVING, roves)) if uses]
    options["js"] = "".join(path.read_text(encoding="utf-8") for path in used) + script

    @cache  # declared when it is first shown: then it is known whether its script has an address
    def declared() -> Any:
        return st.components.v2.component(name, **options | {"js": seen.script(options["js"])})

    def shown(key: str, data: dict[str, Any], **given: Any) -> Any:
        # Streamlit looks long whether a list may be a table; a tuple it passes on as the same JSON.
        data = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
        told: _Told = st.session_state.setdefault(_TOLD, _Told())
        calls = {name: heard(value) if name.startswith("on_") else value for name, value in given.items()}
        return declared()(key=key, data={**data, "word": (told.session, told.number(key, data))}, **calls)

    return shown


def _sent(text: str) -> str:
    """HTML or CSS as it goes out with every visit: without comments and the room that is for who reads the file.

    Its words keep a line each, since Streamlit takes a single line for a file's name.
    """
    return re.sub(r"\s+", "\n", re.sub(r"/\*.*?\*/|<!--.*?-->", "", text, flags=re.DOTALL)).replace(">\n<", "><")


def heard(callback: Callable[[], None]) -> Callable[[], None]:
    """A callback that reads what a browser says: what none of our parts and charts says, since somebody forged it, has no effect."""

    @wraps(callback)
    def called() -> None:
        try:
            callback()
        except FORGED as error:
            _log.log(logging.WARNING, "A browser's message was left alone: %r", error)

    return called


def _mark(value: Any) -> int:
    """A hash of what a part is told."""
    if isinstance(value, dict):
        return hash(tuple((name, _mark(one)) for name, one in value.items()))
    if isinstance(value, list | tuple):
        return hash(tuple(map(_mark, value)))
    return hash(value)
