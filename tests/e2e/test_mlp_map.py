"""The map of a large matrix in a browser: the order and the picture are numpy's, and a click is drawn before the page answers."""

import base64
import itertools
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from benchmarks.served import Server
from core.analysis.dense import norms
from core.analysis.ordering import Ordering, orders
from core.analysis.pooling import signed_max
from core.charts.raster import signed_levels
from core.charts.theme import LIGHT
from core.runs import shipped, store
from pages.mlp import choices as mlp
from pages.mlp.map import packed
from tests.e2e.pixels import agreeing
from tests.e2e.rest import rested

PART = Path(__file__).parents[2] / "pages" / "mlp" / "map"
PICKS: list[tuple[int | None, int | None]] = [(1, 5), (1, None), (None, 5), (None, None)]
# name -> kernel float32: as runs store it: ties, zeros of both signs, all sizes
MATRICES = {
    "ties": np.random.default_rng(0).integers(-3, 4, (61, 17)).astype(np.float32) / 4,
    "noise": np.random.default_rng(1).normal(size=(83, 19)).astype(np.float16).astype(np.float32),
    "wide": np.random.default_rng(2).normal(size=(2, 1_500)).astype(np.float16).astype(np.float32),
    "zeros": np.where(np.random.default_rng(3).random((40, 30)) < 0.3, np.float32(0.5), np.float32(-0.0)),
    "wide range": (10.0 ** np.random.default_rng(4).uniform(-8, 4, (9, 30))).astype(np.float16).astype(np.float32),
}


@pytest.fixture
def part(page: Page) -> Page:
    """A bare page with the map's functions."""
    for name in ("order", "weights", "picture"):
        page.add_script_tag(path=PART / f"{name}.js")
    page.evaluate(
        """() => { window.read = (text, count, rows, columns) => {
             const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
             return decoded(bytes.buffer, count - 1, rows, columns); } }"""
    )
    return page


def sent(kernel: np.ndarray, before: int = 0) -> str:
    """What the browser gets, behind so many other states."""
    found = packed(kernel, kernel[0], norms(kernel))
    return base64.b64encode(bytes(before * len(found)) + found).decode()


@pytest.mark.parametrize("name", MATRICES)
def test_the_browser_orders_as_numpy_does(part: Page, name: str) -> None:
    kernel = MATRICES[name]
    cases = list(itertools.product(("original", "value", "abs", "norm"), ("both", "rows", "columns"), (True, False), PICKS))
    views = [{"sort": s, "move": m, "falling": f, "by": mlp.pick_text(*pick)} for s, m, f, pick in cases]
    found = part.evaluate(
        """([text, shape, views]) => { const state = read(text, 1, ...shape);
             return views.map((view) => ["rows", "columns"].map((axis) => [...ordered(state, view, axis)])) }""",
        [sent(kernel), kernel.shape, views],
    )
    for case, (rows, columns) in zip(cases, found, strict=True):
        wanted = orders(kernel, Ordering(*case[:3], *case[3]))
        assert (rows, columns) == (wanted[0].tolist(), wanted[1].tolist()), case


@pytest.mark.parametrize("name", MATRICES)
def test_the_browser_reads_every_weight_of_any_state(part: Page, name: str) -> None:
    kernel = MATRICES[name]
    found = part.evaluate(
        """([text, shape]) => { const { kernel, biases, rowNorms } = read(text, 3, ...shape);
             return [...[kernel, biases].map((keys) => Array.from(keys, valueOf)), [...rowNorms]] }""",
        [sent(kernel, before=2), kernel.shape],
    )
    np.testing.assert_array_equal(found[0], kernel.ravel())
    np.testing.assert_array_equal(found[1], kernel[0])
    np.testing.assert_array_equal(found[2], norms(kernel)[0])


@pytest.mark.parametrize(("down", "across"), [(1, 1), (7, 3), (2, 1), (1, 4), (100, 100)])
def test_a_pixel_shows_the_largest_weight_of_its_block(part: Page, down: int, across: int) -> None:
    kernel = MATRICES["noise"]
    rows, columns = orders(kernel, Ordering("value", "both", True, 1, 5))
    found = part.evaluate(
        """([text, shape, rows, columns, down, across]) => { const { kernel, rowNorms } = read(text, 1, ...shape);
             const [ys, xs] = [rows, columns].map((order) => Uint32Array.from(order));
             return [Array.from(blocks(kernel, ys, xs, down, across), valueOf), largest(rowNorms, ys, down)] }""",
        [sent(kernel), kernel.shape, rows.tolist(), columns.tolist(), down, across],
    )
    np.testing.assert_array_equal(found[0], signed_max(kernel[np.ix_(rows, columns)], down, across).ravel())
    sizes = norms(kernel)[0][rows]
    wanted = [rows[top + sizes[top : top + down].argmax()] for top in range(0, len(rows), down)]
    assert found[1] == wanted


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.process.send_signal(signal.SIGCONT)
    server.stop()


def choose(page: Page, group: str, option: str) -> None:
    page.get_by_role("radiogroup", name=group).get_by_text(option, exact=True).click()


def test_clicks_keys_and_the_pages_controls_sort_without_the_server(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 1300, "height": 1500})
    page.goto(f"{server.url}/mlp?layer=1&sort=value&by=c3&move=both&section=download")
    kernel = store.load(shipped.RUNS["mlp-diagonal"].key).weights("dense1.kernel")[50]
    limit = np.abs(store.load(shipped.RUNS["mlp-diagonal"].key).weights("dense1.kernel")).max()
    weights, strip = (page.locator(f".st-key-mlp-map-chart canvas.{name}") for name in ("weights", "columns"))

    def shows(ordering: Ordering) -> tuple[np.ndarray, np.ndarray]:
        """Until the map has this order, which is returned."""
        rows, columns = orders(kernel, ordering)
        wanted = LIGHT.signed_palette[signed_levels(kernel[np.ix_(rows, columns)], limit)].astype(int)
        share = 0.0
        for _ in range(50):
            share = agreeing(weights, wanted, 10)
            if share > 0.98:
                return rows, columns
            page.wait_for_timeout(100)
        raise AssertionError(f"{share:.1%} of the pixels are as in {ordering}")

    shows(Ordering("value", "both", True, None, 3))
    rested(page)
    server.process.send_signal(signal.SIGSTOP)
    choose(page, "Sort by", "|value|")
    rows, columns = shows(Ordering("abs", "both", True, None, 3))
    weights.click(position={"x": 105, "y": 300})
    found = re.search(r"Picked: input (\d+), .*; output (\d+), ", weights.get_attribute("aria-label") or "")
    assert found is not None
    row, column = int(found[1]) - 1, int(found[2]) - 1
    assert row in rows[299:302] and column == columns[10]  # the picture may stand between two lines of the screen's pixels
    rows, columns = shows(Ordering("abs", "both", True, row, column))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    row = int(rows[np.flatnonzero(rows == row)[0] + 1])
    columns = orders(kernel, Ordering("abs", "both", True, row, column))[1]
    column = int(columns[np.flatnonzero(columns == column)[0] + 1])
    rows, columns = shows(Ordering("abs", "both", True, row, column))
    places = [int(np.flatnonzero(line == unit)[0]) + 1 for line, unit in ((rows, row), (columns, column))]
    picked = f"Picked: input {row + 1}, place {places[0]} of 784; output {column + 1}, place {places[1]} of 49; weight "
    assert picked in (weights.get_attribute("aria-label") or "")
    strip.click(position={"x": 10 * 20 + 5, "y": 10})
    shows(Ordering("abs", "both", True, None, int(columns[20])))
    server.process.send_signal(signal.SIGCONT)
    expect(page).to_have_url(re.compile(rf"sort=abs&by=c{columns[20]}\b"))
    expect(page.locator(".st-key-mlp-cell")).to_contain_text(f"Column {columns[20] + 1}: L2 norm")
    expect(page.locator(".st-key-mlp-matrix")).to_contain_text(f"Rows: |value| in output {columns[20] + 1}, largest first")
    rested(page)
    before = page.url
    page.go_back()
    expect(page).not_to_have_url(before)
    rested(page)
    asked = dict(parse_qsl(urlsplit(page.url).query))  # value and c3 are usual and stay out of the address
    shows(Ordering(asked.get("sort", "value"), "both", True, *mlp.pick_parts(asked.get("by", "c3"))))
