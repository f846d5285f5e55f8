"""Terms are underlined and explained without touching the page's text, and sentences follow a player while it moves."""

import re

from playwright.sync_api import Page, expect

from core.charts import numbers
from core.runs import shipped, store
from core.words.terms import TERMS, find

UNDERLINED = """() => [...(CSS.highlights.get("glossary") ?? [])]
  .map((range) => range.startContainer.data.slice(range.startOffset, range.endOffset))"""
PLACE = """(word) => {
  const range = [...CSS.highlights.get('glossary')].find((r) => r.startContainer.data.slice(r.startOffset, r.endOffset) === word);
  const live = document.createRange();
  live.setStart(range.startContainer, range.startOffset);
  live.setEnd(range.endContainer, range.endOffset);
  range.startContainer.parentElement.scrollIntoView({ block: 'center' });
  const box = live.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""


def underlined(page: Page) -> list[str]:
    page.wait_for_function("() => CSS.highlights.get('glossary')?.size > 3")
    return page.evaluate(UNDERLINED)


def test_words_are_explained_on_hover_tap_and_by_keyboard(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/mlp?section=epochs&layer=3")
    expect(page.locator(".st-key-mlp-history-sentence")).to_contain_text("loss")
    text = page.locator(".st-key-mlp-history-sentence").inner_text()
    words = underlined(page)
    known = {spelling.lower(): term.id for term in TERMS for spelling in term.spellings}
    assert len({known[word.lower()] for word in words}) == len(words), "each term once"
    assert page.locator(".st-key-mlp-history-sentence").inner_text() == text
    word = next(word for word in words if known[word.lower()] in ("epoch", "layer", "unit", "norm", "weight", "input"))
    meaning = find(known[word.lower()]).meaning
    card = page.locator(".card")
    page.mouse.move(*page.evaluate(PLACE, word))
    expect(card).to_be_visible()
    expect(card).to_contain_text(meaning)
    expect(card.get_by_role("link")).to_have_attribute("href", re.compile(rf"/words\?term={known[word.lower()]}$"))
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.mouse.click(*page.evaluate(PLACE, word))
    expect(card).to_contain_text(meaning)
    page.mouse.click(5, 400)
    expect(card).to_be_hidden()
    buttons = page.locator(".words button")
    buttons.first.focus()
    expect(card).to_contain_text(find(known[words[0].lower()]).meaning)
    page.keyboard.press("ArrowRight")
    expect(card).to_contain_text(find(known[words[1].lower()]).meaning)


def test_the_sentence_moves_with_the_player_and_stands_again_at_rest(page: Page, app_url: str) -> None:
    run = store.load(shipped.RUNS["mlp-random"].key)
    page.goto(f"{app_url}/mlp?section=download&layer=5&epoch=30&model=mlp-random")
    sentence, moving = page.locator(".st-key-page-sentence"), page.locator(".st-key-page-sentence .while-it-moves")
    expect(sentence).to_contain_text("after epoch 30 of 50")
    expect(page.locator(".st-key-mlp-matrix canvas.marks")).to_be_visible()
    page.evaluate(  # what is said while it moves
        """() => { window.said = []; const box = document.querySelector('.st-key-page-sentence');
          new MutationObserver(() => { const own = box.querySelector('.while-it-moves'); if (own) said.push(own.innerText); })
            .observe(box, { childList: true, subtree: true }); }"""
    )
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => said.length > 5")
    page.get_by_role("button", name="Pause").click()
    for said in page.evaluate("said"):
        epoch = int(re.search(r"epoch (\d+) of 50", said)[1])
        assert f"reads {numbers.percent(run.history['accuracy_test'][epoch])} of" in said
    expect(moving).to_have_count(0)
    rested = int(re.search(r"epoch=(\d+)", page.url)[1])
    expect(sentence).to_contain_text(f"after epoch {rested} of 50")
    assert rested > 30


def test_home_remembers_in_this_browser_what_was_opened(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/words?group=learning")
    expect(page.get_by_role("heading", name="Words of the trade")).to_be_visible()
    page.goto(f"{app_url}/templates?section=rolled")
    page.wait_for_function("() => localStorage.getItem('kernel-explorer-been')?.includes('rolled')")
    page.goto(app_url)
    expect(page.get_by_text(re.compile(r"You have been to 1 of \d stations"))).to_be_visible()
    mark = "() => getComputedStyle(document.querySelector('.st-key-card-templates'), '::after').content"
    assert "Opened" in page.evaluate(mark)
    page.get_by_role("button", name="Forget it").click()
    assert page.evaluate(mark) == "none"
    assert page.evaluate("localStorage.getItem('kernel-explorer-been')") is None
