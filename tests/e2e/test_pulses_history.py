"""The pulses page and the browser's history: one entry an act, and Back undoes it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.rest import rested


def shows(page: Page, words: str, search: str) -> None:
    """The view, and the address of it, once all is at rest."""
    expect(page.get_by_text(re.compile(words)).first).to_be_visible()
    expect(page).to_have_url(re.compile(re.escape(f"/pulses{search}") + "$"))
    rested(page)


def changed(page: Page, before: str) -> str:
    """What the address asks for once an act has gone into it."""
    expect(page).not_to_have_url(re.compile(re.escape(f"/pulses{before}") + "$"))
    rested(page)
    return page.url.partition("/pulses")[2]


def drag(page: Page, across: float, up: float) -> None:
    """The crest of the square as the page opens it, in pixels of its screen, with two rests on the way."""
    box = page.locator(".st-key-pulses-designer canvas").bounding_box()
    assert box is not None
    scale = box["width"] / 100
    x, y = box["x"] + 50 * scale, box["y"] + (100 - (18.4 + 40)) * scale
    page.mouse.move(x, y)
    page.mouse.down()
    for share in (0.4, 0.7, 1):
        page.mouse.move(x + share * across * scale, y - share * up * scale)
        page.wait_for_timeout(400)
    page.mouse.up()


def test_a_drag_a_number_a_slider_a_picture_and_a_class(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/pulses")
    shows(page, "A square 40 px high", "")
    expect(page.get_by_text("300 of 300 pulses")).to_be_visible()
    rested(page)
    length = page.evaluate("history.length")
    drag(page, 20, 10)
    expect(page.get_by_text(re.compile("A square (50|49[.]|50[.])"))).to_be_visible()
    dragged = changed(page, "")
    assert page.evaluate("history.length") == length + 1
    page.get_by_role("spinbutton", name="square width in px").press_sequentially("2", delay=50)
    page.get_by_role("spinbutton", name="square width in px").fill("25")
    shows(page, "25 px wide", dragged.replace("0.14", "0.25"))
    wide = dragged.replace("0.14", "0.25")
    slider = page.get_by_role("slider", name="height in px").bounding_box()
    assert slider is not None
    page.mouse.move(slider["x"] + slider["width"] / 2, slider["y"] + slider["height"] / 2)
    page.mouse.down()
    for share in (0.4, 0.3, 0.2):  # held for longer than it takes to be at rest
        page.mouse.move(slider["x"] + slider["width"] * share, slider["y"] + slider["height"] / 2)
        page.wait_for_timeout(400)
    page.mouse.up()
    expect(page.get_by_text(re.compile("A square (1[5-9]|2[0-5])"))).to_be_visible()
    low = changed(page, wide)
    page.locator(".st-key-pulses-gallery button").nth(7).click()
    shows(page, "gaussian 7", f"{low}&open=7")
    page.get_by_test_id("stButtonGroup").get_by_text("sawtooth").first.click()
    with_saw = low + "&classes=square-gaussian-sinusoid-sawtooth&open=7"
    shows(page, "sawtooth 7", with_saw)
    assert page.evaluate("history.length") == length + 5
    page.go_back()
    shows(page, "gaussian 7", f"{low}&open=7")
    page.go_back()
    shows(page, "No pulse is open", low)
    page.go_back()
    shows(page, "A square (50|49[.]|50[.]).*25 px wide", wide)
    expect(page.get_by_role("spinbutton", name="square width in px")).to_have_value("25")
    page.go_back()
    shows(page, "A square (50|49[.]|50[.]).*14 px wide", dragged)
    expect(page.get_by_role("spinbutton", name="square width in px")).to_have_value("14")
    page.go_back()
    shows(page, "A square 40 px high", "")
    expect(page.get_by_role("spinbutton", name="height in px")).to_have_value("40")
    page.go_forward()
    shows(page, "A square (50|49[.]|50[.]).*14 px wide", dragged)
    page.go_forward()
    page.go_forward()
    page.go_forward()
    page.go_forward()
    shows(page, "sawtooth 7", with_saw)
    expect(page.get_by_role("spinbutton", name="square width in px")).to_have_value("25")
    assert page.evaluate("history.length") == length + 5


@pytest.mark.full
def test_a_formula_and_a_guess(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/pulses")
    expect(page.get_by_text("300 of 300 pulses")).to_be_visible()
    rested(page)
    length = page.evaluate("history.length")
    page.get_by_test_id("stButtonGroup").get_by_text("two bells").click()
    field = page.get_by_role("textbox", name=re.compile("y of t"))
    expect(field).to_have_value(re.compile("gauss"))
    expect(page).to_have_url(re.compile("formula=0.2"))
    rested(page)
    field.fill("0.2 + 0.6*t")
    field.press("Enter")
    expect(page).to_have_url(re.compile("0.6"))
    rested(page)
    page.locator(".st-key-question-pulses-twins").get_by_text("Left", exact=True).click()
    expect(page.get_by_text("They differ in")).to_be_visible()
    expect(page).to_have_url(re.compile("shown=twins"))
    rested(page)
    assert page.evaluate("history.length") == length + 3
    page.go_back()
    expect(page.get_by_text("They differ in")).to_have_count(0)
    page.go_back()
    expect(field).to_have_value(re.compile("gauss"))
    page.go_back()
    expect(field).to_have_value(re.compile("sin"))
    shows(page, "A square 40 px high", "")
    page.go_forward()
    expect(field).to_have_value(re.compile("gauss"))
    assert page.evaluate("history.length") == length + 3
