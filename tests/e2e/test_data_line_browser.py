"""The line about a data set: one line of one height, whatever becomes of a download that a local server spoils."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.served import Server
from tests.data import data_archives as archives

LINE = ".st-key-data-mnist button p"
SCRIPT = """
import streamlit as st
from core.frame import page
from core.ui import data_status

page.header("A page", "A sentence.")
data_status.notice("mnist")
st.markdown("What follows")
"""


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return archives.mnist()[0]


@pytest.fixture
def served(tmp_path: Path, files: dict[str, bytes]) -> Iterator[Callable[[str], str]]:
    """A page with the line alone, whose downloads come from a mirror of a manner; its address."""
    running: list = []

    def start(manner: str) -> str:
        (tmp_path / "page.py").write_text(SCRIPT)
        mirror = archives.Server(files, manner)
        values = {"KERNEL_EXPLORER_DATA": str(tmp_path / "data"), "KERNEL_EXPLORER_MIRROR": mirror.address}
        app = Server(tmp_path, str(tmp_path / "page.py"), KERNEL_EXPLORER_OFFLINE="1", **values)
        running.extend((app.stop, mirror.close))
        return app.url

    yield start
    for stop in running:
        stop()


def below(page: Page) -> float:
    """Where the page goes on after the line, px from the top."""
    expect(page.get_by_text("What follows")).to_be_visible()
    return page.get_by_text("What follows").bounding_box()["y"]


def one_line(page: Page, words: str) -> None:
    """The line says so, and is one line inside the page."""
    expect(page.locator(LINE)).to_contain_text(words)
    box = page.locator(LINE).bounding_box()
    assert box["height"] < 30 and box["x"] + box["width"] <= page.viewport_size["width"]


@pytest.mark.parametrize("width", [pytest.param(1300, marks=pytest.mark.full), 400])
def test_nothing_moves_from_the_offer_to_the_failure(served: Callable[[str], str], browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(served("slow"))  # half of each file, a pause, the rest: and none of it is MNIST
    places = [below(page)]
    one_line(page, "UCI digits stand in for MNIST")
    page.locator(LINE).click()
    expect(page.get_by_text("scaled to 28x28")).to_be_visible()
    page.get_by_role("button", name="Get MNIST (12 MB)").click()
    one_line(page, "Getting MNIST: ")
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()  # the details stay open while they follow the download
    places.append(below(page))
    one_line(page, "MNIST could not be downloaded")
    expect(page.get_by_text("127.0.0.1 sent a file that is cut or changed (its checksum is wrong)")).to_be_visible()
    expect(page.get_by_role("button", name="Try MNIST again (12 MB)")).to_be_visible()
    places.append(below(page))
    assert max(places) - min(places) < 1, places
    context.close()


@pytest.mark.full
def test_a_cancelled_download_is_offered_again(served: Callable[[str], str], page: Page) -> None:
    page.goto(served("silent"))
    page.locator(LINE).click()
    page.get_by_role("button", name="Get MNIST (12 MB)").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The download of MNIST was cancelled.")).to_be_visible()
    one_line(page, "UCI digits stand in for MNIST")
    expect(page.get_by_role("button", name="Try MNIST again (12 MB)")).to_be_visible()
