"""What a click opens is brought into sight on a telephone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.rest import rested


@pytest.fixture
def telephone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 400, "height": 700}, has_touch=True)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def test_a_click_on_a_map_brings_its_ledger_into_sight(telephone: Page, app_url: str) -> None:
    telephone.goto(f"{app_url}/digits")
    square = telephone.locator(".st-key-digits-layers button").first
    expect(square).to_be_visible()
    rested(telephone)
    square.tap()
    expect(telephone.locator(".st-key-digits-map-panel")).to_be_in_viewport()
