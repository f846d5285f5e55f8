"""A second visit: what everyone sees alike comes from the browser's own store, and the page's messages are small."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.rest import rested

MOST = 60_000  # bytes of a visit's messages
# Views, what is there when they are drawn, and how many addresses besides scripts they ask for: the glossary, the sentences of a player,
# and pictures; the map's second one, its other states, a moment after it is drawn.
VIEWS = {
    "templates": ("/templates", ".tf[data-state]", 3),
    "map of layer 1": ("/mlp?layer=1&section=download", ".st-key-mlp-map-chart [data-state] canvas.weights", 4),
    "layer 1 as images": ("/mlp?section=units", ".st-key-mlp-units-images canvas", 3),
    "three states of a digit": ("/digits?section=compare&input=test-3", ".st-key-digits-compare-maps img", 2),
}
SEEN = "performance.getEntriesByType('resource').filter((e) => e.name.includes('/seen/'))"


def visit(context: BrowserContext, address: str, drawn: str, pieces: int) -> tuple[int, list[tuple[str, int]]]:
    """Bytes of the messages of a visit in a tab of its own, and each address of `core.serving.seen` with the bytes that came for it."""
    page: Page = context.new_page()
    sizes: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sizes.append(len(frame))))
    page.goto(address)
    expect(page.locator(drawn).first).to_be_visible()
    rested(page)
    page.wait_for_function(f"{SEEN}.filter((e) => !e.name.endsWith('.js')).length >= {pieces}")
    page.wait_for_load_state("networkidle")
    found = page.evaluate(f"{SEEN}.map((e) => [e.name, e.transferSize])")
    page.close()
    return sum(sizes), [(name, size) for name, size in found]


@pytest.fixture(scope="module")
def url(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("seen")
    return serve(KERNEL_EXPLORER_SEEN=str(folder))


@pytest.mark.parametrize("view", [next(iter(VIEWS)), *(pytest.param(view, marks=pytest.mark.full) for view in list(VIEWS)[1:])])
def test_a_second_visit_is_small(page: Page, url: str, view: str) -> None:
    path, drawn, pieces = VIEWS[view]
    first, fetched = visit(page.context, url + path, drawn, pieces)
    second, again = visit(page.context, url + path, drawn, pieces)
    assert fetched and all(size > 0 for _, size in fetched)
    # What a visit fetches last, as a player's other states, may come after the tab is closed; a script that the browser still
    # holds in memory is not asked for, nor named, again.
    known = {name for name, _ in fetched}
    assert not any(size for name, size in again if name in known)
    assert sum(name in known and not name.endswith(".js") for name, _ in again) >= pieces
    assert max(first, second) <= MOST, (first, second)
