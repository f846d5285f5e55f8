"""What the server's own doors let through: no numbers about it unless they are asked for, and no more uploads than a session may hold."""

import os
import re
from collections import Counter

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime

from core.serving.limits import LIMITS

FILES = 2  # that a session may hold at a time, each as large as a file may be: one, and the one that takes its place
_UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+$")
_METRICS = re.compile(r"/_stcore/metrics/?$")


class Doors:
    """ASGI middleware before Streamlit's routes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._arriving: Counter[str] = Counter()  # bytes on their way, by session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif _METRICS.search(scope["path"]) and os.environ.get("KERNEL_EXPLORER_METRICS", "0") in ("", "0"):
            await PlainTextResponse("Not here. KERNEL_EXPLORER_METRICS=1 opens it.\n", 404)(scope, receive, send)
        elif scope["method"] == "PUT" and (found := _UPLOAD.search(scope["path"])):
            await self._upload(found[1], scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _upload(self, session: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a file in where there is room for it."""
        most = (LIMITS["upload"].most() or 0) * 2**20
        size = announced(scope)
        size = most if size is None else min(size, most + 2**20)  # Streamlit refuses a larger one itself
        if held(session) + self._arriving[session] + size > FILES * most + 2**20:
            words = (
                "You have as many files here as this server keeps for one person. Remove one (x beside its name), or load the page again."
            )
            await PlainTextResponse(words, 413)(scope, receive, send)
            return
        self._arriving[session] += size
        try:
            await self.app(scope, receive, send)
        finally:
            self._arriving[session] -= size
            if self._arriving[session] <= 0:
                del self._arriving[session]


def announced(scope: Scope) -> int | None:
    """The size in bytes that a request says it has; None where it says none."""
    text = dict(scope["headers"]).get(b"content-length", b"")
    return int(text) if text.isdigit() and len(text) < 19 else None


def held(session: str) -> int:
    """Bytes of the files that a session holds."""
    if not runtime.exists():
        return 0
    files = runtime.get_instance()._uploaded_file_mgr
    return sum(len(file.data) for file in list(files.file_storage.get(session, {}).values()))  # type: ignore[attr-defined,misc]  # as Streamlit keeps them
