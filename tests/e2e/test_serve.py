"""Two processes behind nginx, as `make serve N=2` starts them: one app for who comes, also when a process is killed."""

import gzip
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.served import ROOT
from core.frame.site import ENTRIES
from deploy import proxy, serve
from tests.e2e.rest import rested
from tests.ui.upload_case import photograph

COOKIE = "kernel_explorer_process"
SEEDS = count(77)  # a second try trains anew


class Served:
    """deploy/serve.py with two processes on free ports."""

    def __init__(self, folder: Path) -> None:
        self.port = _three_ports()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "serve.log"
        command = [sys.executable, "deploy/serve.py", "--processes", "2", "--port", str(self.port), "--work", str(folder / "work")]
        environment = os.environ | {"KERNEL_EXPLORER_RUNS": str(folder / "runs"), "KERNEL_EXPLORER_UPLOAD_MB": "1"}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.says("Kernel Explorer: http")

    def says(self, words: str) -> None:
        """Wait until it has said this."""
        until(lambda: words in self.said() or self.process.poll() is not None, words)
        assert words in self.said(), self.said()

    def said(self) -> str:
        return self.log.read_text()

    def pid(self, place: int) -> int:
        """The process at a place, the last that was started there."""
        return int(re.findall(rf"App on port {self.port + 1 + place} started, process (\d+)", self.said())[-1])

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(30)


def _three_ports() -> int:
    """A port that is free as are the two after it."""
    for port in range(21_000 + os.getpid() % 1_000 * 8, 32_000, 4):
        try:
            for offset in range(3):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port + offset))
        except OSError:
            continue
        return port
    raise RuntimeError("no three free ports")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Served]:
    try:
        proxy.find()
    except proxy.Trouble as trouble:
        pytest.skip(str(trouble))
    running = Served(tmp_path_factory.mktemp("serve"))
    yield running
    if running.process.poll() is None:
        running.stop()


def visitor(browser: Browser, served: Served, place: int | None = None) -> Page:
    """A browser of its own, new or one that has been at a place before."""
    context = browser.new_context(viewport={"width": 1300, "height": 1000})
    context.set_default_timeout(60_000)
    if place is not None:
        context.add_cookies([{"name": COOKIE, "value": f"place{place}", "url": served.url}])
    return context.new_page()


def place_of(page: Page) -> str:
    return {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}.get(COOKIE, "")


def until(true: Callable[[], bool], trouble: str) -> None:
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end, trouble
        time.sleep(0.1)


def connected(page: Page) -> None:
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-connection-state", "CONNECTED")


def test_pages_links_and_files_come_through(browser: Browser, served: Served) -> None:
    page = visitor(browser, served)
    page.goto(f"{served.url}/mlp?layer=4&epoch=7")
    expect(page.get_by_role("heading", level=1)).to_have_text("How weights learn to read digits")
    rested(page)
    assert "layer=4" in page.url and "epoch=7" in page.url
    assert place_of(page) in ("place0", "place1")
    name = page.locator("script[src*='static/js/']").first.get_attribute("src")
    assert name is not None
    request = urllib.request.Request(f"{served.url}/{name.lstrip('./')}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Encoding"] == "gzip" and "immutable" in answer.headers["Cache-Control"]
        packed = answer.read()
    with urllib.request.urlopen(request.full_url) as answer:
        assert answer.headers["Content-Encoding"] is None and answer.read() == gzip.decompress(packed)
    with urllib.request.urlopen(served.url) as answer:  # new people are spread, and each learns its place
        assert re.match(rf"{COOKIE}=place\d; Path=/; HttpOnly", answer.headers["Set-Cookie"])
        assert answer.headers["Cache-Control"] == "no-cache"
    page.context.close()


@pytest.mark.full
@pytest.mark.timeout(400)
def test_no_page_asks_another_server_or_breaks_the_policy(browser: Browser, served: Served) -> None:
    """Every page as it opens: all its requests, its icon, and what the browser says of the policy and of scripts."""
    page = visitor(browser, served)
    asked, said = [], []
    page.context.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for entry in ENTRIES:
        answer = page.goto(f"{served.url}/{entry.path}")
        assert answer is not None and "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        rested(page)
        page.wait_for_timeout(1_000)
        asked += page.locator("link[href]").evaluate_all("links => links.map(link => link.href)")
        asked += page.locator("img").evaluate_all("images => images.map(image => image.src).filter(Boolean)")
    foreign = {url[:90] for url in asked if not url.startswith((served.url, served.url.replace("http", "ws"), "data:", "blob:"))}
    assert len(asked) > 50 and not foreign, foreign
    assert not [words for words in said if "Content Security Policy" in words or "unsafe-eval" in words], said
    page.context.close()


@pytest.mark.parametrize("place", [0, pytest.param(1, marks=pytest.mark.full)])
def test_an_upload_reaches_the_process_of_its_session(place: int, browser: Browser, served: Served, tmp_path: Path) -> None:
    page = visitor(browser, served, place)
    page.goto(f"{served.url}/digits?input=upload")
    rested(page)
    assert place_of(page) == f"place{place}"
    (tmp_path / "seven.png").write_bytes(photograph("dark on light"))
    (tmp_path / "large.png").write_bytes(bytes(1_100_000))
    chooser = page.locator(".st-key-digits-upload input[type=file]")
    chooser.set_input_files(tmp_path / "large.png")
    expect(page.get_by_text(re.compile("must be 1.* or smaller"))).to_be_visible()
    chooser.set_input_files(tmp_path / "seven.png")
    expect(page.get_by_text("your picture seven.png").first).to_be_visible()
    page.context.close()


@pytest.mark.full
@pytest.mark.timeout(400)
def test_a_training_is_seen_from_every_process_and_a_killed_one_is_replaced(browser: Browser, served: Served) -> None:
    view = f"{served.url}/digits?section=train&training=1000-20-0.05-{next(SEEDS)}-uci-digits"
    one, other = visitor(browser, served, 0), visitor(browser, served, 1)
    one.goto(view)
    other.goto(view)
    rested(one)
    rested(other)
    assert (place_of(one), place_of(other)) == ("place0", "place1")
    one.get_by_role("button", name="Train", exact=True).click()
    under_way = re.compile(r"Waiting for its turn|Starting|Epoch [\d.]+ of 20")
    expect(one.get_by_text(under_way).first).to_be_visible()
    other.reload()
    expect(other.get_by_text(under_way).first).to_be_visible()
    expect(other.get_by_text("Done:").first).to_be_visible(timeout=150_000)

    first, address, heard = served.pid(0), one.url, [0.0]
    one.on("websocket", lambda socket: socket.on("framereceived", lambda _: heard.append(time.monotonic())))
    os.kill(first, signal.SIGKILL)
    until(lambda: place_of(one) == "place1", "the other process does not take it over")
    until(lambda: place_of(one) != "" and len(heard) > 5 and time.monotonic() - heard[-1] > 2, "the new session does not run")
    connected(one)
    rested(one)
    assert one.url == address
    expect(one.get_by_text("Done:").first).to_be_visible()  # what was trained lies in the store
    one.get_by_role("button", name="Look inside it").click()
    expect(one).to_have_url(re.compile(r"run=[0-9a-f]{12}"))

    served.says("has ended (-9); starting it again")
    until(lambda: serve.healthy(served.port + 1), "it does not come again")
    assert served.pid(0) != first
    back = visitor(browser, served, 0)
    back.goto(f"{served.url}/mlp?layer=2")
    expect(back.get_by_role("heading", level=1)).to_have_text("How weights learn to read digits")
    connected(back)
    assert place_of(back) == "place0"
    assert place_of(one) == "place1", "nobody is moved back"
    for page in (one, other, back):
        page.context.close()


def test_it_stops_with_all_that_it_started(browser: Browser, served: Served) -> None:
    pids = [served.pid(place) for place in (0, 1)]
    assert served.stop() == 0
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert not serve.healthy(served.port)
