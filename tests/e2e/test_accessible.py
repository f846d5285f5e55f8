"""Every view as axe-core sees it, wide and light, then narrow and dark: nothing serious or critical.

Colours do not go by the width, so that each of the two need be looked at in one theme.
"""

from collections.abc import Iterator
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, Page

from benchmarks.views import VIEWS
from core.ui.site import ENTRIES

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
READY = """() => document.querySelector("[data-test-script-state]")?.dataset.testScriptState === "notRunning"
  && document.querySelector("h1") && !document.querySelector("[data-testid=stSkeleton]")
  && [...document.querySelectorAll("[data-testid=stVegaLiteChart]")].every((chart) => chart.querySelector("canvas"))"""
# What Streamlit draws itself and no setting reaches: rule -> selectors of the parts that it may find fault with.
STREAMLITS: dict[str, tuple[str, ...]] = {}
# Rules of WCAG 2.2 AA, and those of axe-core's own that can be serious.
LOOK = """async (streamlits) => {
  const own = ["aria-dialog-name", "aria-text", "label-title-only", "tabindex"];
  const rules = Object.fromEntries(own.map((rule) => [rule, { enabled: true }]));
  const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const { violations } = await axe.run(document, { runOnly, rules, resultTypes: ["violations"] });
  const theirs = (id, node) => (streamlits[id] ?? []).some((selector) => document.querySelector(node.target.flat()[0])?.matches(selector));
  return violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, nodes }) => nodes.map((node) => ({ ...node, id })))
    .filter((node) => !theirs(node.id, node))
    .map(({ id, html, failureSummary }) => `${id}: ${html.slice(0, 160)} (${failureSummary})`);
}"""
# Every chart says what it shows, and its data are offered under it.
UNSAID = """() => [...document.querySelectorAll("[data-testid=stVegaLiteChart]")].filter((chart) => {
  const said = (chart.ariaLabel ?? chart.closest("[aria-label]")?.ariaLabel ?? "").length > 15;
  const key = [...chart.closest("[class*=st-key-]").classList].find((name) => name.startsWith("st-key-"));
  return !said || !document.querySelector(`.${CSS.escape(key)}-table`);
}).map((chart) => chart.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for all views."""
    context = browser.new_context()
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def faults(page: Page) -> list[str]:
    """What is wrong and stays so: a page that was just drawn anew may change once more."""
    found: list[str] = []
    for _ in range(3):
        page.wait_for_function(READY)
        page.wait_for_timeout(300)
        found = page.evaluate(LOOK, STREAMLITS)
        if not found:
            break
        page.wait_for_timeout(1500)
    return found


@pytest.mark.parametrize("path", [entry.path for entry in ENTRIES])
def test_every_view_of_a_page(tab: Page, app_url: str, path: str) -> None:
    wrong = {}
    for view in (view for view in VIEWS if view.page == path):
        tab.set_viewport_size({"width": 1300, "height": 1000})
        tab.emulate_media(color_scheme="light")
        tab.goto(app_url + str(view))
        tab.wait_for_function(READY)
        tab.evaluate(AXE)
        wrong[f"{view}, wide and light"] = faults(tab) + tab.evaluate(UNSAID)
        tab.set_viewport_size({"width": 400, "height": 1000})
        tab.emulate_media(color_scheme="dark")
        wrong[f"{view}, narrow and dark"] = faults(tab)
    assert {view: found for view, found in wrong.items() if found} == {}
