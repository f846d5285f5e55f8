"""What the browser tests of the templates page do again and again."""

import re

import numpy as np
from playwright.sync_api import Locator, Page, TimeoutError, expect

from core.analysis import templates
from core.charts.theme import LIGHT
from core.runs.run import Run
from pages.templates.view import View
from tests.e2e.rest import rested

DIGITS = tuple("0123456789")
PICTURES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
READ_PIXELS = """canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data)"""


def open_page(page: Page, url: str, query: str = "") -> None:
    page.goto(f"{url}/templates?{query}")
    expect(page.get_by_role("heading", name="What one layer learns")).to_be_visible()


def drawn(canvas: Locator) -> np.ndarray:
    """What a canvas shows, (height, width, 3) uint8."""
    values = np.array(canvas.evaluate(READ_PIXELS), dtype=np.uint8)
    height, width = (canvas.evaluate(f"canvas => canvas.{side}") for side in ("height", "width"))
    return values.reshape(height, width, 4)[..., :3]


def expected(run: Run, state: int, unit: int) -> np.ndarray:
    """A template's colours worked out from the stored weights, (height, width, 3) uint8."""
    kernel = run.state(state)["dense1.kernel"].astype(np.float64)
    limit = templates.limit(run.state(-1)["dense1.kernel"])
    shape = View(run, state, "").shape
    weights = kernel[:, unit].reshape(shape)
    if len(shape) == 3:
        return np.clip(np.floor(weights * (127.5 / limit) + 127.5 + 0.5), 0, 255).astype(np.uint8)
    return LIGHT.signed_palette[np.clip(np.floor(weights * (127 / limit) + 127 + 0.5), 0, 254).astype(int)]


def scrub(page: Page, state: int) -> None:
    """Move the player's slider as a hand would, and wait until the film has followed."""
    page.get_by_role("slider", name="epoch").evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input', { bubbles: true })); }", str(state)
    )


def click_cell(page: Page, cell: str, *, chart: int = 0, inside: str = "templates-confusion") -> None:
    """Click the middle of a cell as named in the link, until the link names it: a chart that is just being drawn hears nothing.

    There are 11 bands each way; the axes are about 48 and 34 pixels wide, 74 and 62 with words.
    """
    classes = next(names for names in (DIGITS, PICTURES) if cell.split("-")[0] in names)
    row, column = (classes.index(name) for name in cell.split("-"))
    left, top = (74, 62) if len(classes[0]) > 1 else (48, 34)
    for patience in (5_000, 10_000, 60_000):
        rested(page)
        if page.url.endswith(f"cell={cell}"):  # the click before was heard after all
            return
        canvas = page.locator(f".st-key-{inside} canvas").nth(chart)
        expect(canvas).to_be_visible()
        rested(page)
        box = canvas.bounding_box()
        if box is None:  # drawn anew just now
            continue
        place = {"x": left + (column + 0.5) * (box["width"] - left) / 11, "y": top + (row + 0.5) * (box["height"] - top) / 11}
        try:
            canvas.click(position=place, timeout=patience)
            expect(page).to_have_url(re.compile(rf"cell={cell}"), timeout=patience)
            return
        except (AssertionError, TimeoutError):
            if patience == 60_000:
                raise
