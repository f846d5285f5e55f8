"""When a page is at rest, and what needs it to be."""

from playwright.sync_api import Page, expect


def rested(page: Page) -> None:
    """Wait until no run of the script is asked for or under way."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def choose(page: Page, name: str, option: str) -> None:
    """Choose an option of a list, named in full, by typing it: a list that is open closes when the page scrolls."""
    box = page.get_by_role("combobox", name=name)
    box.scroll_into_view_if_needed()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    box.fill(option)
    expect(page.get_by_role("option", name=option)).to_be_visible()
    box.press("Enter")
