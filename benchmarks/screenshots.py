"""A picture of each page, light and dark, wide and narrow, for README: `python -m benchmarks.screenshots [TOPIC...]`.

They are small: half as wide as what a browser shows, as WebP. Beside them lies what each page called itself and its sections when it
was pictured, by which `tests/pages/test_all_pages.py` notices that a picture has grown old.
"""

import io
import json
import sys
from contextlib import suppress
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, TimeoutError
from streamlit.testing.v1 import AppTest

from benchmarks.served import ROOT, served
from core.frame.site import ENTRIES, Entry

FOLDER = ROOT / "docs" / "pictures"
OUTLINES = FOLDER / "pages.json"
SIZES = {"wide": (1300, 900), "narrow": (400, 800)}  # pixels of the window
SHOWN = {"wide": 800, "narrow": 240}  # pixels across of the picture
MODES = ("light", "dark")
QUALITY = 62
PATIENCE = 15_000  # ms
TRIES = 8  # until two looks at a page are the same


def picture(entry: Entry, mode: str, size: str) -> Path:
    """Where a page's picture lies."""
    return FOLDER / f"{entry.topic}-{mode}-{size}.webp"


def outline(at: AppTest) -> list[str]:
    """What a page calls itself and its sections."""
    groups = [group for group in at.get("button_group") if "section" in group.proto.id]
    return [at.title[0].value, *(str(option.content) for group in groups[:1] for option in group.proto.options)]


SETTLED = """() => document.querySelector("[data-test-script-state]")?.dataset.testScriptState === "notRunning"
  && !document.querySelector("[data-testid=stSkeleton]") && CSS.highlights.get("glossary")?.size
  && [...document.querySelectorAll("[data-testid=stVegaLiteChart]")].every((chart) => chart.querySelector("canvas, svg"))"""


def settled(tab: Page) -> bytes:
    """The page as it looks once it is at rest, its charts are drawn and nothing changes any more; a PNG."""
    tab.wait_for_selector("h1")
    with suppress(TimeoutError):  # a page that never rests by these signs must at least look the same twice
        tab.wait_for_function(SETTLED, timeout=PATIENCE)
    shot = b""
    for _ in range(TRIES):
        tab.wait_for_timeout(1_500)
        before, shot = shot, tab.screenshot()
        if shot == before:
            break
    return shot


def take(browser: Browser, url: str, entry: Entry) -> None:
    """All pictures of a page."""
    for mode in MODES:
        for size, (width, height) in SIZES.items():
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=mode)  # type: ignore[arg-type]  # one of its words
            context.set_default_timeout(120_000)
            tab = context.new_page()
            tab.goto(f"{url}/{entry.path}")
            shot = Image.open(io.BytesIO(settled(tab)))
            context.close()
            across = SHOWN[size]
            small = shot.convert("RGB").resize((across, round(across * height / width)), Image.Resampling.LANCZOS)
            small.save(picture(entry, mode, size), "WEBP", quality=QUALITY, method=6)


def note(entry: Entry, seen: list[str]) -> None:
    """Keep what a page was when it was pictured."""
    known = (json.loads(OUTLINES.read_text(encoding="utf-8")) if OUTLINES.exists() else {}) | {entry.topic: seen}
    known = {one.topic: known[one.topic] for one in ENTRIES if one.topic in known}
    OUTLINES.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    from tests.app import app, go

    topics = sys.argv[1:]
    FOLDER.mkdir(exist_ok=True)
    chosen = [entry for entry in ENTRIES if not topics or entry.topic in topics]
    with served() as (url, browser):
        for entry in chosen:
            take(browser, url, entry)
            note(entry, outline(go(app(), entry.path).run()))
    for left in set(FOLDER.glob("*.webp")) - {picture(e, m, s) for e in ENTRIES for m in MODES for s in SIZES}:
        left.unlink()


if __name__ == "__main__":
    main()
