"""What the server tells a browser part counts in the order in which it was told, whichever of it the browser hands over first."""

from playwright.sync_api import Page

from core.frame.browser_part import IN_ORDER

TRY = """
async (script) => {
  const { default: part } = await import(`data:text/javascript,${encodeURIComponent(script)}`);
  const place = {}, other = {};
  globalThis.seen = [];
  const tell = (parentElement, session, number) => part({ parentElement, data: { word: [session, number] } });
  tell(place, "a", 3); tell(place, "a", 2); tell(other, "a", 1); tell(place, "a", 3); tell(place, "a", 4); tell(place, "a", 1);
  tell(place, "b", 1); // a server that began anew
  return globalThis.seen;
}
"""


def test_an_older_word_is_passed_over(page: Page) -> None:
    script = "function drawn({ data }) { globalThis.seen.push(data.word.join('')); }\n" + IN_ORDER.read_text(encoding="utf-8")
    assert page.evaluate(TRY, script) == ["a3", "a1", "a3", "a4", "b1"]
