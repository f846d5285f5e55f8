"""The frame of every page in a real browser: the button that copies the link."""

from playwright.sync_api import Browser, expect

from core.ui.site import ENTRIES


def test_the_link_of_the_view_is_copied(browser: Browser, app_url: str) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 800}, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{app_url}/mlp?layer=4&epoch=7")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
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
