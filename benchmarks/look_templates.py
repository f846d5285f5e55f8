"""The templates page in a headless browser: first picture, a step of the film, a change of epoch in the confusion matrix.

Run by `python -m benchmarks.look_templates`. The peer of the browser's own drawing is the same change by way of the server, in the
same rounds: from the moment the player rests until the page's sentence shows the new epoch.
"""

import json
import statistics
import time

from playwright.sync_api import Page

from benchmarks.served import served

ROUNDS = 15
REST_MS = 200  # the player waits so long before it reports

# One move of the slider; the film draws at once, so the time until the event has been handled is the time to draw.
STEP = """([slider, value]) => {
  const started = performance.now();
  slider.value = value;
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  return new Promise((done) => requestAnimationFrame(() => done([performance.now() - started, 0])));
}"""
# The same for the matrix, which Vega draws a little later: until its pixels have changed.
CHANGE = """([slider, value, canvas]) => {
  const look = () => {
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let sum = 0;
    for (let i = 0; i < data.length; i += 44) sum = (sum * 31 + data[i] + data[i + 1]) % 1000003;
    return sum;
  };
  const before = look();
  const started = performance.now();
  slider.value = value;
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  return new Promise((done) => {
    const wait = () => {
      const spent = performance.now() - started;
      if (look() !== before || spent > 2000) done([spent, 0]);
      else setTimeout(wait, 0);
    };
    wait();
  });
}"""


def first_picture(page: Page, url: str) -> float:
    """Seconds from the address to the ten templates drawn."""
    started = time.perf_counter()
    page.goto(f"{url}/templates")
    page.wait_for_selector(".st-key-templates-gallery .tf[data-state]")
    return time.perf_counter() - started


def by_server(page: Page, value: int, label: str) -> float:
    """Milliseconds from the player's rest until the sentence shows the epoch."""
    started = time.perf_counter()
    page.get_by_text(f"Epoch {label} of", exact=False).first.wait_for()
    return max(0.0, (time.perf_counter() - started) * 1000 - REST_MS)


def moves(page: Page, script: str, canvas: bool) -> tuple[list[float], list[float]]:
    """Rounds of one change in the browser, then the same by the server: milliseconds each."""
    slider = page.get_by_role("slider", name="epoch")
    last = int(slider.get_attribute("max") or 0)
    ours, peer = [], []
    for i in range(ROUNDS):
        value = last - 1 - (i * 5) % (last // 2)  # whole epochs
        handles = [slider.element_handle(), str(value)]
        if canvas:
            handles.append(page.locator(".st-key-templates-confusion canvas").first.element_handle())
        ours.append(page.evaluate(script, handles)[0])
        peer.append(by_server(page, value, slider.get_attribute("aria-valuetext").split(" ")[1]))
        page.wait_for_timeout(200)
    return ours[1:], peer[1:]  # the first round warms up


def row(name: str, value: float, unit: str, limit: float, peer: float | None = None, what: str = "") -> dict:
    out = {"name": name, "value": round(value, 2), "unit": unit, "limit": limit}
    if peer is not None:
        out |= {"peer": what, "peer_value": round(peer, 2), "ratio": round(value / peer, 3) if peer else None}
    return out


def main() -> None:
    with served() as (url, browser):
        page = browser.new_context(viewport={"width": 1300, "height": 1000}).new_page()
        page.set_default_timeout(60_000)
        page.goto(url)
        page.wait_for_selector("h1")
        cold = first_picture(page, url)
        warm = [first_picture(page, url) for _ in range(5)]
        step, step_peer = moves(page, STEP, canvas=False)
        page.goto(f"{url}/templates?section=confusion")
        page.wait_for_selector(".st-key-templates-confusion canvas")
        page.wait_for_timeout(1500)
        change, change_peer = moves(page, CHANGE, canvas=True)
    server_words = "the same change by the server"
    rows = [
        row("templates page, warm, to first picture", statistics.median(warm), "s", 3.0, cold, "first visit after the server started"),
        row("templates, step of ten templates", statistics.median(step), "ms", 25, statistics.median(step_peer), server_words),
        row("confusion, change of epoch", statistics.median(change), "ms", 60, statistics.median(change_peer), server_words),
    ]
    for line in rows:
        print(json.dumps(line))


if __name__ == "__main__":
    main()
