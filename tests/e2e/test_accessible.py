"""Views as axe-core sees them, wide and narrow, light and dark: nothing serious or critical. `make axe` looks at all of them."""

from collections.abc import Iterator
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, Page

from benchmarks.views import VIEWS, View
from core.frame.site import ENTRIES

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
THEMES, WIDTHS = ("light", "dark"), (1300, 400)
LOOKS = [(theme, width) for theme in THEMES for width in WIDTHS]
TRIES = 5  # looks at a page that may still be drawn anew
READY = """() => document.querySelector("[data-test-script-state]")?.dataset.testScriptState === "notRunning"
  && document.querySelector("h1") && !document.querySelector("[data-testid=stSkeleton]") && !document.querySelector("[data-stale=true]")
  && [...document.querySelectorAll("[data-testid=stVegaLiteChart]")]
    .every((chart) => !chart.checkVisibility() || chart.querySelector("canvas, svg"))"""
# Rules of WCAG 2.2 AA, and those of axe-core's own that can be serious.
LOOK = """async () => {
  const own = ["aria-dialog-name", "aria-text", "label-title-only", "tabindex"];
  const rules = Object.fromEntries(own.map((rule) => [rule, { enabled: true }]));
  const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const { violations } = await axe.run(document, { runOnly, rules, resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} (${failureSummary})`));
}"""
# Every chart says what it shows, and its data are offered under it.
UNSAID = """() => {
  const charts = [...document.querySelectorAll("[data-testid=stVegaLiteChart]")];
  const silent = charts.filter((chart) => !(chart.ariaLabel?.length > 15)).map((chart) => `a chart that says only "${chart.ariaLabel}"`);
  const tables = document.querySelectorAll("[class*='-as-table'] > [data-testid=stPopover]").length;
  return tables < charts.length ? [...silent, `${charts.length} charts have ${tables} tables`] : silent;
}"""


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for all views."""
    context = browser.new_context()
    context.set_default_timeout(90_000)
    yield context.new_page()
    context.close()


def faults(tab: Page, theme: str, width: int) -> list[str]:
    """What is wrong and stays so: a page in another size or theme is drawn anew, by the browser and then by the server."""
    tab.emulate_media(color_scheme=theme)
    tab.set_viewport_size({"width": width, "height": 1000})
    found: list[str] = []
    for _ in range(TRIES):
        tab.wait_for_timeout(500)
        tab.wait_for_function(READY)
        found = tab.evaluate(LOOK)
        if not found:
            break
        tab.wait_for_timeout(1_500)
    return found


def opened(tab: Page, url: str, theme: str, width: int) -> None:
    tab.emulate_media(color_scheme=theme)
    tab.set_viewport_size({"width": width, "height": 1000})
    tab.goto(url)
    tab.wait_for_function(READY)
    tab.evaluate(AXE)


@pytest.mark.parametrize("number", range(len(ENTRIES)), ids=[entry.topic for entry in ENTRIES])
def test_a_page_in_one_theme_and_width(tab: Page, app_url: str, number: int) -> None:
    theme, width = LOOKS[number % len(LOOKS)]
    opened(tab, f"{app_url}/{ENTRIES[number].path}", theme, width)
    assert faults(tab, theme, width) + tab.evaluate(UNSAID) == []


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_a_view_in_both_themes_and_widths(tab: Page, app_url: str, view: View) -> None:
    opened(tab, f"{app_url}{view}", *LOOKS[0])
    wrong = {look: faults(tab, *look) for look in LOOKS}
    assert {look: found for look, found in wrong.items() if found} == {} and tab.evaluate(UNSAID) == []
