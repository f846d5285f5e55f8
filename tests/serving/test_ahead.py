"""The header that has a browser load a page's scripts early."""

import re
from pathlib import Path

import pytest
import streamlit as st

from core.serving import ahead
from tests import apart


def answered(kind: str, content: bytes) -> dict[bytes, bytes]:
    """The headers of an answer that has passed through the middleware."""
    sent = []

    async def app(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind.encode())]})
        await send({"type": "http.response.body", "body": content})

    async def send(message) -> None:
        sent.append(message)

    apart.run(ahead.Ahead(app)({"type": "http"}, None, send))  # type: ignore[arg-type]
    assert sent[1]["body"] == content
    return dict(sent[0]["headers"])


def test_every_script_that_is_needed_is_in_this_release_of_streamlit() -> None:
    named = re.findall(r"<\./static/js/([^>]+)>; rel=modulepreload; crossorigin", ahead.links())
    assert [name.partition(".")[0] for name in named] == list(ahead.NEEDED)
    assert all((Path(st.__file__).parent / "static" / "static" / "js" / name).is_file() for name in named)


def test_pages_alone_carry_the_header() -> None:
    assert answered("text/html; charset=utf-8", b"<html>")[b"link"].decode() == ahead.links()
    assert b"link" not in answered("text/javascript", b"1")


def test_a_release_with_other_names_sends_no_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "NEEDED", ("NoSuchScript",))
    ahead.links.cache_clear()
    assert b"link" not in answered("text/html", b"<html>")
    monkeypatch.undo()
    ahead.links.cache_clear()
