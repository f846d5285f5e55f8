"""A press on a chart counts although no pointer moved over it before: a finger's tap, a mouse that rested when the chart came."""

import math
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

PATH = "/mlp?section=download&layer=5&sort=original&by=none"
CELL = (100.0, 100.0)  # within the matrix's canvas


def opened(page: Page, url: str) -> Locator:
    page.goto(url + PATH)
    expect(page.locator(".st-key-mlp-cell")).to_contain_text("Nothing picked")
    expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0)
    canvas = page.locator(".st-key-mlp-matrix canvas.marks")
    expect(canvas).to_be_visible()
    page.wait_for_function(  # it is drawn, and for this width
        """() => { const canvas = document.querySelector('.st-key-mlp-matrix canvas.marks');
          return canvas?.toDataURL().length > 5000 && canvas.getBoundingClientRect().right <= innerWidth; }"""
    )
    return canvas


def spot(canvas: Locator) -> tuple[float, float]:
    box = canvas.bounding_box()
    assert box
    return box["x"] + CELL[0], box["y"] + CELL[1]


def test_the_first_tap_of_a_finger_picks(browser: Browser, app_url: str) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 900}, has_touch=True, user_agent="Mozilla/5.0 (Linux) Mobile")
    context.set_default_timeout(60_000)
    page = context.new_page()
    canvas = opened(page, app_url)
    page.touchscreen.tap(*spot(canvas))
    expect(page).to_have_url(re.compile(r"by=r\d+c\d+"))
    expect(page.locator(".st-key-mlp-cell")).to_contain_text("Weight")
    tooltip = page.locator("#vg-tooltip-element")
    expect(tooltip).to_have_class(re.compile("visible"))  # it tells the value to a finger too
    page.get_by_role("heading", name="How weights learn").tap()
    expect(tooltip).not_to_have_class(re.compile("visible"))
    context.close()


def test_a_press_without_a_move_picks(page: Page, app_url: str) -> None:
    canvas = opened(page, app_url)
    x, y = spot(canvas)
    mouse = page.context.new_cdp_session(page)  # Playwright's own mouse would move there first
    for kind in ("mousePressed", "mouseReleased"):
        mouse.send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1})
    expect(page).to_have_url(re.compile(r"by=r\d+c\d+"))
    expect(page.locator(".st-key-mlp-cell")).to_contain_text("Weight")


def _until(page: Page, true: Callable[[], bool]) -> None:
    for _ in range(100):
        if true():
            return
        page.wait_for_timeout(200)
    assert true()


@pytest.mark.parametrize(
    "path",
    [
        "/mlp?section=download&layer=5",
        pytest.param("/mlp?section=neighbours&layer=4", marks=pytest.mark.full),
        pytest.param("/mlp?section=download&layer=1", marks=pytest.mark.full),
    ],
)
def test_pictures_fit_a_narrow_screen(browser: Browser, app_url: str, path: str) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(app_url + path)
    matrix = page.locator(".st-key-mlp-matrix :is(canvas.marks, .map canvas.weights)").first  # a large one is a part of our own
    expect(matrix).to_be_visible()

    def fits() -> bool:  # locators look into the parts' shadow trees
        boxes = [one.bounding_box() for one in page.locator("canvas.marks, .map canvas, [role=radiogroup] *").all()]
        return max((box["x"] + box["width"] for box in boxes if box), default=math.inf) <= page.evaluate(
            "document.documentElement.clientWidth"
        )

    def wide() -> bool:
        box = matrix.bounding_box()
        return box is not None and box["width"] > 480

    _until(page, fits)
    page.set_viewport_size({"width": 1300, "height": 900})  # and the room is used when there is more
    _until(page, wide)
    context.close()


def test_the_home_page_is_short_on_a_narrow_screen(browser: Browser, app_url: str) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(app_url)
    page.wait_for_function(  # while the page of a wide screen gives way, there are two cards of this key
        """() => { const pictures = document.querySelectorAll('.st-key-card-mlp img');
          const words = document.querySelector('.st-key-card-mlp a');
          return pictures.length === 1 && words && pictures[0].alt.includes('last weight matrix')
            && pictures[0].getBoundingClientRect().right <= words.getBoundingClientRect().left; }"""
    )
    expect(page.get_by_role("img", name=re.compile("^Probability of each digit: "))).to_have_count(3)
    expect(page.get_by_test_id("stHeaderLogo").or_(page.get_by_test_id("stLogo")).first).to_be_visible()
    context.close()
