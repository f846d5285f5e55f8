"""The home page without a browser: a card a page, and three networks that answer with all their probabilities."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.ui.site import ENTRIES
from pages.home.draw import NETWORKS, percent

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("narrow", [False, True])
def test_a_card_for_each_page_and_an_answer_of_each_network(narrow: bool) -> None:
    at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    at.session_state["_screen-narrow"] = narrow
    at.run()
    assert not at.exception
    assert not at.error
    lines = [caption.value for caption in at.caption]
    assert all(any(entry.line in line for line in lines) for entry in ENTRIES if entry.path)
    answers = [m.value for m in at.markdown if "next comes" in m.value]
    assert len(answers) == len(NETWORKS)
    assert all("it is a **3**" in answer for answer in answers)  # the example on the pad
    pictures = [picture for gallery in at.get("image") for picture in gallery.proto.imgs]
    alts = [picture.alt for picture in pictures if picture.alt.startswith("Probabilities")]
    assert len(alts) == len(NETWORKS)
    assert all(all(f" {digit}: " in words for digit in range(10)) for words in alts)


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "less than 1%"), (0.0099, "less than 1%"), (0.01, "1%"), (0.5, "50%"), (0.99, "99%"), (0.9901, "more than 99%")],
)
def test_no_share_is_called_nothing_or_all(share: float, words: str) -> None:
    assert percent(share) == words
