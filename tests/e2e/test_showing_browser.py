"""A view shown to others, in a real browser: in another site's frame, on a wall, as a QR code, and on one sheet of paper."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from core.runs import shipped
from tests.e2e.paper import pages
from tests.e2e.rest import rested

HEADLINES = {  # view -> its headline
    "mlp?layer=4&sort=original": "How weights learn to read digits",
    "learning?section=rate": "How a weight learns",
    "words?group=learning": "Words of the trade",
}


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing about it."""

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Callable[[list[str]], str]]:
    """Another site on another port, with a plain page that shows addresses in frames."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def write(addresses: list[str]) -> str:
        frames = "".join(f'<iframe src="{each}" width="1200" height="900"></iframe>' for each in addresses)
        (tmp_path / "index.html").write_text(f"<!doctype html><title>A course</title><h1>Week 3</h1>{frames}", encoding="utf-8")
        return f"http://127.0.0.1:{server.server_address[1]}/"

    yield write
    server.shutdown()
    server.server_close()


def test_views_stand_in_the_frames_of_another_site_and_answer(page: Page, app_url: str, course: Callable[[list[str]], str]) -> None:
    page.goto(course([f"{app_url}/{view}&embed=true" for view in HEADLINES]))
    frames: list[FrameLocator] = [page.frame_locator(f"iframe >> nth={at}") for at in range(len(HEADLINES))]
    for frame, headline in zip(frames, HEADLINES.values(), strict=True):
        expect(frame.get_by_role("heading", level=1)).to_have_text(headline)
        expect(frame.get_by_test_id("stHeader")).to_be_hidden()
    frames[-1].get_by_test_id("stButtonGroup").get_by_role("radio").first.click()
    expect(frames[-1].get_by_test_id("stButtonGroup").get_by_role("radio").first).to_be_checked()
    framed = page.frames[-1]
    framed.wait_for_url(lambda url: "group=" not in url and "embed=true" in url)  # the first group is as usual
    expect(frames[0].locator("canvas.marks").first).to_be_visible()


@pytest.mark.full
def test_a_view_is_presented_and_back_again(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/words?group=learning")
    page.get_by_role("button", name="Show this view in other ways").click()
    page.get_by_role("button", name="Present this view").click()
    leave = page.get_by_role("button", name="Leave")
    expect(leave).to_be_visible()
    expect(page).to_have_url(f"{app_url}/words?group=learning&present=1")
    controls = page.get_by_test_id("stButtonGroup")
    expect(controls).to_be_hidden()
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") > 20
    rested(page)
    page.go_back()
    expect(controls).to_be_visible()
    expect(leave).to_have_count(0)
    rested(page)
    page.go_forward()
    expect(leave).to_be_visible()
    page.goto(f"{app_url}/words?group=learning&present=1&controls=group")
    expect(controls).to_be_visible()
    controls.get_by_role("radio").first.click()
    expect(page).to_have_url(f"{app_url}/words?present=1&controls=group")
    rested(page)
    leave.click()
    expect(page).to_have_url(f"{app_url}/words?controls=group")


def test_what_is_presented_has_no_slider_and_no_field_but_those_named(page: Page, app_url: str) -> None:
    """On the section with the most kinds of controls; some lie deeper in what holds them than others."""
    page.goto(f"{app_url}/learning?section=surface&present=1")
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
    rested(page)
    controls = page.locator(".stMain").locator(".stSlider, .stSelectbox, .stNumberInput, .stButtonGroup, [class*='-beside-a-control']")
    assert controls.count() > 6
    for each in controls.all():
        expect(each).to_be_hidden()
    page.goto(f"{app_url}/learning?section=surface&present=1&controls=epoch")
    expect(page.locator(".stSlider").filter(visible=True)).to_have_count(1)
    expect(page.locator(".st-key-learning-epoch")).to_be_visible()


@pytest.mark.full
def test_the_link_has_a_code_and_the_view_prints_to_one_sheet(page: Page, app_url: str) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "qr.svg" in request.url else None)
    page.goto(f"{app_url}/mlp?layer=4&sort=original")
    expect(page.locator("canvas.marks").first).to_be_visible()
    rested(page)
    assert asked == [], "a code is drawn when somebody asks for it"
    page.get_by_role("button", name="Show this view in other ways").click()
    page.get_by_role("button", name="QR code of the link").click()
    code = page.get_by_role("img", name=f"QR code of the link {page.url}")
    expect(code).to_be_visible()
    assert code.evaluate("image => image.complete && image.naturalWidth > 0 && image.getBoundingClientRect().width") >= 600
    page.get_by_role("button", name="Close", exact=True).click()
    for size in ({"format": "A4"}, {"format": "Letter"}):
        sheets = pages(page.pdf(margin=dict.fromkeys(("top", "right", "bottom", "left"), "10mm"), print_background=True, **size))
        assert len(sheets) == 1
        for words in ("How weights learn to read digits", "Layer 4 of 5", f"run {shipped.RUNS['mlp-diagonal'].key}", page.url):
            assert words.replace(" ", "") in sheets[0], (words, sheets[0])
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()


def test_a_drawing_travels_in_the_link(page: Page, app_url: str) -> None:
    page.goto(app_url)
    square = page.get_by_label("Drawing pad: draw a digit")
    expect(square).to_be_visible()
    square.scroll_into_view_if_needed()
    box = square.bounding_box()
    assert box is not None
    for at in range(8):  # a straight line down: a 1
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * (0.15 + 0.1 * at))
        if at == 0:
            page.mouse.down()
    page.mouse.up()
    page.wait_for_url(lambda url: "drawing=" in url)  # of a part of the line already
    page.wait_for_timeout(500)
    rested(page)
    link = page.url
    page.get_by_role("link", name="Digits").first.click()  # it goes along, and stands in that page's link too
    page.wait_for_url(lambda url: "/digits" in url and "drawing=" in url)
    page.goto("about:blank")
    page.goto(link)
    line = page.locator(".ink polyline")
    expect(line).to_have_count(1)
    points = [float(part) for part in (line.get_attribute("points") or "").split()]
    assert all(abs(x - 500) <= 6 for x in points[::2]) and points[1] < 170 and points[-1] > 830
    expect(page.locator(".ink.example")).to_have_count(0)
    rested(page)
    assert page.url == link
    expect(page.get_by_text("The link's drawing cannot be read")).to_have_count(0)
