"""The map of a large matrix in a browser: the order and the picture are numpy's, and a click is drawn before the page answers."""

import base64
import itertools
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from core.analysis.dense import norms
from core.analysis.ordering import Ordering, orders
from core.analysis.pooling import signed_max
from pages.mlp import choices as mlp
from pages.mlp.map import packed

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
