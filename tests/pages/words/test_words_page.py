"""The glossary: complete, linked to views that exist, a picture for each word, and the page that shows them."""

import json
import re
from importlib import import_module
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import pytest

from core import words
from core.charts.theme import DARK, LIGHT
from core.frame.site import ENTRIES
from core.runs import shipped
from core.words.terms import GROUPS, TERMS, find, of_group
from pages.words.pictures import PICTURES, drawn
from tests.app import app, go

ASKED = (  # of a first-time reader, in the issue
    *("weight", "kernel", "bias", "unit", "layer", "dense", "activation", "softmax", "logit", "loss", "cross-entropy", "gradient"),
    *(
        "epoch",
        "batch",
        "learning rate",
        "momentum",
        "decay",
        "adam",
        "seed",
        "validation",
        "norm",
        "mlp",
        "template",
        "filter",
        "feature map",
        "this run",
    ),
)


def sections(page: str) -> set[str]:
    """The sections that a page's link may name."""
    if page in ("digits",):
        return set(import_module("pages.digits.choices").SECTIONS)
    known = import_module(f"pages.{page}.words")
    return set(getattr(known, "SECTIONS", None) or known.PARTS)


def test_forty_terms_and_each_spelling_means_one() -> None:
    assert len(TERMS) >= 40 and {term.group for term in TERMS} == set(GROUPS)
    spellings = [spelling.lower() for term in TERMS for spelling in term.spellings]
    assert len(spellings) == len(set(spellings))
    assert not set(ASKED) - set(spellings)
    assert "multi-layer perceptron" in spellings and "Multi-layer perceptron" in find("mlp").meaning
    assert [term for group in GROUPS for term in of_group(group)] == list(TERMS)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.id)
def test_a_term_is_short_and_leads_to_a_view(term) -> None:
    assert 5 <= len(term.meaning.split()) <= 45
    assert term.meaning[0].isupper() and term.meaning.endswith((".", ".)"))
    assert term.page in {entry.path for entry in ENTRIES}
    view = dict(parse_qsl(term.view))
    assert view.get("section") is None or view["section"] in sections(term.page)
    assert view.get("model") is None or view["model"] in shipped.RUNS


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.id)
def test_a_term_has_a_picture_in_both_modes(term) -> None:
    light, dark = drawn(term.id, False), drawn(term.id, True)
    for text, colours in ((light, LIGHT), (dark, DARK)):
        shapes = list(ElementTree.fromstring(text).iter())
        assert len(shapes) > 2 and len(text) < 60_000
        used = set(re.findall(r"#[0-9a-f]{6}\b", text, re.IGNORECASE))
        assert used and (colours.paper in used or len(used) > 1)
    assert light != dark


def test_no_picture_is_of_no_word() -> None:
    assert set(PICTURES) == {term.id for term in TERMS}


def test_the_page_shows_each_group_with_links() -> None:
    seen = []
    for group in GROUPS:
        at = go(app(), "words")
        at.query_params["group"] = group
        at.run()
        assert not at.exception and not at.error and not at.warning
        names = [line.value.split("**")[1] for line in at.markdown if line.value.startswith("**") and "Next:" not in line.value]
        assert names == [term.name for term in of_group(group)]
        assert len(at.get("image")) == len(names)
        seen += names
    assert seen == [term.name for term in TERMS]


def test_a_link_to_a_word_opens_its_group_with_it_first() -> None:
    at = go(app(), "words")
    at.query_params["term"] = "softmax"
    at.run()
    assert not at.exception and not at.warning
    assert next(line.value for line in at.markdown if line.value.startswith("**")).startswith("**softmax**")


def test_every_page_tells_its_browser_the_table() -> None:
    at = app().run()
    data = [json.loads(part.proto.json) for part in at.get("bidi_component") if part.proto.component_name.endswith("screen")]
    assert [one["words"] for one in data] == [words.address()]
    assert json.loads(words._table())[0].keys() == {"id", "name", "means", "forms"}
