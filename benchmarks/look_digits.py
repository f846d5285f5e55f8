"""How soon the digits page answers the pen: from a move to the changed picture, and updates during a stroke of 3 seconds.

Peer: the same stroke sent once when the pen is lifted, as packaged drawing pads do; both in one browser, in turns.
Run it by itself: `python -m benchmarks.look_digits`. It needs MNIST's test digits for the colour scales, or uses those that stand in.
"""

import json
import math
import statistics
import time

from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from benchmarks.served import served

MOVES = 40
STROKES = 3

# Notes when the pen moved and when the layers' pictures and the bars changed, by the browser's own clock.
WATCH = """
() => {
  const deep = (root) => [root, ...[...root.querySelectorAll('*')].filter((e) => e.shadowRoot).flatMap((e) => deep(e.shadowRoot))];
  window.looked = { moves: [], pictures: [] };
  const layers = () => {
    const place = document.querySelector('.st-key-digits-layers');
    return place ? deep(place).flatMap((r) => [...r.querySelectorAll('img')]) : [];
  };
  let last = '';
  const look = () => {
    const now = layers().map((image) => image.src).join('|');
    if (now && now !== last) window.looked.pictures.push(performance.now());
    last = now;
    requestAnimationFrame(look);
  };
  look();
  const pad = deep(document).map((r) => r.querySelector('.square')).find(Boolean);
  pad.addEventListener('pointermove', () => window.looked.moves.push(performance.now()));
}
"""


def circle(box: dict[str, float], start: float, end: float, steps: int) -> list[tuple[float, float]]:
    turns = [2 * math.pi * (start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(box["x"] + box["width"] * (0.5 + 0.25 * math.cos(a)), box["y"] + box["width"] * (0.5 + 0.35 * math.sin(a))) for a in turns]


def answers(page: Page, box: dict[str, float]) -> list[float]:
    """Milliseconds from a single move to the changed picture, with the page at rest before each."""
    points = circle(box, 0, 0.95, MOVES + 12)
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:12]:
        page.mouse.move(*point)
    page.wait_for_timeout(1_000)
    out = []
    for point in points[12:]:
        page.evaluate("() => { window.looked = { moves: [], pictures: [] } }")
        page.mouse.move(*point)
        try:
            page.wait_for_function("window.looked.moves.length && window.looked.pictures.length", timeout=3_000)
        except PlaywrightTimeout:
            continue  # two drawings can look alike
        looked = page.evaluate("window.looked")
        out.append(looked["pictures"][0] - looked["moves"][0])
        page.wait_for_timeout(120)
    page.mouse.up()
    return out


def updates(page: Page, box: dict[str, float]) -> int:
    """Changed pictures during a stroke of 3 seconds."""
    points = circle(box, 0, 1, 150)
    page.mouse.move(*points[0])
    page.mouse.down()
    page.evaluate("() => { window.looked = { moves: [], pictures: [] } }")
    began = time.monotonic()
    for i, point in enumerate(points[1:], start=1):
        page.mouse.move(*point)
        time.sleep(max(0.0, began + 3 * i / len(points) - time.monotonic()))
    looked = page.evaluate("window.looked")
    page.mouse.up()
    return sum(t - looked["moves"][0] <= 3_000 for t in looked["pictures"])  # on a busy machine the stroke takes longer


def lifted(page: Page, box: dict[str, float]) -> float:
    """Milliseconds from the last move to the picture that shows it, when the whole stroke is made at once."""
    points = circle(box, 0, 0.9, 30)
    page.mouse.move(*points[0])
    page.mouse.down()
    page.evaluate("() => { window.looked = { moves: [], pictures: [] } }")
    for point in points[1:]:
        page.mouse.move(*point)
    page.mouse.up()
    page.wait_for_timeout(1_500)
    looked = page.evaluate("window.looked")
    return looked["pictures"][-1] - looked["moves"][-1]


def clear(page: Page) -> None:
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("Nothing is drawn yet").wait_for()


def measure(url: str, browser: Browser) -> list[dict[str, object]]:
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.goto(url)
    page.get_by_test_id("stHeading").first.wait_for(timeout=60_000)
    page.goto(f"{url}/digits")
    page.locator(".st-key-digits-layers img").first.wait_for(timeout=60_000)
    page.wait_for_timeout(3_000)
    page.evaluate(WATCH)
    box = page.locator(".square").bounding_box()
    assert box is not None
    waits: list[float] = []
    counts: list[float] = []
    ends: list[float] = []
    for _ in range(STROKES):
        clear(page)
        waits += answers(page, box)
        clear(page)
        counts.append(updates(page, box))
        clear(page)
        ends.append(lifted(page, box))
    wait = statistics.median(waits)
    return [
        {"name": "digits: pen move to changed layers, median", "value": round(wait, 1), "unit": "ms", "peer": None, "ratio": None},
        {
            "name": "digits: pen move to changed layers, 95 % below",
            "value": round(sorted(waits)[int(0.95 * len(waits))], 1),
            "unit": "ms",
            "peer": None,
            "ratio": None,
        },
        {
            "name": "digits: updates in a stroke of 3 s (peer: a pad that sends when the pen is lifted)",
            "value": statistics.median(counts),
            "unit": "updates",
            "peer": 1,
            "ratio": statistics.median(counts),
        },
        {
            "name": "digits: last move of a fast stroke to its picture",
            "value": round(statistics.median(ends), 1),
            "unit": "ms",
            "peer": None,
            "ratio": None,
        },
    ]


def main() -> None:
    with served() as (url, browser):
        for row in measure(url, browser):
            print(json.dumps(row))


if __name__ == "__main__":
    main()
