"""The digits page and the browser's history: an act of a person is one entry, Back undoes it, Forward does it again."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.rest import choose, rested


def shows(page: Page, search: str, words: str) -> None:
    """The view and its address, once all is at rest."""
    expect(page).to_have_url(re.compile(re.escape(search) + "$"))
    expect(page.get_by_text(words).first).to_be_visible()
    rested(page)


def opened(page: Page, url: str) -> int:
    """A page at rest, and how long the history is then."""
    page.goto(url)
    page.get_by_text("State", exact=True).wait_for()
    rested(page)
    page.wait_for_timeout(1_000)
    rested(page)
    return page.evaluate("history.length")


@pytest.mark.full
def test_opening_the_page_adds_no_entry(page: Page, app_url: str) -> None:
    page.goto(app_url)
    page.get_by_test_id("stHeading").first.wait_for()
    rested(page)
    before = page.evaluate("history.length")
    assert opened(page, f"{app_url}/digits") == before + 1  # the way here
    assert page.url == f"{app_url}/digits"
    assert opened(page, f"{app_url}/digits?section=compare&input=test-0&epoch=3") == before + 2


def test_acts_of_every_kind_and_the_way_back_and_forward(page: Page, app_url: str) -> None:
    length = opened(page, f"{app_url}/digits?input=test-0")
    views = [("?input=test-0", "from test digit 0")]

    def act(search: str, words: str) -> None:
        views.append((search, words))
        shows(page, search, words)

    page.get_by_role("button", name="Convolution 2 after ReLU, map 4", exact=True).click()  # in a picture
    act("?input=test-0&layer=relu2&filter=3", "Convolution 2 after ReLU, map 4")
    page.get_by_label("Number of the test digit").fill("4")  # a control of a section
    page.keyboard.press("Enter")
    act("?input=test-4&layer=relu2&filter=3", "from test digit 4")
    choose(page, "Network", "Digit recogniser, 500 digits")
    act("?run=digit-cnn-small&input=test-4&layer=relu2&filter=3", "trained on 500 digits")
    page.get_by_text("Before and after", exact=True).click()  # the section
    act("?section=compare&run=digit-cnn-small&input=test-4&layer=relu2&filter=3", "The same image three times")
    page.get_by_role("button", name="Step forward").click()  # the player, and its rest
    act("?section=compare&run=digit-cnn-small&epoch=2&input=test-4&layer=relu2&filter=3", "at epoch 2")
    assert page.evaluate("history.length") == length + len(views) - 1
    for search, words in reversed(views[:-1]):
        page.go_back()
        shows(page, search, words)
    for search, words in views[1:]:
        page.go_forward()
        shows(page, search, words)
    assert page.evaluate("history.length") == length + len(views) - 1


@pytest.mark.full
def test_filters_and_tables_go_back_too(page: Page, app_url: str) -> None:
    length = opened(page, f"{app_url}/digits?section=filters")
    page.get_by_role("button", name=re.compile("^Filter 6: switch it off")).click()
    shows(page, "?section=filters&layer=relu1&filter=5", "Without filter")
    expect(page.get_by_text("Without filter 6 of convolution 1")).to_be_visible()
    page.get_by_text("Convolution 2", exact=True).click()
    shows(page, "?section=filters&layer=relu2", "Without filter 1 of convolution 2")
    page.get_by_text("Activation tables", exact=True).click()
    shows(page, "?section=table&layer=relu2", "Ten of one digit")
    page.get_by_text("Ten of one digit", exact=True).click()
    shows(page, "?section=table&examples=one&layer=relu2", "Digit")
    assert page.evaluate("history.length") == length + 4
    for search, words in (
        ("?section=table&layer=relu2", "Which of each"),
        ("?section=filters&layer=relu2", "Without filter 1 of convolution 2"),
        ("?section=filters&layer=relu1&filter=5", "Without filter 6 of convolution 1"),
        ("?section=filters", "Without filter 1 of convolution 1"),
    ):
        page.go_back()
        shows(page, search, words)


@pytest.mark.full
def test_a_click_on_a_square_of_a_map_goes_back(page: Page, app_url: str) -> None:
    length = opened(page, f"{app_url}/digits?input=test-0&layer=pool2&filter=1")
    first = page.get_by_text(re.compile(r"^Row \d+, column \d+ is the largest")).inner_text()
    chart = page.locator(".st-key-digits-map-panel canvas").first
    box = chart.bounding_box()
    assert box is not None
    cells = [(0.2, 0.15), (0.75, 0.6)]
    for share_x, share_y in cells:
        chart.click(position={"x": box["width"] * share_x, "y": box["height"] * share_y})
        page.wait_for_timeout(1_500)
        rested(page)
    moved = page.evaluate("history.length") - length
    assert moved in (1, 2)  # one of the two may be the square that is picked already
    assert "cell=" in page.url
    for _ in range(moved):
        page.go_back()
        page.wait_for_timeout(1_000)
        rested(page)
    shows(page, "?input=test-0&layer=pool2&filter=1", first)
