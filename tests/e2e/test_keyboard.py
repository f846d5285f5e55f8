"""Everything that a click picks is reached and picked by keyboard alone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.rest import rested

MOST = 150  # stops of the Tab key on a page


def tab_to(page: Page, place: Locator) -> None:
    """Press Tab until the focus is on a part or within it."""
    expect(place.first).to_be_visible()
    rested(page)
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if place.evaluate_all("(all) => all.some((one) => one.getRootNode().activeElement === one)"):
            return
    raise AssertionError("the Tab key does not get there")


def focused(page: Page) -> str:
    """What has the focus, in words: its label or its text, inside shadow trees too."""
    return page.evaluate(
        """() => { let one = document.activeElement; while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
          return one.ariaLabel || one.textContent; }"""
    )


def test_a_cell_of_layer_1(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/mlp?layer=1")
    tab_to(page, page.locator(".st-key-mlp-map-chart canvas.weights"))
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile(r"by=r\d+c\d+"))
    expect(page.locator(".st-key-mlp-cell")).to_contain_text("Weight")


@pytest.mark.full
def test_a_template(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/templates")
    tab_to(page, page.locator("canvas.tf-weights[data-unit='3']"))
    page.keyboard.press("Enter")
    expect(page.locator(".tf-tile.tf-marked canvas.tf-weights")).to_have_attribute("data-unit", "3")


def test_a_square_of_a_feature_map(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/digits")
    board = page.locator(".st-key-digits-layers button")
    tab_to(page, board)
    page.keyboard.press("End")
    name = focused(page)
    page.keyboard.press("ArrowLeft")
    assert focused(page) != name, "the arrow keys go from map to map"
    name = focused(page)
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-digits-layers button[aria-pressed=true]")).to_have_attribute("aria-label", name)
    page.keyboard.press("Tab")
    assert not board.evaluate_all("(all) => all.some((one) => one.matches(':focus'))"), "they are one stop of the Tab key"


@pytest.mark.full
def test_a_kernel_of_the_film(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/cnn?section=tests")
    tab_to(page, page.locator("button.kf-tile"))
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.locator("button.kf-tile[aria-pressed=true]")).to_have_attribute("aria-label", re.compile("kernel 2$"))
    expect(page).to_have_url(re.compile("kernel=2"))


@pytest.mark.full
def test_a_cell_of_the_confusion_matrix(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/templates?section=confusion")
    tab_to(page, page.locator(".st-key-templates-confusion canvas.marks"))
    said = page.locator(".marks-said")
    expect(said).to_have_text(re.compile("actual0predicted0"))
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text(re.compile("actual4predicted1"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("cell=4-1"))
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text(re.compile("actual4predicted2"))
