"""A finger that scrolls the page over a picture picks and moves nothing there; what a click opens is brought into sight."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.rest import rested

# address, the picture, and what would tell that the finger did something there
PICTURES = (
    ("cnn?section=convolution&image=test-2", ".cw canvas.image", ".cw", "(box) => box.dataset.row + ' ' + box.dataset.column"),
    ("learning?section=rate&batch=128", ".line .plot", ".line .plot", "(plot) => plot.ariaValueNow"),
    ("mlp?layer=1", ".map canvas.weights", ".map .said", "(said) => said.textContent"),
    ("pulses", ".designer canvas", ".designer .formula", "(formula) => formula.textContent"),
)


@pytest.fixture
def telephone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 400, "height": 700}, has_touch=True)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def scrolled(page: Page) -> float:
    return page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")


@pytest.mark.parametrize(
    ("path", "picture", "part", "state"),
    [pytest.param(*one, id=one[0].partition("?")[0], marks=[pytest.mark.full] if i else []) for i, one in enumerate(PICTURES)],
)
def test_a_swipe_picks_nothing(telephone: Page, app_url: str, path: str, picture: str, part: str, state: str) -> None:
    telephone.goto(f"{app_url}/{path}")
    place = telephone.locator(picture).first
    expect(place).to_be_visible()
    rested(telephone)
    place.evaluate("(picture) => picture.scrollIntoView({ block: 'center' })")
    box, before, told = place.bounding_box(), scrolled(telephone), telephone.locator(part).first
    assert box
    was = told.evaluate(state)
    finger = telephone.context.new_cdp_session(telephone)
    x, y = box["x"] + 0.9 * box["width"], box["y"] + 0.5 * box["height"]
    for kind, up in (("touchStart", 0), *(("touchMove", far) for far in range(10, 160, 10)), ("touchEnd", None)):
        touch = [] if up is None else [{"x": x, "y": y - up}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touch})
    assert scrolled(telephone) > before + 50
    telephone.wait_for_timeout(500)
    rested(telephone)
    assert told.evaluate(state) == was


def test_a_click_on_a_map_brings_its_ledger_into_sight(telephone: Page, app_url: str) -> None:
    telephone.goto(f"{app_url}/digits")
    square = telephone.locator(".st-key-digits-layers button").first
    expect(square).to_be_visible()
    rested(telephone)
    square.tap()
    expect(telephone.locator(".st-key-digits-map-panel")).to_be_in_viewport()
