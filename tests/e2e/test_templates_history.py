"""The templates page and the browser's history: one entry an act, and Back undoes it."""

import random
import re

import pytest
from playwright.sync_api import Page, expect

from core.runs import store
from core.runs.shipped import RUNS
from tests.e2e.rest import choose, rested
from tests.e2e.templates_steps import click_cell

PLAYER = "Step back"


def shows(page: Page, words: str, search: str) -> None:
    """The view, and the address of it, once all is at rest."""
    expect(page.get_by_text(re.compile(words)).first).to_be_visible()
    expect(page).to_have_url(re.compile(re.escape(f"/templates{search}") + "$"))
    rested(page)


def opened(page: Page, url: str, search: str, words: str) -> int:
    """Open the page; how long the history then is."""
    page.goto(f"{url}/templates{search}")
    shows(page, words, search)
    return page.evaluate("history.length")


def length(page: Page) -> int:
    return page.evaluate("history.length")


def test_parts_networks_cells_and_the_player(page: Page, app_url: str) -> None:
    before = opened(page, app_url, "", "Epoch 30 of 30")
    page.get_by_text("Confusion", exact=True).click()
    shows(page, "The most frequent errors now", "?section=confusion")
    click_cell(page, "4-9")
    shows(page, "4 read as 9:", "?section=confusion&cell=4-9")
    page.get_by_text("Row %", exact=True).click()
    shares = "?section=confusion&form=shares&cell=4-9"
    shows(page, "4 read as 9:", shares)
    page.get_by_role("button", name=PLAYER).click()
    earlier = "?section=confusion&epoch=29&form=shares&cell=4-9"
    shows(page, "Epoch 29 of 30", earlier)
    choose(page, "Network", "Digits, 10 hidden units")
    hidden = "?section=confusion&model=hidden-mnist&epoch=29&form=shares&cell=4-9"
    shows(page, "Epoch 29 of 30.*93", hidden)
    assert length(page) == before + 5
    page.go_back()
    shows(page, "Epoch 29 of 30.*92", earlier)
    page.go_back()
    shows(page, "Epoch 30 of 30", shares)
    last = store.load(RUNS["softmax-mnist"].key).states - 1
    expect(page.get_by_role("slider", name="epoch")).to_have_value(str(last))
    page.go_back()
    shows(page, "4 read as 9:", "?section=confusion&cell=4-9")
    page.go_back()
    shows(page, "The most frequent errors now", "?section=confusion")
    click_cell(page, "4-9")  # the chart's own pick is still this cell
    shows(page, "4 read as 9:", "?section=confusion&cell=4-9")
    page.go_back()
    shows(page, "The most frequent errors now", "?section=confusion")
    page.go_back()
    shows(page, "Watch them appear", "")
    page.go_forward()
    page.go_forward()
    shows(page, "4 read as 9:", "?section=confusion&cell=4-9")


@pytest.mark.full
def test_a_network_that_stands_in_and_an_image_that_is_opened(page: Page, app_url: str) -> None:
    before = opened(page, app_url, "?section=mistakes", "images misread")
    page.get_by_text("A hidden layer", exact=True).click()
    stands_in = "?section=hidden&model=hidden-mnist&asked=softmax-mnist"
    shows(page, "stands in for Digits, one layer", stands_in)
    page.get_by_role("button", name="Show it without a guess").click()
    shows(page, "Sort the filters by", f"{stands_in}&shown=filters")
    page.get_by_text("activation × weight for an image", exact=True).click()
    shows(page, "The votes for", f"{stands_in}&bars=votes&shown=filters")
    page.get_by_role("button", name="Back to Digits, one layer").click()
    shows(page, "Watch them appear", "?shown=filters")
    assert length(page) == before + 4
    page.go_back()
    shows(page, "The votes for", f"{stands_in}&bars=votes&shown=filters")
    page.go_back()
    shows(page, "Sort the filters by", f"{stands_in}&shown=filters")
    page.go_back()
    shows(page, "What will their filters look like", stands_in)
    expect(page.get_by_text("Sort the filters by")).to_have_count(0)
    page.go_back()
    shows(page, "images misread", "?section=mistakes")
    image = page.locator(".st-key-templates-mistakes button").first
    number = image.get_attribute("data-id")
    image.click()
    match = f"?section=match&from=mistakes&image={number}"
    shows(page, "Which template wins second", match)
    page.get_by_role("button", name="Back to Mistakes").click()
    shows(page, "images misread", "?section=mistakes")
    assert length(page) == before + 2  # the entries after the mistakes gave way
    page.go_back()
    shows(page, "Which template wins second", match)
    page.go_back()
    shows(page, "images misread", "?section=mistakes")
    page.go_forward()
    shows(page, "Which template wins second", match)
    expect(page.get_by_role("button", name="Back to Mistakes")).to_be_visible()


@pytest.mark.full
@pytest.mark.parametrize("seed", range(4))
def test_quick_presses_there_and_back(page: Page, app_url: str, seed: int) -> None:
    """Bursts of Back and Forward, as fast as a finger: the view is that of the entry where they end, and nothing breaks."""
    opened(page, app_url, "?section=confusion", "The most frequent errors")
    entries = [page.url]
    for part in ("Mistakes", "A hidden layer", "Confusion", "Mistakes"):
        page.get_by_text(part, exact=True).first.click()
        expect(page).not_to_have_url(entries[-1])
        rested(page)
        page.wait_for_timeout(500)
        entries.append(page.url)
    length, at, rng = page.evaluate("history.length"), len(entries) - 1, random.Random(seed)
    for _ in range(15):
        for _ in range(rng.randint(1, 6)):
            step = rng.choice([-1, 1])
            step = step if 0 <= at + step < len(entries) else -step
            at += step
            page.evaluate(f"history.go({step})")
            page.wait_for_timeout(rng.choice([100, 300, 700]))
        expect(page).to_have_url(entries[at])
        expect(page.get_by_text("Connection error")).to_have_count(0)
        assert page.evaluate("history.length") == length
