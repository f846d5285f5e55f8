"""What the learning page does in the browser: a gradient read and opened, the rate dragged, a kernel's gradient added up."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.analysis import gradient, gradient_line
from core.data import catalog
from core.models.dense import inputs
from core.runs import store
from core.runs.shipped import RUNS

MODEL = "uci-softmax"  # its images are always here


def test_a_gradient_is_read_and_opened(page: Page, app_url: str) -> None:
    run = store.load(RUNS[MODEL].key)
    images, labels = catalog.load("uci-digits", "test")
    found = gradient.backward(run.spec.model, run.state(0), images[5:6], labels[5:6].astype(int))
    page.goto(f"{app_url}/learning?model={MODEL}&image=5&epoch=0")
    picture = page.locator("canvas.gradient").nth(3)
    box = picture.bounding_box()
    assert box is not None
    picture.hover(position={"x": box["width"] * 3.5 / 8, "y": box["height"] * 2.5 / 8})
    read = page.locator(".board .read")
    expect(read).to_contain_text("3, row 3, column 4: error")
    shown = float((read.text_content() or "").rsplit(" ", 1)[1].replace("−", "-"))
    assert shown == pytest.approx(found.kernel(1)[2 * 8 + 3, 3], rel=1e-3, abs=1e-6)
    picture.click(position={"x": box["width"] * 3.5 / 8, "y": box["height"] * 2.5 / 8})
    expect(page.locator(".st-key-learning-ledger")).to_contain_text("the weight from pixel row 3, column 4 into 3")
    expect(page).to_have_url(re.compile(r"cell=3-19"))


@pytest.mark.parametrize("width", [1300, 400])
def test_the_rate_is_dragged_in_the_browser(page: Page, app_url: str, width: int) -> None:
    """The losses under the mark against the line worked out here; the address follows when the mark is let go."""
    run = store.load(RUNS[MODEL].key)
    images, labels = (part[:] for part in catalog.load("uci-digits", "train"))
    chosen = np.random.default_rng(0).permutation(len(labels))[:128]
    x, y = inputs(images[chosen]), labels[chosen].astype(int)
    weights = run.state(0)
    slope = gradient.backward(run.spec.model, weights, x, y).gradient()
    page.set_viewport_size({"width": width, "height": 1000})
    page.goto(f"{app_url}/learning?section=rate&model={MODEL}&batch=128&epoch=0")
    line = page.locator(".st-key-learning-rate .line")
    expect(line).to_have_attribute("data-rate", "0.1")
    plot = page.locator(".st-key-learning-rate .plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 100)
    page.mouse.down()
    for share in (0.3, 0.95):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + 100, steps=3)
        rate, loss = (float(line.get_attribute(name) or "nan") for name in ("data-rate", "data-loss"))
        assert loss == pytest.approx(gradient_line.along(run.spec.model, weights, slope, x, y, [rate])[0], rel=1e-4)
        assert "eta" not in page.url
    assert rate > 5 and line.get_attribute("data-verdict") == ("too large" if loss > np.log(10) else "right")
    page.mouse.up()
    expect(page).to_have_url(re.compile(rf"eta={rate:.4g}"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_windows_add_up_to_the_gradient(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/learning?section=pulses&pulse=2")
    windows = page.locator(".ws")
    expect(windows).to_have_attribute("data-count", "1")
    before = float(windows.get_attribute("data-apart") or "nan")
    page.locator("[data-do=next]").click()
    expect(windows).to_have_attribute("data-count", "2")
    page.locator(".ws input").press("End")
    expect(windows).to_have_attribute("data-count", windows.get_attribute("data-windows") or "")
    assert float(windows.get_attribute("data-apart") or "nan") < 1e-4 * before
