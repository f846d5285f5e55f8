"""One value of a session looked up alone: to look for one key, a select box of Streamlit's copies the whole session state, 1 ms a box."""

from collections.abc import Iterator, Mapping
from typing import Any

from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState

_copied = SessionState.filtered_state.fget  # type: ignore[attr-defined]  # a property


class Lookup(Mapping[str, Any]):
    """What `SessionState.filtered_state` copies, read when it is asked for; as there, no run is broken off meanwhile."""

    def __init__(self, state: SafeSessionState) -> None:
        self._state = state

    def __getitem__(self, key: str) -> Any:
        with self._state._lock:
            return self._state._state[key]

    def _whole(self) -> dict[str, Any]:
        with self._state._lock:
            return _copied(self._state._state)

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())

    def __repr__(self) -> str:
        return repr(self._whole())


def ease() -> None:
    """Look values up so in this process; once, before anyone comes."""
    SafeSessionState.filtered_state = property(Lookup)  # type: ignore[assignment,method-assign]
