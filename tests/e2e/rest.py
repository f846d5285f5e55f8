"""When a page is at rest."""

from playwright.sync_api import Page, expect


def rested(page: Page) -> None:
    """Wait until no run of the script is asked for or under way."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
