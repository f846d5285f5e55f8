"""Ahead of the page: a browser is told with the first answer which of Streamlit's scripts the page will ask for.

Streamlit loads what draws a chart only when the first chart has come, after script, socket and run of the page. A Link header lets
the browser fetch and compile it meanwhile. Scripts that a release of Streamlit calls otherwise are left out, and load when needed.
"""

from functools import cache
from pathlib import Path

import streamlit as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NEEDED = ("ArrowVegaLiteChart", "loadVegaEmbed", "embed", "vega-interpreter", "arrowFormatUtils", "StreamlitMarkdown", "BidiComponent")


@cache
def links() -> str:
    """The Link header's value; empty where no script is found."""
    scripts = Path(st.__file__).parent / "static" / "static" / "js"
    found = [path.name for name in NEEDED for path in sorted(scripts.glob(f"{name}.*.js"))]
    return ", ".join(f"<./static/js/{name}>; rel=modulepreload; crossorigin" for name in found)


class Ahead:
    """ASGI middleware that adds the header to every page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and links():
                headers = message.setdefault("headers", [])
                if any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers):
                    message["headers"] = [*headers, (b"link", links().encode())]
            await send(message)

        await self.app(scope, receive, sent if scope["type"] == "http" else send)
