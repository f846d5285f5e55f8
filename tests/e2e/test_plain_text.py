"""What a browser makes of foreign text: the text, and nothing else. Only Streamlit's own page knows what it reads once more."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.served import ROOT, Server
from tests.test_foreign_text import HOSTILE

TEXTS = [
    HOSTILE,
    "a -> b <- c -- d >= e <= f ~= g <-> h",
    ":smile: :+1: :streamlit: :material/home: :material_home: :rainbow[x] :small[y] :blue-badge[z]",
    "# title",
    "1. one",
    "- item",
    "12) twelve",
    "+ plus",
    ":name{.x} ::leaf{a=b} :::box a^b^ (c) ... !important",
    "> quote",
    "| a | b |",
    "~~gone~~ **bold** _thin_ ==",
    "https://evil.test/a_b www.evil.test mail@evil.test &lt; &copy; \\( x \\) $$y$$ [^1] [ ]",
    "C:\\temp\\x 7%_of*it*",
]
SCRIPT = """
import json, pathlib, streamlit as st
from core.frame.plain import plain
for number, text in enumerate(json.loads(pathlib.Path(__file__).with_suffix(".json").read_text())):
    with st.container(key=f"text-{number}"):
        st.markdown(plain(text))
        st.error(plain(text))
        st.caption(f"**{plain(text)}**")
        st.button(plain(text), key=f"button-{number}")
"""


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    import json

    (tmp_path / "page.py").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "page.json").write_text(json.dumps(TEXTS), encoding="utf-8")
    server = Server(tmp_path, str(tmp_path / "page.py"), PYTHONPATH=str(ROOT))
    yield server.url
    server.stop()


def test_foreign_text_is_shown_as_text(page: Page, url: str) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    expect(page.locator(f".st-key-text-{len(TEXTS) - 1} button")).to_be_visible()
    for number, text in enumerate(TEXTS):
        place = page.locator(f".st-key-text-{number}")
        for kind in ("stMarkdown", "stAlert", "stCaptionContainer", "stButton"):
            shown = place.get_by_test_id(kind).last.inner_text().replace("\u2060", "")
            assert shown.strip() == text, kind
        for made in ("a", "img", "b", "em", "del", "code", ".katex", "h1", "li", "blockquote", "table", "[data-testid=stIconMaterial]"):
            inside = place.locator(f"[data-testid=stMarkdownContainer] {made}")
            assert inside.count() == 0, f"{made} from {text}"
    assert not [address for address in asked if "evil" in address]
