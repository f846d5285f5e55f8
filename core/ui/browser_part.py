"""Browser parts: a folder with one .html, one .css and one or more .js files each, and the Python side beside them."""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from core.serving import seen


def browser_part(name: str, python_file: str, *, fetches: bool = False, **options: Any) -> Any:
    """The component v2 of the folder that a Python file lies in; what the folder lacks is left to `options`.

    Several .js files are one script: each declares functions and classes, and one of them exports.

    Args:
        name: of the component, once in the app.
        python_file: `__file__` of the part's Python side.
        fetches: its script uses seen.js.
        options: further arguments of `st.components.v2.component`.
    """
    folder = Path(python_file).parent
    for kind in ("html", "css", "js"):
        files = sorted(folder.glob(f"*.{kind}"))
        if files:
            options.setdefault(kind, "\n".join(path.read_text(encoding="utf-8") for path in files))
    if fetches:
        options["js"] = seen.SCRIPT.read_text(encoding="utf-8") + options["js"]

    @cache  # declared when it is first shown: then it is known whether its script has an address
    def declared() -> Any:
        scripts = {"js": seen.script(options["js"])} if "js" in options else {}
        return st.components.v2.component(name, **options | scripts)

    def shown(data: dict[str, Any] | str | None = None, **given: Any) -> Any:
        if isinstance(data, dict):  # Streamlit looks long whether a list may be a table; a tuple it passes on as the same JSON
            data = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
        return declared()(data=data, **given)

    return shown
