"""Back and Forward on the CNN page: one press an act, of whatever kind, and none for opening it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.rest import rested

FILM = ".st-key-cnn-kernels .kf"


def stands(page: Page, search: str) -> None:
    """The address, once all is at rest."""
    expect(page).to_have_url(re.compile(re.escape("/cnn" + search) + "$"))
    rested(page)


def shown(page: Page, run: str, state: int, section: str) -> None:
    """Run, state of the film and open section."""
    expect(page.get_by_text(f"of the run “{run}")).to_be_visible()
    expect(page.locator(f"{FILM}[data-state='{state}']")).to_be_visible()
    expect(page.get_by_role("radio", name=section)).to_be_checked()


@pytest.mark.full
def test_each_act_is_an_entry_and_back_undoes_them_all(page: Page, app_url: str) -> None:
    page.goto(app_url)
    page.get_by_role("link", name="CNN").first.click()
    stands(page, "")
    shown(page, "A: the reliable recipe, 5", 24, "Loss profile")
    length = page.evaluate("history.length")

    page.get_by_role("radio", name="10", exact=True).check(force=True)  # another network of the family
    stands(page, "?run=pulse-ten")
    shown(page, "A: the reliable recipe, 10", 24, "Loss profile")

    page.get_by_role("button", name="First", exact=True).click()  # the player, at rest
    stands(page, "?run=pulse-ten&state=0")

    chart = page.locator(".st-key-cnn-loss-loss canvas.marks")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    page.mouse.click(box["x"] + 0.55 * box["width"], box["y"] + 0.4 * box["height"])  # a click in a chart
    expect(page).to_have_url(re.compile(r"state=[1-9]\d?$"))
    rested(page)
    state = re.search(r"state=(\d+)", page.url)[1]
    view = f"?run=pulse-ten&state={state}"
    shown(page, "A: the reliable recipe, 10", int(state), "Loss profile")

    page.get_by_role("radio", name="Test images").click()  # a section
    inside = f"?run=pulse-ten&section=tests&state={state}"
    stands(page, inside)
    page.get_by_text("Misread only").click()  # a control of the section
    stands(page, f"{inside}&misread=1")
    page.locator(".st-key-cnn-gallery button[data-id]").first.click()  # a picture that leads to another section
    expect(page).to_have_url(re.compile(rf"/cnn\?run=pulse-ten&section=convolution&state={state}&image=test-\d+$"))
    rested(page)
    page.locator(".st-key-cnn-maps button[data-id='3']").click()  # a choice within a section that concerns the whole page
    expect(page).to_have_url(re.compile(rf"/cnn\?run=pulse-ten&section=convolution&state={state}&kernel=4&image=test-\d+$"))
    expect(page.get_by_text("Kernel 4", exact=True)).to_be_visible()
    rested(page)
    assert page.evaluate("history.length") == length + 7

    page.go_back()
    expect(page.get_by_text("Kernel 1", exact=True)).to_be_visible()
    page.go_back()
    stands(page, f"{inside}&misread=1")
    expect(page.get_by_role("switch", name="Misread only")).to_be_checked()
    page.go_back()
    stands(page, inside)
    expect(page.get_by_role("switch", name="Misread only")).not_to_be_checked()
    page.go_back()
    stands(page, view)
    shown(page, "A: the reliable recipe, 10", int(state), "Loss profile")
    page.go_back()
    stands(page, "?run=pulse-ten&state=0")
    shown(page, "A: the reliable recipe, 10", 0, "Loss profile")
    page.go_back()
    page.go_back()
    stands(page, "")
    shown(page, "A: the reliable recipe, 5", 24, "Loss profile")
    page.go_forward()
    page.go_forward()
    stands(page, "?run=pulse-ten&state=0")
    shown(page, "A: the reliable recipe, 10", 0, "Loss profile")
    assert page.evaluate("history.length") == length + 7


def test_a_link_of_0_1_0_is_shortened_without_an_entry(page: Page, app_url: str) -> None:
    page.goto(app_url)
    length = page.evaluate("history.length")
    page.goto(f"{app_url}/cnn?run=pulse-drops&state=39&kernel=5&image=test-0&section=convolution&stage=after-ReLU")
    stands(page, "?run=pulse-drops&section=convolution&state=39&kernel=5&stage=after-ReLU")
    shown(page, "B: trains, then drops", 39, "Do a convolution")
    assert page.evaluate("history.length") == length + 1
    page.go_back()
    expect(page).to_have_url(re.compile(f"{re.escape(app_url)}/?$"))
