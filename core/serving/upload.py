"""A place for a file of at most the size that the host allows, which is read once."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from core.serving.limits import LIMITS

T = TypeVar("T")


def upload(
    label: str, kinds: str | Sequence[str] | None = None, *, key: str, help: str = "", on_change: Callable[[], None] | None = None
) -> Any:
    """Ask for a file; the file, or None: no file yet, or one that is too large, which is said.

    Args:
        kinds: endings of the files' names; None for any.
    """
    limit = LIMITS["upload"]
    file = st.file_uploader(label, kinds, key=key, help=help or None, max_upload_size=limit.most(), on_change=on_change)
    if file is None:
        st.session_state.pop(_kept(key), None)
    elif too_large(file):  # the browser has not kept to it
        st.error(limit.words(), icon=":material/error:")
        return None
    return file


def uploads(label: str, kinds: str | Sequence[str] | None = None, *, key: str, help: str = "") -> list[Any]:
    """Ask for files that belong together; those that are there, none where one of them is too large, which is said."""
    limit = LIMITS["upload"]
    files = st.file_uploader(label, kinds, key=key, help=help or None, max_upload_size=limit.most(), accept_multiple_files=True)
    if any(map(too_large, files)):  # the browser has not kept to it
        st.error(limit.words(), icon=":material/error:")
        return []
    return list(files)


def too_large(file: Any) -> bool:
    """Whether a file is larger than the host allows."""
    most = LIMITS["upload"].most()
    return most is not None and file.size > most * 2**20  # Streamlit's own megabytes


def read(key: str, file: Any, reader: Callable[[bytes, str], T]) -> T:
    """What `reader` makes of the bytes and the name of an uploaded file, worked out once and kept while the file stays.

    Args:
        key: of the place where it was uploaded.

    Raises:
        ValueError: the reader has refused it; again at each call.
    """
    kept: Any = st.session_state.get(_kept(key))
    if kept is None or kept[0] != file.file_id:
        try:
            kept = file.file_id, reader(file.getvalue(), file.name), None
        except ValueError as error:
            kept = file.file_id, None, error.with_traceback(None)
        st.session_state[_kept(key)] = kept
    answer, trouble = kept[1:]
    if trouble is not None:
        raise trouble
    return answer


def _kept(key: str) -> str:
    return f"_{key}-read"
