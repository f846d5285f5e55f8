"""The MLP page in a browser: what is drawn is what numpy says, after clicks, sorts, steps and links."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from benchmarks.served import Server
from core.analysis.ordering import Ordering, orders
from core.analysis.path import strongest_path
from core.charts.theme import LIGHT
from core.runs import shipped, store
from tests.e2e.pixels import agreeing

DIAGONAL = store.load(shipped.RUNS["mlp-diagonal"].key)


@pytest.fixture(scope="module")
def svg_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that draws with SVG, so that each cell can be read."""
    server = Server(tmp_path_factory.mktemp("svg"), KERNEL_EXPLORER_RENDERER="svg")
    yield server.url
    server.stop()


LABEL = re.compile(r"input (\d+), output (\d+), weight (.+)")


def cells(page: Page, box: str = "mlp-matrix") -> list[tuple[float, float, int, int, float]]:
    """Every cell drawn: y, x, row, column, weight, from the marks on the screen (which count from 1, or are digits)."""
    found = page.evaluate(
        """box => [...document.querySelectorAll(`.st-key-${box} svg.marks [aria-label*=", weight "]`)].map(
             m => { const r = m.getBoundingClientRect(); return [r.y, r.x, m.getAttribute('aria-label')] })""",
        box,
    )
    out = []
    for y, x, label in found:
        match = LABEL.fullmatch(label)
        if match:
            out.append((round(y), round(x), int(match[1]) - 1, int(match[2]), float(match[3].replace("\u2212", "-"))))
    first = min((column for _, _, _, column, _ in out), default=0)
    return [(y, x, row, column - first, weight) for y, x, row, column, weight in out]


def drawn(page: Page) -> tuple[list[int], list[int], np.ndarray]:
    """Row order, column order and weights as the screen shows them."""
    found = sorted(cells(page))
    rows = list(dict.fromkeys(row for _, _, row, _, _ in found))
    columns = list(dict.fromkeys(column for _, _, _, column, _ in sorted(found, key=lambda c: (c[1], c[0]))))
    return rows, columns, np.array([w for *_, w in found]).reshape(len(rows), len(columns))


def wait_for(page: Page, kernel: np.ndarray, ordering: Ordering) -> None:
    """Until the screen shows the kernel in this order; the failure says what it shows instead."""
    rows, columns = orders(kernel, ordering)
    seen: tuple[list[int], list[int], np.ndarray] = ([], [], np.zeros(0))
    for _ in range(300):
        seen = drawn(page) if cells(page) else seen
        if seen[0] == rows.tolist() and seen[1] == columns.tolist():
            np.testing.assert_allclose(seen[2], kernel[np.ix_(rows, columns)], rtol=6e-4, atol=1e-12)
            return
        page.wait_for_timeout(200)
    assert (seen[0], seen[1]) == (rows.tolist(), columns.tolist())


def click_cell(page: Page, row: int, column: int) -> None:
    expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0)  # nothing will move any more
    y, x = next((y, x) for y, x, r, c, _ in cells(page) if (r, c) == (row, column))
    page.mouse.click(x + 6, y + 6)


def choose(page: Page, group: str, option: str) -> None:
    page.get_by_role("radiogroup", name=group).get_by_text(option, exact=True).click()


def kernel(layer: int, epoch: int) -> np.ndarray:
    return DIAGONAL.weights(f"dense{layer}.kernel")[epoch]


def test_it_opens_on_the_story(page: Page, svg_url: str) -> None:
    page.goto(f"{svg_url}/mlp")
    wait_for(page, kernel(4, 50), Ordering())  # in its own order, where the diagonal that it started with still shows
    expect(page).to_have_url(re.compile(r"/mlp\?layer=4&sort=original$"))
    accuracy = DIAGONAL.history["accuracy_test"][50]
    expect(page.get_by_text(f"reads {accuracy:.1%} of 10,000 MNIST test digits")).to_be_visible()


def test_clicks_and_keys_sort_as_numpy_does(page: Page, svg_url: str) -> None:
    page.goto(f"{svg_url}/mlp?layer=4&sort=original&by=none&move=both")
    weights = kernel(4, 50)
    wait_for(page, weights, Ordering())
    choose(page, "Sort by", "value")
    for row, column in ((2, 5), (14, 0), (7, 7)):
        click_cell(page, row, column)
        wait_for(page, weights, Ordering("value", "both", True, row, column))
        expect(page.locator(".st-key-mlp-cell")).to_contain_text(repr(float(weights[row, column])))
    choose(page, "Sort by", "|value|")
    wait_for(page, weights, Ordering("abs", "both", True, 7, 7))
    choose(page, "Sort by", "L2 norm")
    wait_for(page, weights, Ordering("norm", "both", True, 7, 7))
    choose(page, "Sort by", "original order")
    wait_for(page, weights, Ordering())


@pytest.mark.full
def test_a_click_on_a_norm_strip_sorts_by_norm(page: Page, svg_url: str) -> None:
    page.goto(f"{svg_url}/mlp?layer=3&sort=original&by=none&move=both")
    weights = kernel(3, 50)
    wait_for(page, weights, Ordering())
    bar = page.locator('.st-key-mlp-matrix svg.marks [aria-label^="input 5, L2 norm"]').first
    norm = float(np.linalg.norm(weights[4].astype(np.float64)))
    assert float((bar.get_attribute("aria-label") or "").split()[-1]) == pytest.approx(norm, rel=6e-4)
    bar.hover()
    bar.click()
    wait_for(page, weights, Ordering("norm", "both", True, 4, None))


@pytest.mark.full
def test_order_follows_the_epoch_or_is_held(page: Page, svg_url: str) -> None:
    page.goto(f"{svg_url}/mlp?layer=5&sort=value&by=r3c7&move=both&epoch=50")
    wait_for(page, kernel(5, 50), Ordering("value", "both", True, 3, 7))
    slider = page.locator(".player input[type=range]")
    slider.focus()
    page.keyboard.press("Home")
    wait_for(page, kernel(5, 0), Ordering("value", "both", True, 3, 7))
    expect(page).to_have_url(re.compile("epoch=0"))
    page.get_by_role("button", name="Last").click()
    wait_for(page, kernel(5, 50), Ordering("value", "both", True, 3, 7))
    expect(page).not_to_have_url(re.compile("epoch="))  # the last epoch is the usual one
    page.get_by_role("button", name="More").click()
    choose(page, "The order", "is held as it is now")
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-mlp-matrix")).to_contain_text("as at epoch 50")
    page.get_by_role("button", name="First").click()
    rows, columns = orders(kernel(5, 50), Ordering("value", "both", True, 3, 7))
    for _ in range(50):
        seen = drawn(page)
        if np.allclose(seen[2], kernel(5, 0)[np.ix_(rows, columns)], rtol=6e-4):
            break
        page.wait_for_timeout(200)
    assert (seen[0], seen[1]) == (rows.tolist(), columns.tolist())


@pytest.mark.full
def test_a_link_restores_the_view_in_a_new_tab(page: Page, browser: Browser, svg_url: str) -> None:
    page.goto(f"{svg_url}/mlp?layer=4&sort=abs&by=none&move=both&epoch=12&model=mlp-diagonal")
    wait_for(page, kernel(4, 12), Ordering("abs", "both", True, None, None))
    click_cell(page, 9, 2)
    wanted = Ordering("abs", "both", True, 9, 2)
    wait_for(page, kernel(4, 12), wanted)
    expect(page).to_have_url(re.compile("by=r9c2"))
    other = browser.new_context(viewport={"width": 1300, "height": 1000}).new_page()
    other.goto(page.url)
    wait_for(other, kernel(4, 12), wanted)
    expect(other.locator(".st-key-mlp-cell")).to_contain_text(repr(float(kernel(4, 12)[9, 2])))
    other.context.close()


@pytest.mark.full
def test_neighbours_share_their_order(page: Page, svg_url: str) -> None:
    page.goto(f"{svg_url}/mlp?layer=4&sort=value&by=none&move=both&section=neighbours")
    box = page.locator(".st-key-mlp-neighbours svg.marks")
    expect(box).to_be_visible()
    target = page.locator('.st-key-mlp-neighbours svg.marks [aria-label^="input 7, output 12, weight"]').first
    target.scroll_into_view_if_needed()
    target.hover()
    target.click()
    rows, columns = orders(kernel(4, 50), Ordering("value", "both", True, 6, 11))

    def order_of(pattern: str, unit: int, upright: bool) -> list[int]:
        marks = page.evaluate(
            """() => [...document.querySelectorAll('.st-key-mlp-neighbours svg.marks [aria-label*=", weight "]')].map(
                 m => { const r = m.getBoundingClientRect(); return [Math.round(r.y), Math.round(r.x), m.getAttribute('aria-label')] })"""
        )
        found = [((y if upright else x), m) for y, x, label in marks if (m := re.match(pattern, label))]
        return list(dict.fromkeys(int(m[unit]) - 1 for _, m in sorted(found, key=lambda f: f[0])))

    for _ in range(60):
        if order_of(r"input (\d+), output (\d+),", 1, True) == rows.tolist():
            break
        page.wait_for_timeout(200)
    assert order_of(r"input (\d+), output (\d+),", 1, True) == rows.tolist()
    assert order_of(r"input (\d+), output (\d+),", 2, False) == columns.tolist()
    assert order_of(r"unit (\d+), its input (\d+),", 1, True) == rows.tolist()
    assert order_of(r"its output (\d+), unit (\d+),", 2, False) == columns.tolist()
    faded = page.locator('.st-key-mlp-neighbours svg.marks [aria-label^="unit 7, its input 4,"]').first
    assert faded.evaluate("m => Number(m.getAttribute('opacity') ?? 1)") == 1
    other = page.locator('.st-key-mlp-neighbours svg.marks [aria-label^="unit 6, its input 4,"]').first
    assert other.evaluate("m => Number(m.getAttribute('opacity') ?? 1)") < 0.5
    expect(page.locator(".st-key-mlp-neighbours-picked")).to_contain_text(
        f"Weight {float(kernel(4, 50)[6, 11])!r} from unit 7 of layer 3 to unit 12 of layer 4."
    )


@pytest.mark.full
def test_the_path_is_framed_in_the_picture(page: Page, svg_url: str) -> None:
    page.goto(f"{svg_url}/mlp?layer=4&sort=original&by=none&section=neighbours&class=7")
    steps = strongest_path([kernel(n, 50) for n in range(1, 6)], 7)
    framed = page.locator(".st-key-mlp-neighbours svg.marks path[stroke-dasharray]")
    expect(framed).to_have_count(1)
    page.get_by_role("button", name="One layer back").click()
    expect(framed).to_have_count(2)
    expect(page).to_have_url(re.compile("steps=2"))
    step = steps[1]
    cell = page.locator(f'.st-key-mlp-neighbours svg.marks [aria-label^="input {step.source + 1}, output {step.unit + 1}, weight"]').first

    def middle(mark: Locator) -> tuple[float, float]:
        box = mark.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    assert any(middle(framed.nth(n)) == pytest.approx(middle(cell), abs=3) for n in range(2))
    page.get_by_role("button", name="Start again").click()
    expect(framed).to_have_count(1)


MAP = ".st-key-mlp-map-chart canvas"  # of a large layer: weights, rows, columns, biases


@pytest.mark.full
def test_layer_1_is_drawn_pixel_by_pixel_and_steps(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": 1300, "height": 1500})
    page.goto(f"{app_url}/mlp?layer=1&sort=value&by=c3&move=rows&epoch=50")
    expect(page.locator(".st-key-mlp-map-detail canvas")).to_be_visible(timeout=60_000)
    kernels = DIAGONAL.weights("dense1.kernel")
    limit = np.abs(kernels).max()

    def looks_like(epoch: int) -> float:
        rows, columns = orders(kernels[epoch], Ordering("value", "rows", True, None, 3))
        levels = np.clip(np.rint(kernels[epoch][np.ix_(rows, columns)] * (127 / limit)) + 127, 0, 254).astype(int)
        wanted = LIGHT.signed_palette[levels].astype(int)  # (784, 49, 3)
        return agreeing(page.locator(f"{MAP}.weights"), wanted, 10)

    def wait(epoch: int) -> None:
        share = 0.0
        for _ in range(50):
            share = looks_like(epoch)
            if share > 0.99:
                return
            page.wait_for_timeout(200)
        assert share > 0.99

    wait(50)
    page.get_by_role("button", name="Step back").click()
    wait(49)
    page.get_by_role("button", name="First").click()
    wait(0)


def test_offline_start_shows_the_matrix(page: Page, tmp_path: Path) -> None:
    server = Server(tmp_path, KERNEL_EXPLORER_DATA=str(tmp_path / "empty"), KERNEL_EXPLORER_OFFLINE="1", KERNEL_EXPLORER_RENDERER="svg")
    try:
        page.goto(f"{server.url}/mlp?section=image")
        wait_for(page, kernel(5, 50), Ordering("value", "rows", True, None, 3))
        expect(page.locator(".st-key-mlp-ledger")).to_contain_text("UCI", timeout=60_000)
    finally:
        server.stop()


def test_layer_1_sorts_by_its_strips_and_opens_what_is_brushed(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": 1300, "height": 1500})
    page.goto(f"{app_url}/mlp?layer=1&sort=original&by=none&move=rows&section=download")
    expect(page.locator(".st-key-mlp-map-detail canvas")).to_be_visible(timeout=60_000)
    page.locator(f"{MAP}.rows").click(position={"x": 12, "y": 300})
    expect(page.locator(".st-key-mlp-matrix")).to_contain_text("Rows: L2 norm, largest first")
    page.locator(f"{MAP}.columns").click(position={"x": 10 * 7 + 5, "y": 10})
    expect(page).to_have_url(re.compile("by=c7"))
    expect(page.locator(".st-key-mlp-cell")).to_contain_text("Column 8")
    box = page.locator(f"{MAP}.weights").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 400)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(box["x"] + 200, box["y"] + 400 + 4 * step)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"Rows (39|40)\d to 4[12]\d"))).to_be_visible()
