"""The frame of every page in a real browser: the button that copies the link, and the way to the other pages on a phone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from core.frame.site import ENTRIES
from tests.e2e.rest import rested


def test_the_link_of_the_view_is_copied(browser: Browser, app_url: str) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 800}, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{app_url}/mlp?layer=4&epoch=7")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    rested(page)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url and "layer=4" in copied and "epoch=7" in copied
    context.close()


def test_without_a_clipboard_the_link_is_shown(browser: Browser, app_url: str) -> None:
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as on plain http
    page = context.new_page()
    for entry in ENTRIES[:2]:
        page.goto(f"{app_url}/{entry.path}")
        page.get_by_role("button", name="Copy link").click()
        expect(page.get_by_label("Link to this view")).to_have_value(page.url)
    context.close()


def test_a_phone_finds_every_page(browser: Browser, app_url: str) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 800}, has_touch=True)
    page = context.new_page()
    page.goto(app_url)
    page.get_by_role("button", name="Copy link").wait_for()  # it must not lie over the button that follows
    page.get_by_test_id("stExpandSidebarButton").tap()
    links = page.get_by_test_id("stSidebarNav").get_by_role("link")
    expect(links).to_have_text([re.compile(f"{entry.title}$") for entry in ENTRIES])
    links.last.tap()
    expect(page).to_have_url(f"{app_url}/{ENTRIES[-1].path}")
    context.close()


@pytest.mark.parametrize("path", ["mlp?layer=2", ""])
def test_the_first_request_of_a_new_server_may_be_a_link_to_a_page(path: str, page: Page, serve) -> None:
    """Streamlit takes a folder `pages/` for its older way of many pages until told otherwise, and would say "Page not found"."""
    page.goto(f"{serve()}/{path}")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "How weights learn to read digits" if path else "Look inside small neural networks"
    )
    rested(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
