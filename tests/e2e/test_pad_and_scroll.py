"""A finger on the drawing pad draws; beside the pad it scrolls the page, on narrow telephones too. Its browser side alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from core.ui import drawing_pad

FOLDER = Path(drawing_pad.__file__).parent


@pytest.fixture(params=[320, 400])
def telephone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A long page with a pad as wide as Streamlit lets it be, 16 pixels from both edges."""
    context = browser.new_context(viewport={"width": request.param, "height": 700}, has_touch=True)
    page = context.new_page()
    html, css, script = ((FOLDER / f"pad.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
    page.set_content(f"<style>{css}</style><div id='box' style='margin: 300px 8px 2000px'>{html}</div>")
    page.add_script_tag(content=script.replace("export default function", "window.run = function"), type="module")
    page.wait_for_function("() => Boolean(window.run)")
    data = "{ key: 'pad', label: 'pad', width: 85, strokes: [], example: false, shown: 0 }"
    page.evaluate(f"run({{ parentElement: document.getElementById('box'), data: {data}, setStateValue: () => {{}} }})")
    yield page
    context.close()


def swipe(page: Page, x: float, y: float) -> None:
    """A finger goes up by 150 pixels."""
    finger = page.context.new_cdp_session(page)
    for kind, up in (("touchStart", 0), *(("touchMove", far) for far in range(10, 160, 10)), ("touchEnd", None)):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if up is None else [{"x": x, "y": y - up}]})


def test_a_finger_draws_on_the_pad_and_scrolls_beside_it(telephone: Page) -> None:
    box = telephone.locator(".square").bounding_box()
    assert box
    y = box["y"] + 0.8 * box["height"]
    swipe(telephone, box["x"] + 0.5 * box["width"], y)
    assert telephone.evaluate("scrollY") == 0
    points = telephone.locator("polyline").get_attribute("points")
    assert points and len(points.split()) > 10
    swipe(telephone, box["x"] + box["width"] + 30, y)
    assert telephone.evaluate("scrollY") > 50
    assert telephone.locator("polyline").count() == 1
