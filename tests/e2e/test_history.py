"""Back and Forward: one press an act, whatever the server's pace."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.served import Server
from tests.e2e.rest import rested

SCRIPT = "tests/frame/choices_page.py"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[float], Server]]:
    """A server of the small app that waits for so many seconds in each run."""
    servers: dict[float, Server] = {}

    def start(wait: float) -> Server:
        if wait not in servers:
            servers[wait] = Server(tmp_path_factory.mktemp("history"), SCRIPT, WAIT=str(wait))
        return servers[wait]

    yield start
    for server in servers.values():
        server.stop()


def choose(page: Page, part: str) -> None:
    page.get_by_text(part, exact=True).click()


def press(page: Page, *buttons: str) -> None:
    """Back and Forward, one press right after the other, as a quick finger has it."""
    for button in buttons:
        page.evaluate(f"history.{button}()")
        page.wait_for_timeout(40)


def shows(page: Page, words: str, search: str) -> None:
    """The view, and the address of it, once all is at rest."""
    expect(page.get_by_text(words)).to_be_visible()
    expect(page).to_have_url(re.compile(re.escape(search) + "$"))
    rested(page)


def test_an_act_is_an_entry_and_back_undoes_it(page: Page, served) -> None:
    page.goto(served(0).url)
    shows(page, "part a, epoch 50, number 0.", "/")
    length = page.evaluate("history.length")
    choose(page, "b")
    shows(page, "part b", "?section=b")
    page.get_by_text("Loud").click()
    shows(page, "part b", "?section=b&loud=yes")
    choose(page, "c")
    shows(page, "part c", "?section=c")
    assert page.evaluate("history.length") == length + 3
    page.go_back()
    shows(page, "part b", "?section=b&loud=yes")
    expect(page.get_by_role("checkbox")).to_be_checked()
    page.go_back()
    shows(page, "part b", "?section=b")
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    page.go_forward()
    shows(page, "part b", "?section=b&loud=yes")
    press(page, "back", "back")
    shows(page, "part a", "/")
    assert page.evaluate("history.length") == length + 3


def test_a_fragment_alone_writes_an_entry_too(page: Page, served) -> None:
    page.goto(f"{served(0).url}/?section=b")
    shows(page, "part b", "?section=b")
    length = page.evaluate("history.length")
    page.get_by_role("button", name="Increment").click()
    expect(page).to_have_url(re.compile("number=1"))
    rested(page)
    choose(page, "c")
    shows(page, "part c, epoch 50, number 1.", "?section=c&number=1")
    assert page.evaluate("history.length") == length + 2
    page.go_back()
    shows(page, "part b, epoch 50, number 1.", "?section=b&number=1")
    page.go_back()
    shows(page, "part b, epoch 50, number 0.", "?section=b")


def test_a_link_that_asks_for_what_cannot_be_adds_no_entry(page: Page, served) -> None:
    page.goto(f"{served(0).url}/?section=z&epoch=7")
    shows(page, "part a, epoch 7", "?epoch=7")
    expect(page.get_by_text("The link asks for section")).to_be_visible()
    length = page.evaluate("history.length")
    choose(page, "b")
    shows(page, "part b, epoch 7", "?section=b&epoch=7")
    assert page.evaluate("history.length") == length + 1


def test_back_over_pages_and_to_a_page_as_it_opened(page: Page, served) -> None:
    page.goto(served(0).url)
    shows(page, "part a", "/")
    choose(page, "b")
    shows(page, "part b", "?section=b")
    page.get_by_role("link", name="second").click()
    shows(page, "size 1.", "/second")
    page.get_by_role("slider").press("ArrowRight")
    shows(page, "size 2.", "/second?size=2")
    page.go_back()
    shows(page, "size 1.", "/second")
    page.go_back()
    shows(page, "part b", "/?section=b")
    page.go_back()
    shows(page, "part a", "/")
    press(page, "forward", "forward", "forward")
    shows(page, "size 2.", "/second?size=2")


def test_quick_presses_and_a_slow_server(page: Page, served) -> None:
    """Two seconds a run: acts, and presses of Back, come while the server still works on the one before."""
    page.goto(served(2).url)
    shows(page, "part a", "/")
    choose(page, "b")
    shows(page, "part b", "?section=b")
    choose(page, "c")
    page.wait_for_timeout(300)
    page.go_back()  # before the server has answered: the act that it works on is undone with the one before
    shows(page, "part a", "/")
    page.wait_for_timeout(3_000)
    shows(page, "part a", "/")
    choose(page, "c")
    shows(page, "part c", "?section=c")
    choose(page, "b")
    shows(page, "part b", "?section=b")
    press(page, "back", "back", "forward")
    shows(page, "part c", "?section=c")


def test_back_is_not_undone_by_a_server_that_lags_ten_seconds(page: Page, served) -> None:
    page.goto(served(10).url)
    shows(page, "part a", "/")
    choose(page, "b")
    shows(page, "part b", "?section=b")
    page.go_back()
    shows(page, "part a", "/")
    page.wait_for_timeout(6_000)
    shows(page, "part a", "/")


def test_a_reload_and_a_restart_of_the_server_keep_the_view_and_its_history(page: Page, tmp_path: Path) -> None:
    server = Server(tmp_path, SCRIPT)
    try:
        page.goto(server.url)
        shows(page, "part a", "/")
        choose(page, "b")
        shows(page, "part b", "?section=b")
        choose(page, "c")
        shows(page, "part c", "?section=c")
        page.reload()
        shows(page, "part c", "?section=c")
        page.go_back()
        shows(page, "part b", "?section=b")
        page.go_forward()
        shows(page, "part c", "?section=c")
        server.restart()
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-connection-state", "CONNECTED")
        shows(page, "part c", "?section=c")
        page.go_back()
        shows(page, "part b", "?section=b")
        choose(page, "a")
        shows(page, "part a", "/")
        page.go_back()
        shows(page, "part b", "?section=b")
    finally:
        server.stop()


def test_back_while_the_server_is_away_is_not_undone(page: Page, tmp_path: Path) -> None:
    """What the browser held wins over the address in a new session, but not over a press of Back since."""
    server = Server(tmp_path, SCRIPT, WAIT="1")
    try:
        page.goto(f"{server.url}/?section=b")
        shows(page, "part b", "?section=b")
        choose(page, "c")
        shows(page, "part c", "?section=c")
        server.restart()
        page.go_back()  # before the page is connected again
        shows(page, "part b", "?section=b")
        page.wait_for_timeout(3_000)
        shows(page, "part b", "?section=b")
    finally:
        server.stop()
