"""A server that starts again under an open page: the first click counts, and what was drawn is read."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.served import Server
from tests.e2e.rest import rested


def connected(page: Page) -> None:
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-connection-state", "CONNECTED")


def lost(page: Page) -> None:
    expect(page.get_by_test_id("stApp")).not_to_have_attribute("data-test-connection-state", "CONNECTED")


@pytest.mark.full
def test_the_first_click_after_a_restart_counts_and_the_drawing_is_read(page: Page, tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        page.goto(f"{server.url}/digits?epoch=3")
        rested(page)
        pad = page.locator(".square")
        pad.scroll_into_view_if_needed()
        rested(page)
        box = pad.bounding_box()
        assert box is not None
        middle = box["x"] + box["width"] / 2
        page.mouse.move(middle, box["y"] + box["height"] * 0.2)
        page.mouse.down()
        page.mouse.move(middle, box["y"] + box["height"] * 0.8, steps=8)
        page.mouse.up()
        reading = page.get_by_text(re.compile(r"^It reads an? \d$"))
        expect(reading).to_have_text("It reads a 1")
        rested(page)

        server.process.kill()
        lost(page)
        server.restart()
        connected(page)
        rested(page)
        expect(reading).to_have_text("It reads a 1")
        assert re.search(r"/digits\?epoch=3&drawing=[\w-]+$", page.url), page.url

        server.process.kill()
        lost(page)
        server.restart()
        connected(page)
        page.get_by_text("Layers and weights").click()  # at once, while the new session's first run is under way
        expect(page).to_have_url(re.compile(r"section=summary"))
        page.wait_for_timeout(2_000)
        rested(page)
        assert re.search(r"/digits\?section=summary&epoch=3(&drawing=[\w-]+)?$", page.url), page.url
    finally:
        server.stop()
