"""Sentences that travel with the states."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from core.ui.player.sentences import packed
from tests.app import app, go


@given(st.lists(st.text(alphabet="ab1 ", max_size=12), max_size=6))
def test_what_is_packed_is_each_text_again(texts: list[str]) -> None:
    found = packed(texts)
    assert [found["before"] + between + found["after"] for between in found["between"]] == texts


def test_what_all_share_travels_once() -> None:
    found = packed([f"Layer 5 of 5, after epoch {epoch} of 50: {epoch}%." for epoch in range(51)])
    assert found["before"] == "Layer 5 of 5, after epoch " and found["after"] == "%."
    assert sum(map(len, found["between"])) < 51 * 12


def player(at: AppTest) -> dict:
    """What the page's player was told."""
    told = [json.loads(part.proto.json) for part in at.get("bidi_component") if part.proto.json]
    (data,) = [data for data in told if isinstance(data, dict) and "sentences" in data]
    return data


def said(at: AppTest, key: str) -> list[str]:
    """What the player says of a container at each frame."""
    text = player(at)["sentences"][key]
    return [text["before"] + between + text["after"] for between in text["between"]]


VIEWS = [  # page, query, containers whose sentence follows the player
    ("mlp", {}, ["page-sentence"]),
    ("mlp", {"section": "epochs", "layer": "3"}, ["page-sentence", "mlp-history-sentence"]),
    ("templates", {}, ["templates-sentence"]),
    ("templates", {"section": "rolled"}, ["templates-sentence"]),
    ("templates", {"section": "hidden", "model": "hidden-mnist", "shown": "filters"}, ["templates-sentence"]),
    ("templates", {"section": "confusion"}, ["templates-sentence-first"]),
    ("templates", {"section": "confusion", "with": "hidden-mnist"}, ["templates-sentence"]),
    ("digits", {"section": "compare", "run": "digit-cnn-small"}, ["digits-compare-sentence"]),
    ("cnn", {}, ["page-sentence", "cnn-loss-sentence", "cnn-low-sentence", "cnn-tv-sentence"]),
]


@pytest.mark.parametrize(("page", "query", "keys"), VIEWS, ids=[f"{page} {query}" for page, query, _ in VIEWS])
def test_the_sentence_of_a_frame_is_the_one_that_stands_there_at_rest(page: str, query: dict[str, str], keys: list[str]) -> None:
    at = go(app(), page)
    at.query_params.update(query)
    at.run()
    assert not at.exception
    standing = [line.value for line in at.markdown]
    for key in keys:
        texts = said(at, key)
        assert len(set(texts)) > len(texts) / 2, "they tell the states apart"
        assert texts[-1 if page != "digits" else int(player(at)["value"])] in standing, key
    earlier = {key: said(at, key)[3] for key in keys}
    third = float(player(at)["labels"][3]) if page == "templates" else 3  # there the choice is an epoch, elsewhere a state
    at.session_state["cnn-state" if page == "cnn" else f"{page}-epoch"] = third
    at.run()
    standing = [line.value for line in at.markdown]
    assert not [key for key, text in earlier.items() if text not in standing], (earlier, standing)
