"""The CNN page in a headless browser: first picture, a step of the kernel film, a move of the convolution's window.

Run by `python -m benchmarks.look_cnn`. The peer of a step is the same change by way of the server, in the same rounds: from the
moment the player rests until the page's sentence shows the new epoch.
"""

import json
import re
import statistics
import time

from playwright.sync_api import Page, expect

from benchmarks.look_templates import REST_MS, row
from benchmarks.served import served
from core.runs import catalog
from core.ui.shown import state_words
from pages.cnn.runs import FIRST

ROUNDS = 15
FILM = ".st-key-cnn-kernels .kf"

# One move of the slider; the film draws at once, so the time until the next frame is the time until it can be seen.
STEP = """([slider, value]) => {
  const started = performance.now();
  slider.value = value;
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  return new Promise((done) => requestAnimationFrame(() => done(performance.now() - started)));
}"""
# One press of an arrow key on the feature map: patch, products, sum and lit pixel.
MOVE = """(canvas) => {
  const started = performance.now();
  canvas.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }));
  return new Promise((done) => requestAnimationFrame(() => done(performance.now() - started)));
}"""


def first_picture(page: Page, url: str) -> float:
    """Seconds from the address to the kernels drawn."""
    started = time.perf_counter()
    page.goto(f"{url}/cnn?section=tests")
    page.wait_for_selector(f"{FILM}[data-state]")
    return time.perf_counter() - started


def steps(page: Page) -> tuple[list[float], list[float]]:
    """Rounds of one step in the browser, then the same by the server: milliseconds each."""
    slider = page.get_by_role("slider", name="epoch")
    last = int(slider.get_attribute("max") or 0)
    run = catalog.load(FIRST)
    ours, peer = [], []
    for i in range(ROUNDS):
        value = (i * 5) % last
        ours.append(page.evaluate(STEP, [slider.element_handle(), str(value)]))
        expect(page.locator(FILM)).to_have_attribute("data-state", str(value))
        started = time.perf_counter()
        words = state_words(run, value).capitalize()
        page.get_by_text(re.compile(f"^{re.escape(words)} .*of the run ")).first.wait_for()
        peer.append(max(0.0, (time.perf_counter() - started) * 1000 - REST_MS))
    return ours[1:], peer[1:]  # the first round warms up


def window_moves(page: Page, url: str) -> list[float]:
    """Milliseconds of each move of the convolution's window."""
    page.goto(f"{url}/cnn?section=convolution")
    page.wait_for_selector(".cw[data-row]")
    canvas = page.locator(".cw .result").element_handle()
    return [page.evaluate(MOVE, canvas) for _ in range(ROUNDS)][1:]


def main() -> None:
    with served() as (url, browser):
        page = browser.new_context(viewport={"width": 1300, "height": 1000}).new_page()
        page.set_default_timeout(60_000)
        page.goto(url)
        page.wait_for_selector("h1")
        cold = first_picture(page, url)
        warm = [first_picture(page, url) for _ in range(5)]
        page.goto(f"{url}/cnn")
        page.wait_for_selector(f"{FILM}[data-state]")
        page.wait_for_timeout(1500)
        step, step_peer = steps(page)
        move = window_moves(page, url)
    rows = [
        row("CNN page, warm, to first picture", statistics.median(warm), "s", 3.0, cold, "first visit after the server started"),
        row(
            "CNN, step of the kernel film", statistics.median(step), "ms", 25, statistics.median(step_peer), "the same change by the server"
        ),
        row("CNN, move of the convolution's window", statistics.median(move), "ms", 25),
    ]
    for line in rows:
        print(json.dumps(line))


if __name__ == "__main__":
    main()
