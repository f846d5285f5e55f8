"""The lab in a browser: a form filled in by keyboard alone, a training that goes on when its page is left, and what comes of it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.rest import rested

LONG, SHORT = "3", "2"  # seeds by which the trainings differ
FOCUS = "() => [document.activeElement.getAttribute('aria-label') ?? '', document.activeElement.innerText ?? '']"


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the field of this label, or the button of this text, has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        label, text = page.evaluate(FOCUS)
        if label.partition(" (")[0] == words or text.strip().split("\n")[-1] == words:
            return
    raise AssertionError(f"Tab never comes to {words!r}")


def typed(page: Page, words: str, text: str) -> None:
    tab_to(page, words)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    rested(page)


@pytest.mark.full
@pytest.mark.timeout(600)  # four trainings, with others at work
def test_a_training_from_the_keyboard_to_the_page_that_looks_inside(page: Page, serve: Callable[..., str], tmp_path: Path) -> None:
    url = serve(KERNEL_EXPLORER_RUNS=str(tmp_path / "runs"))

    page.goto(f"{url}/lab")  # form, by keyboard alone
    rested(page)
    typed(page, "Hidden layers", "24-12")
    typed(page, "Seed of the weights", LONG)
    typed(page, "Epochs", "2000")
    expect(page).to_have_url(re.compile(r"hidden=24-12.*epochs=2000"))
    tab_to(page, "Train")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"section=watch&run=[0-9a-f]{12}"))  # watch
    expect(page.get_by_text("Starting")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Epoch [\d.]+ of 2000, .* left$"))).to_be_visible(timeout=180_000)  # a worker that steps back
    expect(page.locator(".st-key-lab-picture canvas").first).to_be_visible()
    expect(page.get_by_text("The first weights at the start")).to_be_visible()
    address = page.url

    context = page.context  # leave, and come back in a new tab
    page.close()
    page = context.new_page()
    page.goto(f"{url}/lab?section=queue")
    mine = page.locator("[class*='st-key-lab-row-mine-']")
    expect(mine).to_have_count(1)
    expect(mine).to_contain_text("trains")
    mine.get_by_role("button", name="Watch").click()
    expect(page).to_have_url(address)

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text(re.compile(r"^Paused at epoch \d+ of 2000$"))).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text(re.compile(r"^Epoch [\d.]+ of 2000, .* left$"))).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The training was cancelled")).to_be_visible()

    page.goto(f"{url}/lab?epochs=3&weights_seed={SHORT}")  # the same by a link; compare, open
    rested(page)
    page.get_by_role("button", name="Train", exact=True).last.click()
    expect(page.get_by_text(re.compile("^Finished: .* right after 3 epochs"))).to_be_visible(timeout=180_000)
    key = page.url[-12:]
    page.get_by_role("button", name="Compare it").click()
    expect(page).to_have_url(re.compile(f"section=compare&runs={key}"))
    expect(page.get_by_test_id("stVegaLiteChart").locator("canvas").first).to_be_visible()
    page.go_back()
    page.locator(".st-key-lab-opens").get_by_role("link", name="MLP").click()
    expect(page).to_have_url(re.compile(rf"/mlp\?model={key}$"))
    expect(page.locator(".st-key-mlp-matrix")).to_be_visible()

    form = "task=one-layer&images=60&validation=0&test=50&epochs=2"
    page.goto(f"{url}/lab?section=sweep&{form}&over=train.learning_rate&values=0.003,0.03")  # two at once, and into one of them
    page.get_by_role("button", name="Train 2 networks").click()
    expect(page.get_by_text(re.compile("^Best: .*the least is"))).to_be_visible(timeout=180_000)
    expect(page).to_have_url(re.compile("section=sweep.*sweep=[0-9a-f]{12}"))
    page.get_by_text("Table", exact=True).first.click()
    expect(page).to_have_url(re.compile("look=table"))
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
