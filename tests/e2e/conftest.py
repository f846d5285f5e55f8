"""A server of our own on a free port and a headless browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.served import FLAGS, Server, browser_path

expect.set_options(timeout=60_000)  # two shared cores can be slow


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on busy shared cores may stumble once over its own timing; it is said at the end, and a second time is a failure."""
    mine = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in mine:
        item.add_marker(pytest.mark.flaky(reruns=1))
    items[:] = mine + [item for item in items if item not in set(mine)]  # the long files first: then two workers end together


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = Server(tmp_path_factory.mktemp("server"))
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Starts a server with other environment variables and returns its address; all are stopped at the end."""
    servers = []

    def start(**environment: str) -> str:
        servers.append(Server(tmp_path_factory.mktemp("server"), **environment))
        return servers[-1].url

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = browser_path()
    if path is None:
        pytest.skip("no Chromium or Chrome is installed; `make test` installs one where apt is there")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1300, "height": 1000})
    context.set_default_timeout(60_000)
    tab = context.new_page()
    tab.on("pageerror", lambda error: print("page error:", error))
    yield tab
    context.close()
