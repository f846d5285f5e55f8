"""How soon the MLP page answers: sorting, steps of the epoch, another layer or model, the first matrix.

Every time runs from the event to the change of the picture, or to the painted frame, by the browser's own clock. The peers run
beside it: the usual way, a plain Altair rect chart with a round trip to the server (peer_look.py), and for the sort of a large
matrix the published explorer's, an SVG rect a weight (peer_svg.html). `python -m benchmarks.look_mlp`
"""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page

from benchmarks.served import ROOT, Server, served
from core.runs import store
from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec

ROUNDS = 10
# Notes when anything was last drawn on a canvas or changed in an SVG chart.
WATCH = """
window.lastDrawn = 0;
for (const name of ['fillRect', 'fill', 'stroke', 'drawImage', 'fillText', 'putImageData']) {
  const draw = CanvasRenderingContext2D.prototype[name];
  CanvasRenderingContext2D.prototype[name] = function (...rest) { window.lastDrawn = performance.now(); return draw.apply(this, rest); };
}
new MutationObserver((changes) => {
  if (changes.some((c) => c.target.closest?.('svg.marks'))) window.lastDrawn = performance.now();
}).observe(document, { subtree: true, attributes: true, childList: true });
for (const name of ['click', 'input', 'change', 'keydown']) {
  document.addEventListener(name, (event) => { if (event.isTrusted) window.lastEvent = event.timeStamp; }, { capture: true });
}
"""


def opened(browser: Browser, address: str, box: str) -> Page:
    """A page with its chart drawn and at rest."""
    page = browser.new_context(viewport={"width": 1300, "height": 1400}).new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(WATCH)
    page.goto(address)
    page.locator(f"{box} canvas, {box} svg.marks").first.wait_for()
    rest(page)
    return page


def rest(page: Page, quiet: int = 500) -> None:
    """Wait until nothing has been drawn for `quiet` milliseconds and no script runs."""
    page.wait_for_function(
        "(quiet) => performance.now() - window.lastDrawn > quiet && !document.querySelector('[data-testid=stStatusWidget]')", arg=quiet
    )


def timed(page: Page, act: Callable[[], None], least: int = 1) -> float:
    """Milliseconds from a trusted event to the last drawing that follows it within a quiet half second."""
    page.evaluate("window.lastDrawn = 0; window.lastEvent = 0")
    act()
    page.wait_for_function("window.lastDrawn > window.lastEvent && window.lastEvent > 0")
    rest(page)
    return page.evaluate("window.lastDrawn - window.lastEvent")


def first_drawn(page: Page, act: Callable[[], None]) -> float:
    """Milliseconds from a trusted event to the first time that the browser draws: for changes that stay in the client."""
    page.evaluate(
        """() => { window.firstDrawn = 0; window.lastEvent = 0; const base = performance.now(); window.lastDrawn = base;
          const look = () => { if (window.lastEvent && window.lastDrawn > window.lastEvent) { window.firstDrawn = window.lastDrawn; }
            else requestAnimationFrame(look); }; look(); }"""
    )
    act()
    page.wait_for_function("window.firstDrawn > 0")
    spent = page.evaluate("window.firstDrawn - window.lastEvent")
    rest(page)
    return spent


def painted(page: Page, act: Callable[[], None]) -> float:
    """Milliseconds from a trusted event until the first frame with a new picture has been painted."""
    page.evaluate(
        """() => { window.painted = 0; window.lastEvent = 0; window.lastDrawn = performance.now();
          const channel = new MessageChannel(); channel.port1.onmessage = () => { window.painted = performance.now(); };
          const look = () => { if (window.lastEvent && window.lastDrawn > window.lastEvent) channel.port2.postMessage(0);
            else requestAnimationFrame(look); }; requestAnimationFrame(look); }"""
    )
    act()
    page.wait_for_function("window.painted > 0")
    spent = page.evaluate("window.painted - window.lastEvent")
    rest(page)
    return spent


def svg_sort(browser: Browser) -> float:
    """The published explorer's way: milliseconds from a click to the painted frame of 784 x 49 weights in a new order."""
    page = browser.new_context(viewport={"width": 1300, "height": 1400}).new_page()
    page.add_init_script(WATCH)
    page.goto((ROOT / "benchmarks" / "peer_svg.html").as_uri())
    spent = median(lambda i: painted(page, lambda: page.mouse.click(50 + 10 * i, 300)))
    page.context.close()
    return spent


def large_sorts(url: str, browser: Browser, peer: float) -> list[dict[str, object]]:
    """Sorts of a layer that is a raster, from the click to the painted frame: by the page's control, by a column and by a cell."""
    rows, names = [], ("L2 norm", "value", "|value|")
    for title, link in (("784×49", "layer=1"), ("4,096×1,024", f"model={wide()}&layer=2")):
        page = opened(browser, f"{url}/mlp?{link}&sort=value&by=r1c1&move=both&section=download", ".st-key-mlp-map-chart")
        page.locator(".st-key-mlp-map-chart [data-state]").wait_for()
        rest(page)
        weights, norms = (page.locator(f".st-key-mlp-map-chart canvas.{name}") for name in ("weights", "columns"))
        acts = {
            "by a column": lambda i, part=norms: part.click(position={"x": 35 + 10 * i, "y": 8}),
            "by a cell": lambda i, part=weights: part.click(position={"x": 35 + 10 * i, "y": 200 + 30 * i}),
            "by the key of the page": lambda i, p=page: choose(p, "Sort by", names[i % 3]),
        }
        for name, act in acts.items():
            spent = median(lambda i, p=page, a=act: painted(p, lambda: a(i)))
            known = {"peer": f"an SVG rect a weight, {peer:.0f} ms", "ratio": round(spent / peer, 3)} if title == "784×49" else {}
            rows.append(row(f"sort {title} {name}, painted", spent, 70) | known)
        page.context.close()
    return rows


def wide() -> str:
    """The key of a stored network with a layer of 4,096 x 1,024 weights at random, in the folder of runs."""
    sizes = (784, 4_096, 1_024, 10)
    rng = np.random.default_rng(0)
    weights = {}
    for n, shape in enumerate(pairwise(sizes), start=1):
        weights |= {f"dense{n}.kernel": rng.normal(size=(1, *shape)) * 0.03, f"dense{n}.bias": np.zeros((1, shape[1]))}
    spec = RunSpec(DataSpec("mnist", train=54_000, validation=6_000, test=10_000), ModelSpec(sizes=sizes), TrainSpec(epochs=0))
    history = {"epoch": np.zeros(1), "accuracy_test": np.full(1, 0.1)}
    return store.save(spec, history, weights, folder=Path(os.environ["KERNEL_EXPLORER_RUNS"])).key


def median(measure: Callable[[int], float]) -> float:
    values = [measure(i) for i in range(ROUNDS + 1)]
    return statistics.median(values[1:])  # the first round warms up


def choose(page: Page, group: str, option: str) -> None:
    page.get_by_role("radiogroup", name=group).get_by_text(option, exact=True).click()


def choose_network(page: Page, title: str) -> None:
    """Choose in the list of networks; the time runs from the click on its name."""
    page.locator(".st-key-mlp-model input").click()
    page.get_by_role("option", name=title, exact=True).click()


def click_cell(page: Page, i: int) -> None:
    box = page.locator(".st-key-mlp-matrix canvas").first.bounding_box()
    assert box is not None
    x, y = box["x"] + 80 + 46 * (i % 9), box["y"] + 60 + 25 * (i % 13)
    page.mouse.move(x - 3, y - 3)
    page.mouse.move(x, y)
    page.wait_for_timeout(150)
    page.mouse.click(x, y)


def row(name: str, value: float, limit: float, peer: float | None = None, unit: str = "ms") -> dict[str, object]:
    out: dict[str, object] = {"name": f"mlp: {name}", "value": round(value, 1), "unit": unit, "limit": limit}
    if peer is not None:
        out |= {"peer": f"Altair rects by the server, {peer:.0f} {unit}", "ratio": round(value / peer, 3)}
    return out


def measure(url: str, browser: Browser, peer_url: str) -> list[dict[str, object]]:
    rows = []
    peers: dict[str, float] = {}
    for layer in (1, 5):
        page = opened(browser, f"{peer_url}/?layer={layer}", ".st-key-peer")
        slider, number = page.get_by_role("slider").first, page.get_by_role("spinbutton").first

        def peer_sort(i: int, page: Page = page, number=number) -> float:
            number.fill(str(i % 9))
            return timed(page, lambda: number.press("Enter"))

        def peer_step(i: int, page: Page = page, slider=slider) -> float:
            slider.focus()
            return timed(page, lambda: page.keyboard.press("ArrowLeft"))

        peers[f"sort {layer}"], peers[f"step {layer}"] = median(peer_sort), median(peer_step)
        page.context.close()

    for layer in (5, 4, 3, 2, 1):
        page = opened(browser, f"{url}/mlp?layer={layer}&sort=value&by=r1c1&move=both&section=download", ".st-key-mlp-matrix")
        peer = peers[f"step {1 if layer == 1 else 5}"]
        step = page.get_by_role("button", name="Step back")
        rows.append(row(f"step of the epoch, layer {layer}", median(lambda i, p=page, s=step: first_drawn(p, s.click)), 50, peer))
        if layer == 5:
            rows.append(
                row(
                    "sort a small layer by a click", median(lambda i, p=page: first_drawn(p, lambda: click_cell(p, i))), 40, peers["sort 5"]
                )
            )
        if layer == 1:
            names = ("L2 norm", "value", "|value|")
            sort = median(lambda i, p=page, n=names: first_drawn(p, lambda: choose(p, "Sort by", n[i % 3])))
            rows.append(row("sort layer 1", sort, 70, peers["sort 1"]))
        page.context.close()

    rows += large_sorts(url, browser, svg_sort(browser))

    page = opened(browser, f"{url}/mlp?section=download", ".st-key-mlp-matrix")
    layers = ("4: 15×15", "5: 15×10", "3: 7×15", "2: 49×7")
    rows.append(
        row("another layer", median(lambda i: first_drawn(page, lambda: choose(page, "Layer: inputs × outputs", layers[i % 4]))), 400)
    )
    models = ("Five dense layers, random start", "Five dense layers, alternating diagonal start")
    rows.append(row("another model", median(lambda i: first_drawn(page, lambda: choose_network(page, models[i % 2]))), 400))

    def to_first_matrix(_: int) -> float:
        fresh = browser.new_context(viewport={"width": 1300, "height": 1000}).new_page()
        started = time.perf_counter()
        fresh.goto(f"{url}/mlp")
        fresh.locator(".st-key-mlp-matrix canvas").first.wait_for()
        spent = time.perf_counter() - started
        fresh.context.close()
        return spent

    rows.append(row("page to the first matrix, warm server, new browser profile", median(to_first_matrix), 2, unit="s"))
    return rows


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KERNEL_EXPLORER_RUNS"] = folder
        looked(Path(folder))


def looked(folder: Path) -> None:
    """Measure, with runs in this folder."""
    with served() as (url, browser):
        peer = Server(folder, "benchmarks/peer_look.py", PYTHONPATH=str(ROOT))
        try:
            for line in measure(url, browser, peer.url):
                print(json.dumps(line), flush=True)
        finally:
            peer.stop()


if __name__ == "__main__":
    main()
