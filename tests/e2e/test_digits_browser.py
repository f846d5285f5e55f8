"""The digits page in a real browser: drawing with mouse, touch and keys, updates during the stroke, undo, clear, clicks on maps."""

import math
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from core.charts.numbers import MINUS
from core.data import digits
from tests.e2e.rest import rested
from tests.ui.upload_case import bad_uploads, photograph

WIDE, NARROW = {"width": 1300, "height": 1000}, {"width": 400, "height": 800}


@pytest.fixture(params=[WIDE, pytest.param(NARROW, marks=pytest.mark.full)], ids=["1300 px", "400 px"])
def tab(request, browser: Browser, app_url: str):
    context = browser.new_context(viewport=request.param, has_touch=True)
    context.set_default_timeout(40_000)
    page = context.new_page()
    yield opened(page, app_url)
    context.close()


def opened(page: Page, url: str, query: str = "") -> Page:
    page.goto(f"{url}/digits{query}")
    page.locator(".square").wait_for()
    reading(page).wait_for()
    return page


def reading(page: Page) -> Locator:
    return page.get_by_text(re.compile(r"^It reads an? \d$"))


def square(page: Page) -> FloatRect:
    """Where the pad stands once the page is at rest; the pad is found anew at each look, since a run may mount another one."""
    pad = page.locator(".square")
    last = None
    for _ in range(150):
        rested(page)
        box = pad.evaluate(
            "(pad) => { pad.scrollIntoView({ block: 'center' }); const { x, y, width, height } = pad.getBoundingClientRect();"
            " return { x, y, width, height }; }"
        )
        if box == last:
            return box
        last = box
        page.wait_for_timeout(200)
    raise AssertionError(f"the pad does not come to rest: {last}")


def scroll(page: Page) -> float:
    return page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")


def section(page: Page, name: str, mark: str) -> None:
    """Go to a section and wait for `mark`, something that stands there and nowhere else."""
    page.get_by_text(name, exact=True).click()
    page.locator(mark).first.wait_for()
    rested(page)


def circle(box: FloatRect, steps: int = 40) -> list[tuple[float, float]]:
    """A nought: points round the middle of the pad."""
    x, y, side = box["x"], box["y"], box["width"]
    turns = [2 * math.pi * i / steps - math.pi / 2 for i in range(steps + 1)]
    return [(x + side * (0.5 + 0.22 * math.cos(a)), y + side * (0.5 + 0.34 * math.sin(a))) for a in turns]


def line(box: FloatRect, steps: int = 20) -> list[tuple[float, float]]:
    """A one: straight down."""
    x, y, side = box["x"], box["y"], box["width"]
    return [(x + side * 0.5, y + side * (0.15 + 0.7 * i / steps)) for i in range(steps + 1)]


def by_mouse(page: Page, points: list[tuple[float, float]], pause: float = 0.01) -> None:
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
        time.sleep(pause)
    page.mouse.up()


def by_touch(page: Page, points: list[tuple[float, float]], pause: float = 0.01) -> None:
    """Touch events as a finger makes them, sent through the browser's own input."""
    session = page.context.new_cdp_session(page)

    def send(kind: str, spots: list[dict[str, float]]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    send("touchStart", [{"x": points[0][0], "y": points[0][1]}])
    for x, y in points[1:]:
        send("touchMove", [{"x": x, "y": y}])
        time.sleep(pause)
    send("touchEnd", [])


@pytest.mark.parametrize("draw", [by_mouse, by_touch])
def test_a_one_and_a_nought_are_read(tab: Page, draw):
    box = square(tab)
    scrolled = scroll(tab)
    draw(tab, line(box))
    expect(reading(tab)).to_have_text("It reads a 1")
    assert scroll(tab) == scrolled  # the finger drew, it did not scroll
    tab.get_by_role("button", name="Clear").click()
    expect(tab.get_by_text("Nothing is drawn yet")).to_be_visible()
    expect(reading(tab)).to_have_count(0)
    draw(tab, circle(square(tab)))
    expect(reading(tab)).to_have_text("It reads a 0")


def test_updates_arrive_during_the_stroke(tab: Page):
    points = circle(square(tab), 60)
    maps = tab.get_by_role("img", name=re.compile("^Convolution 1"))
    tab.mouse.move(*points[0])
    tab.mouse.down()
    expect(maps).to_have_count(0)  # one dot is no digit
    for start in range(1, 61, 12):
        before = maps.get_attribute("src") if maps.count() else None
        for point in points[start : start + 12]:
            tab.mouse.move(*point)
        expect(maps).to_have_count(1)
        if before is not None:
            expect(maps).not_to_have_attribute("src", before)  # the pen is still down
    tab.mouse.up()


@pytest.mark.full
def test_undo_takes_the_last_stroke_back(tab: Page):
    box = square(tab)
    by_mouse(tab, line(box))
    expect(reading(tab)).to_have_text("It reads a 1")
    by_mouse(tab, circle(box))
    expect(reading(tab)).not_to_have_text("It reads a 1")
    expect(tab.locator(".ink polyline")).to_have_count(2)
    tab.get_by_role("button", name="Undo").click()
    expect(reading(tab)).to_have_text("It reads a 1")
    tab.get_by_role("button", name="Undo").click()
    expect(tab.get_by_text("Nothing is drawn yet")).to_be_visible()


@pytest.mark.full
def test_the_keyboard_draws(tab: Page):
    pad = tab.locator(".square")
    assert pad.get_attribute("aria-label") and pad.get_attribute("aria-describedby")
    pad.focus()
    for _ in range(13):
        tab.keyboard.press("ArrowUp")
    tab.keyboard.press("Space")
    for _ in range(27):
        tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Space")
    expect(tab.locator(".status")).to_contain_text("Pen up")
    expect(reading(tab)).to_have_text("It reads a 1")
    tab.keyboard.press("Delete")
    expect(tab.get_by_text("Nothing is drawn yet")).to_be_visible()


@pytest.mark.full
def test_the_pen_width_changes_the_line(tab: Page):
    tab.get_by_label("Pen width").fill("140")
    by_mouse(tab, line(square(tab)))
    expect(tab.locator(".ink polyline").first).to_have_attribute("stroke-width", "140")


@pytest.mark.full
def test_a_drawing_outlives_a_visit_to_another_section(tab: Page):
    by_mouse(tab, line(square(tab)))
    expect(reading(tab)).to_have_text("It reads a 1")
    section(tab, "Before and after", ".st-key-digits-compare-bars-end")
    expect(tab.locator(".square")).to_have_count(0)
    section(tab, "Draw and watch", ".square")
    expect(reading(tab)).to_have_text("It reads a 1")
    expect(tab.locator(".ink polyline")).to_have_count(1)
    by_mouse(tab, line(square(tab)))  # and it still sends
    expect(tab.locator(".ink polyline")).to_have_count(2)


@pytest.mark.full
def test_without_centring_a_corner_is_read_differently(page: Page, app_url: str):
    opened(page, app_url)
    box = square(page)
    x, y, side = box["x"], box["y"], box["width"]
    by_mouse(page, [(x + side * (0.16 + 0.1 * math.cos(a / 5)), y + side * (0.2 + 0.14 * math.sin(a / 5))) for a in range(33)])
    expect(reading(page)).to_have_text("It reads a 0")
    page.get_by_text("Centre the digit").click()
    expect(page.get_by_text(re.compile("centre of mass is [2-9].* above and [2-9].* left"))).to_be_visible()


def test_a_map_opens_with_its_ledger(page: Page, app_url: str):
    opened(page, app_url)
    page.get_by_role("button", name="Convolution 2 after ReLU, map 4", exact=True).click()
    expect(page.get_by_text(re.compile("The map shows"))).to_be_visible()
    expect(page).to_have_url(re.compile("layer=relu2"))
    expect(page).to_have_url(re.compile("filter=3"))
    said = page.get_by_text(re.compile("The map shows")).inner_text()
    products, bias, before, after, shown = (float(n.replace(MINUS, "-")) for n in re.findall(rf"{MINUS}?\d+\.\d{{6}}", said))
    assert products + bias == pytest.approx(before, abs=2e-6) and max(before, 0) == pytest.approx(after, abs=2e-6)
    assert shown == pytest.approx(after, abs=1e-5)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text(re.compile("The map shows"))).to_have_count(0)


@pytest.mark.full
@pytest.mark.skipif(bool(digits.trouble()), reason="MNIST is not in the data folder")
def test_the_training_plays_on_request(tab: Page, app_url: str):
    """The film runs in the browser, with the server at rest; where it is paused, the page is."""
    tab.goto(f"{app_url}/digits?section=compare&input=test-0&run=digit-cnn-small&epoch=1")
    place = tab.locator(".st-key-digits-player output")
    expect(place).to_have_text("epoch 1")
    rested(tab)
    maps = tab.locator(".st-key-digits-compare-maps img").nth(4)  # convolution 1 of the middle column
    names = tab.locator(".st-key-digits-compare-maps figcaption").nth(4)
    top = tab.locator(".st-key-digits-compare-bars-chosen .top .share")
    before, share = maps.get_attribute("src") or "", top.inner_text()
    tab.get_by_label("Speed").select_option("10")
    tab.get_by_role("button", name="Play", exact=True).click()
    expect(place).to_have_text("epoch 10")
    expect(names).to_have_text(re.compile(r"^Convolution 1 after ReLU: 8 maps of 24x24, epoch 10$"))
    expect(maps).not_to_have_attribute("src", before)
    expect(top).not_to_have_text(share)
    expect(tab).to_have_url(re.compile(r"[?&]stay=yes"))  # the last epoch, which needs no name in the address
    rested(tab)
    last = tab.locator(".st-key-digits-compare-maps img").nth(5)
    assert maps.get_attribute("src") == last.get_attribute("src")  # the middle column is now the last state, as the right one
    tab.get_by_role("button", name="Step back").click()
    expect(tab).to_have_url(re.compile(r"epoch=9(&|$)"))
    expect(tab.get_by_text("The same image three times")).to_contain_text("epoch 9")


def test_bad_uploads_get_a_sentence_and_a_good_one_comes_after(page: Page, app_url: str, tmp_path: Path):
    opened(page, app_url)
    page.get_by_text("Upload", exact=True).first.click()
    field = page.locator("input[type=file]")
    expect(page.get_by_text("No picture yet")).to_be_visible()
    for kind, (data, sentence) in bad_uploads().items():
        if not data:
            continue  # a browser sends no empty file
        path = tmp_path / f"{kind}.png"
        path.write_bytes(data)
        rested(page)
        field.set_input_files(path)
        expect(page.get_by_text(re.compile(sentence)).last).to_be_visible()
        expect(reading(page)).to_have_count(0)
    rested(page)
    field.set_input_files({"name": "seven.png", "mimeType": "image/png", "buffer": photograph("CMYK")})
    expect(reading(page)).to_have_text("It reads a 7")
    page.get_by_text("Draw", exact=True).first.click()
    expect(reading(page)).to_have_text("It reads a 3")


@pytest.mark.full
def test_nothing_is_wider_than_the_screen(browser: Browser, app_url: str):
    context = browser.new_context(viewport=NARROW)
    context.set_default_timeout(40_000)
    page = opened(context.new_page(), app_url)
    marks = {
        "draw": ".st-key-digits-map-panel canvas",
        "compare": ".st-key-digits-compare-map-panel canvas",
        "summary": ".st-key-digits-histograms canvas",
        "table": ".st-key-digits-table img",
        "filters": ".st-key-digits-patches img",
        "train": ".st-key-digits-curves canvas",
    }
    for name, mark in marks.items():
        page.goto(f"{app_url}/digits?section={name}&layer=relu2&filter=1")
        page.locator(mark).last.wait_for()
        rested(page)
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= NARROW["width"], name
    context.close()
