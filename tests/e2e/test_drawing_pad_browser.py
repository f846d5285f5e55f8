"""The drawing pad's browser side alone: what it does when the page takes it away in the middle of a stroke and mounts it again."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from core.ui import drawing_pad

FOLDER = Path(drawing_pad.__file__).parent
DRAW = """([id, points]) => {
  const pad = document.querySelector(`#${id} .square`);
  pad.setPointerCapture = () => {};
  const { x, y, width } = pad.getBoundingClientRect();
  points.forEach(([across, down], i) => pad.dispatchEvent(new PointerEvent(i ? "pointermove" : "pointerdown",
    { pointerId: 7, pointerType: "pen", clientX: x + across * width, clientY: y + down * width })));
}"""
LINE = [[0.5, 0.1], [0.5, 0.3], [0.5, 0.5], [0.5, 0.9]]


@pytest.fixture
def pads(page: Page) -> Page:
    """Two places for a pad, and `mount(place, data)`; what is sent lies in `sent`."""
    html = (FOLDER / "pad.html").read_text(encoding="utf-8")
    css = (FOLDER / "pad.css").read_text(encoding="utf-8")
    page.set_content(f"<style>{css}</style><div id='one'>{html}</div><div id='two'>{html}</div>")
    script = (FOLDER / "pad.js").read_text(encoding="utf-8").replace("export default function", "window.run = function")
    page.add_script_tag(content=script, type="module")
    page.wait_for_function("() => Boolean(window.run)")
    page.evaluate(
        """() => {
          window.sent = [];
          window.mount = (id, data) => run({
            parentElement: document.getElementById(id),
            data: { key: "pad", label: "pad", width: 85, strokes: [], example: false, shown: 0, ...data },
            setStateValue: (name, value) => sent.push(JSON.parse(JSON.stringify(value))),
          });
        }"""
    )
    return page


def lines(page: Page, place: str) -> list[str]:
    return page.evaluate("id => [...document.querySelectorAll(`#${id} polyline`)].map((line) => line.getAttribute('points'))", place)


def test_a_stroke_that_the_page_has_not_shown_stands_on_the_next_pad(pads: Page) -> None:
    pads.evaluate("mount('one', {})")
    pads.evaluate(DRAW, ["one", LINE])
    assert [len(one["strokes"][0]["points"]) for one in pads.evaluate("sent")] == [2]  # its first point; the others wait for an answer
    pads.evaluate("mount('two', {})")
    assert lines(pads, "two") == lines(pads, "one") == ["500 100 500 300 500 500 500 900"]
    assert pads.evaluate("sent.at(-1).strokes[0].points") == [500, 100, 500, 300, 500, 500, 500, 900]


def test_a_drawing_that_was_shown_comes_from_the_page(pads: Page) -> None:
    pads.evaluate("mount('one', {})")
    pads.evaluate(DRAW, ["one", LINE[:1]])
    pads.evaluate("mount('one', { shown: 1 })")  # the answer
    shown = [{"width": 85, "points": [100, 100, 200, 200]}]
    pads.evaluate("strokes => mount('two', { shown: 1, strokes })", shown)
    assert lines(pads, "two") == ["100 100 200 200"]
    assert len(pads.evaluate("sent")) == 1


def test_another_pad_starts_empty(pads: Page) -> None:
    pads.evaluate("mount('one', {})")
    pads.evaluate(DRAW, ["one", LINE])
    pads.evaluate("mount('two', { key: 'other' })")
    assert lines(pads, "two") == []
