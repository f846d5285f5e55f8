"""A place for a file of at most the size that the host allows."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.serving.limits import LIMITS


def upload(label: str, kinds: str | Sequence[str] | None = None, *, key: str, help: str = "") -> Any:
    """Ask for a file; the file, or None: no file yet, or one that is too large, which is said.

    Args:
        kinds: endings of the files' names; None for any.
    """
    limit = LIMITS["upload"]
    file = st.file_uploader(label, kinds, key=key, help=help or None, max_upload_size=limit.most())
    if file is not None and too_large(file):  # the browser has not kept to it
        st.error(limit.words(), icon=":material/error:")
        return None
    return file


def too_large(file: Any) -> bool:
    """Whether a file is larger than the host allows."""
    most = LIMITS["upload"].most()
    return most is not None and file.size > most * 2**20  # Streamlit's own megabytes
