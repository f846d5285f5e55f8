"""The pulses page in a browser: the designer, the gallery, the brush, the formula."""

import re
import time
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.data import own_pulse, pulse_zip, pulses
from core.specs import PULSE_CLASSES, PulseSpec
from pages.pulses.shape import Shape, text_of

SPEC = PulseSpec()


def opened(page: Page, app_url: str, query: str = "") -> Page:
    page.goto(f"{app_url}/pulses{query}")
    expect(canvas(page)).to_have_attribute("data-spans", re.compile(r"\d"))
    return page


def canvas(page: Page) -> Locator:
    return page.locator(".st-key-pulses-designer canvas")


def ink(page: Page) -> np.ndarray:
    """(H, W) as the designer draws it, from the spans it reports."""
    spans = np.array(list(map(int, (canvas(page).get_attribute("data-spans") or "").split()))).reshape(-1, 2)
    size = len(spans)
    rows = np.arange(size)[::-1, None]
    return ((rows >= spans[:, 0]) & (rows < spans[:, 1])).astype(np.uint8)


def number(page: Page, label: str) -> float:
    return float(page.get_by_role("spinbutton", name=label).input_value())


@pytest.mark.parametrize("kind", [PULSE_CLASSES[0], *(pytest.param(kind, marks=pytest.mark.full) for kind in PULSE_CLASSES[1:])])
def test_the_browser_draws_what_python_draws(page: Page, app_url: str, kind: str) -> None:
    """Pixel for pixel, for drawn parameters and for ones with drift, by way of the link."""
    opened(page, app_url)
    spec = PulseSpec(size=120, line=3, classes=(kind,), drift=0.1)
    for row in pulses.draw(spec, 3, 11).parameters.to_dict("records"):
        shape = Shape(kind, {name: round(float(row[name]), 4) for name in pulses.used(kind)})
        page.goto(f"{app_url}/pulses?size=120&line=3&pulse={text_of(shape)}")
        wanted = pulses.draw_one(spec, kind, shape.values)
        expect(canvas(page)).to_have_attribute(
            "aria-label", re.compile(f"A {kind} on a screen of 120 by 120 pixels, {wanted.sum()} of them ink")
        )
        assert np.array_equal(ink(page), wanted)


def test_slider_and_picture_answer_together(page: Page, app_url: str) -> None:
    """A typed number changes the picture at once, and the sentence once it rests."""
    opened(page, app_url)
    page.get_by_role("spinbutton", name="height in px").fill("60")
    wanted = pulses.draw_one(SPEC, "square", {"amplitude": 0.6, "square_width": 0.14, "x_offset": 0.5, "y_offset": 0.3})
    assert np.array_equal(ink(page), wanted)
    expect(page.get_by_text("A square 60 px high, 14 px wide")).to_be_visible()
    expect(page).to_have_url(re.compile(r"pulse=square"))
    page.reload()
    expect(page.get_by_text("A square 60 px high, 14 px wide")).to_be_visible()
    expect(page.get_by_role("spinbutton", name="height in px")).to_have_value("60")


@pytest.mark.full
def test_dragging_moves_and_stretches(page: Page, app_url: str) -> None:
    """The crest goes where it is dragged: 20 px to the right and 10 px up; the base line stays."""
    opened(page, app_url)
    box = canvas(page).bounding_box()
    assert box is not None
    before = ink(page)
    scale = box["width"] / SPEC.size
    x, y = box["x"] + 50 * scale, box["y"] + (100 - (18.4 + 40)) * scale
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10 * scale, y - 4 * scale)
    page.mouse.move(x + 20 * scale, y - 10 * scale)
    page.mouse.up()
    assert number(page, "height in px") == pytest.approx(50, abs=0.3)
    expect(
        page.get_by_text(re.compile(r"A square (50|49\.\d|50\.\d) px high, 14 px wide, centred at column (70|69\.\d|70\.\d)"))
    ).to_be_visible()
    after = ink(page)
    assert np.array_equal(before[:, 0], after[:, 0])
    assert abs(int(after.argmax(axis=0).min()) - int(before.argmax(axis=0).min()) + 10) <= 1


@pytest.mark.full
def test_pointing_opens_the_numbers(page: Page, app_url: str) -> None:
    opened(page, app_url, "?pulse=gaussian,0.4,0.06,0.5,0.3,0")
    box = canvas(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.435, box["y"] + 5)
    y = (
        pulses.curve(SPEC, "gaussian", {"amplitude": 0.4, "gaussian_sd": 0.06, "x_offset": 0.5, "y_offset": 0.3}, np.array([0.435]))[0]
        * 100
    )
    expect(page.get_by_text(f"= {y:.2f} px")).to_be_visible()
    expect(page.get_by_text("Column 43")).to_be_visible()


@pytest.mark.full
def test_gallery_click_opens_one(page: Page, app_url: str) -> None:
    opened(page, app_url)
    page.locator(".st-key-pulses-gallery button").nth(7).click()
    row = pulses.plan(SPEC, 300, 0)[1].iloc[7]
    expect(page.get_by_text(re.compile(r"^gaussian 7: ")).first).to_be_visible()
    page.get_by_role("button", name="Change it in the designer").click()
    expect(page.get_by_text(f"A gaussian {row.amplitude * 100:.3g} px high")).to_be_visible()
    wanted = pulses.draw(SPEC, 8, 0).images[7]
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not (ink(page) != wanted).sum() <= 2:
        time.sleep(0.1)
    assert (ink(page) != wanted).sum() <= 2  # the link keeps five digits of each parameter


@pytest.mark.full
def test_brush_narrows_the_gallery(page: Page, app_url: str) -> None:
    opened(page, app_url)
    chart = page.locator(".st-key-pulses-parameters-gaussian_sd-0 canvas")
    chart.scroll_into_view_if_needed()
    expect(page.get_by_text(re.compile(r"^300 of 300 pulses"))).to_be_visible()
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3, steps=4)
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.3, steps=4)
    page.mouse.up()
    caption = page.get_by_text(re.compile(r"of 300 pulses with standard deviation"))
    expect(caption).to_be_visible()
    found = re.match(r"(\d+) of 300 pulses with standard deviation ([\d.]+) to ([\d.]+) px", caption.inner_text())
    assert found is not None
    sd = pulses.plan(SPEC, 300, 0)[1].gaussian_sd * 100
    low, high = float(found[2]), float(found[3])
    assert abs(int(found[1]) - int(sd.between(low, high).sum())) <= 2  # the caption rounds the range
    assert 5 < int(found[1]) < 95
    pictures = page.locator(".st-key-pulses-gallery button")  # they come a moment after their caption
    expect(pictures.filter(has_text=re.compile(r"^(?!gaussian)"))).to_have_count(0)
    expect(pictures.first).to_be_visible()
    page.get_by_role("button", name="Clear the ranges").click()
    expect(page.get_by_text(re.compile(r"^300 of 300 pulses"))).to_be_visible()


@pytest.mark.full
def test_formula_is_drawn_or_refused(page: Page, app_url: str) -> None:
    opened(page, app_url)
    field = page.get_by_role("textbox", name=re.compile("y of t"))
    field.fill("0.2 + 0.5*gauss(t - 0.5, 0.1)")
    field.press("Enter")
    drawn = own_pulse.draw(own_pulse.from_formula("0.2 + 0.5*gauss(t - 0.5, 0.1)", 100), 100, 2)
    expect(page.get_by_text(f"{drawn.sum():,} of 10,000 pixels are ink.", exact=True)).to_be_visible()
    page.locator(".st-key-pulses-own-keep button").click()
    expect(page.get_by_text("Kept for the CNN page: y = 0.2 + 0.5*gauss(t - 0.5, 0.1)").first).to_be_visible()
    field.fill("0.2 + t.real")
    field.press("Enter")
    expect(page.get_by_text("Character 8: '.' is not part of a formula")).to_be_visible()
    expect(page.get_by_text("No pulse yet")).to_be_visible()


@pytest.mark.full
def test_downloaded_set_opens_again(page: Page, app_url: str, tmp_path: Path) -> None:
    """The ZIP holds the set on the page; opened again it is shown, and removed it is gone."""
    opened(page, app_url, "?count=60&classes=gaussian-sawtooth&size=64&pixel_noise=0.02&seed=3")
    with page.expect_download() as download:
        page.get_by_role("button", name="Pictures and labels (ZIP)").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    spec = PulseSpec(size=64, classes=("gaussian", "sawtooth"), pixel_noise=0.02)
    read = pulse_zip.read_zip(path.read_bytes())
    assert path.name == "pulses-60-seed3.zip" and read.spec == spec
    assert np.array_equal(read.pulses.images, pulses.draw(spec, 60, 3).images)
    opened(page, app_url)
    expect(page.get_by_text("300 of 300 pulses")).to_be_visible()
    page.get_by_role("button", name="Open a set").click()
    page.locator(".st-key-pulses-upload input[type=file]").set_input_files(path)
    expect(page.get_by_text("60 pictures of pulses-60-seed3.zip.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("60 of 60 pulses")).to_be_visible()
    assert page.locator(".st-key-pulses-gallery button").all_inner_texts()[:2] == ["gaussian 0", "sawtooth 1"]


@pytest.mark.full
def test_own_pulse_goes_to_the_cnn_page(page: Page, app_url: str) -> None:
    opened(page, app_url)
    field = page.get_by_role("textbox", name=re.compile("y of t"))
    field.fill("0.3 + 0.4*box((t - 0.5)/0.2)")
    field.press("Enter")
    expect(page.get_by_role("img", name="Own pulse: y = 0.3 + 0.4*box((t - 0.5)/0.2)")).to_be_visible()
    page.locator(".st-key-pulses-own-keep button").click()
    page.get_by_role("link", name="See what a network makes of it").first.click()
    expect(page.get_by_role("heading", name="Kernels that read pulses")).to_be_visible()
    expect(page.get_by_text(re.compile(re.escape("y = 0.3 + 0.4*box((t - 0.5)/0.2)"))).first).to_be_visible()


@pytest.mark.full
def test_choices_outlive_a_visit_elsewhere(page: Page, app_url: str) -> None:
    opened(page, app_url, "?pulse=sinusoid,0.5,4,0.1,0.5,0&seed=5&classes=gaussian-sawtooth&open=3")
    expect(page.get_by_text("A sinusoid 50 px high, 4 cycles long")).to_be_visible()
    page.get_by_test_id("stTopNav").get_by_role("link", name="Home").click()
    expect(canvas(page)).to_have_count(0)
    page.get_by_test_id("stTopNav").get_by_role("link", name="Pulses").click()
    expect(page.get_by_text("A sinusoid 50 px high, 4 cycles long")).to_be_visible()
    expect(page.get_by_text(re.compile("^sawtooth 3: "))).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Seed")).to_have_value("5")
    wanted = pulses.draw_one(SPEC, "sinusoid", {"amplitude": 0.5, "frequency": 4, "phase": 0.1, "y_offset": 0.5})
    assert np.array_equal(ink(page), wanted)


def test_narrow_page_does_not_overflow(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": 400, "height": 900})
    opened(page, app_url)
    expect(page.locator(".st-key-pulses-parameters canvas").first).to_be_visible()
    box = canvas(page).bounding_box()
    assert box is not None and box["width"] == pytest.approx(box["height"]) and box["x"] + box["width"] <= 400
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
