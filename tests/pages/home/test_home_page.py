"""The home page without a browser: a card a page, and three networks that answer with all their probabilities."""

import json
import shutil

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.runs import shipped, store
from core.serving import shared
from core.ui.site import ENTRIES
from pages.home.draw import said
from pages.home.networks import KINDS, READERS, best
from tests.app import app


def answers(at: AppTest) -> list[str]:
    return [m.value for m in at.markdown if "next comes" in m.value]


@pytest.mark.parametrize("narrow", [False, True])
def test_a_card_for_each_page_and_an_answer_of_each_network(narrow: bool) -> None:
    at = app()
    at.session_state["_screen-narrow"] = narrow
    at.run()
    assert not at.exception
    assert not at.error
    lines = [caption.value for caption in at.caption]
    assert all(any(entry.line in line for line in lines) for entry in ENTRIES if entry.path)
    assert len(answers(at)) == len(READERS) == 3
    assert all("it is a **3**" in answer for answer in answers(at))  # the example on the pad
    bars = [json.loads(part.proto.json) for part in at.get("bidi_component") if "home-bars" in part.proto.id]
    assert len(bars) == 3
    assert all(bar["names"] == list("0123456789") and sum(bar["values"]) == pytest.approx(1) for bar in bars)


def test_the_home_page_adds_nothing_to_its_address() -> None:
    at = app()
    at.run()
    assert not at.session_state["_address"].search


@pytest.mark.parametrize("topic", KINDS)
def test_the_best_of_its_kind_is_shown(topic: str) -> None:
    """Against the histories of all shipped runs, read anew."""
    runs = {name: store.load(spec.key) for name, spec in shipped.RUNS.items() if KINDS[topic].fits(spec)}
    shown = best(topic)
    assert shown is not None and shown.last and shown.id in runs
    assert shown.run.history["accuracy_test"][-1] == max(run.history["accuracy_test"][-1] for run in runs.values())


def test_a_network_that_cannot_be_read_gives_way_to_the_next_and_the_last_to_a_sentence(tmp_path, monkeypatch) -> None:
    def damage(name: str) -> None:
        key = shipped.RUNS[name].key
        shutil.copytree(store.SHIPPED_FOLDER / key, tmp_path / key)
        file = tmp_path / key / "weights.safetensors"
        file.write_bytes(file.read_bytes()[:-1] + b"x")

    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    first = best("mlp")
    assert first is not None
    damage(first.id)
    for name, spec in shipped.RUNS.items():
        if KINDS["templates"].fits(spec):
            damage(name)
    shared.clear()
    try:
        at = app()
        at.run()
        second = best("mlp")
    finally:
        shared.clear()
    assert not at.exception
    assert len(answers(at)) == 2 and second is not None and second.id != first.id
    assert any(second.title in answer for answer in answers(at))
    assert len(at.error) == 1 and "None of its networks can be read (softmax-mnist)" in at.error[0].value


@pytest.mark.parametrize(("share", "words"), [(0.0, "<0.1%"), (0.01, "1.0%"), (0.5, "50.0%"), (0.99, "99.0%"), (1.0, ">99.9%")])
def test_no_share_is_called_nothing_or_all(share: float, words: str) -> None:
    assert said(share) == said(np.float32(share)) == words  # networks answer in float32
