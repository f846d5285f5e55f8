"""The home page without a browser: a card a page, and three networks that answer with all their probabilities."""

import json
import shutil

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.charts.numbers import number
from core.charts.theme import LIGHT
from core.frame import site
from core.frame.site import ENTRIES
from core.runs import shipped, store
from core.serving import shared
from pages.home.draw import said
from pages.home.networks import KINDS, READERS, best
from pages.home.why import WHY
from tests.app import app, go, report


def answers(at: AppTest) -> list[str]:
    return [m.value for m in at.markdown if "next comes" in m.value]


@pytest.mark.parametrize("narrow", [False, True])
def test_a_station_for_each_page_of_the_path_and_an_answer_of_each_network(narrow: bool) -> None:
    at = app()
    at.session_state["_screen-narrow"] = narrow
    at.run()
    assert not at.exception
    assert not at.error
    lines = [caption.value for caption in at.caption]
    assert all(any(entry.line in line for line in lines) for entry in ENTRIES if entry.path)
    questions = [line.value.strip("*") for line in at.markdown if line.value.endswith("?**")]
    assert questions == [entry.question for entry in site.path()]
    assert len(answers(at)) == len(READERS) == 3
    assert all("it is a **3**" in answer for answer in answers(at))  # the example on the pad
    parts = {part.proto.id: json.loads(part.proto.json) for part in at.get("bidi_component")}
    bars = [data for name, data in parts.items() if "home-bars" in name]
    assert len(bars) == 3
    assert all(bar["names"] == list("0123456789") and sum(bar["values"]) == pytest.approx(1) for bar in bars)
    why = [data["items"] for name, data in parts.items() if "home-why" in name]
    assert [len(items) for items in why] == [3, 2, 3]
    assert all(item["url"].startswith("data:image/") for items in why if isinstance(items, list) for item in items)
    assert next(data for name, data in parts.items() if "home-been" in name)["stations"] == [entry.path for entry in site.path()]


def test_the_sum_that_is_said_is_the_networks() -> None:
    shown = best("templates")
    assert shown is not None
    image = np.random.default_rng(0).random((28, 28)).astype(np.float32)
    sums = image.reshape(-1).astype(float) @ shown.weights["dense1.kernel"] + shown.weights["dense1.bias"]
    winner, second = np.argsort(-sums)[:2]
    _, said_ = WHY["templates"](shown, image, LIGHT)
    assert f"that is **{number(sums[winner])}** for {winner}; for {second} it is {number(sums[second])}." in said_


def test_the_path_leaves_out_what_is_not_there_and_leads_through_all_the_rest(monkeypatch) -> None:
    topics = [entry.topic for entry in site.path()]
    assert topics == [topic for topic in site.PATH if topic in {entry.topic for entry in ENTRIES}] and len(topics) >= 6
    assert all(entry.question.endswith("?") and 3 <= entry.minutes <= 30 and entry.line for entry in site.path())
    walked, page = [], site.after("")
    while page is not None:
        walked.append(page.topic)
        page = site.after(page.path)
    assert walked == topics
    monkeypatch.setattr(site, "ENTRIES", tuple(entry for entry in ENTRIES if entry.topic != "mlp"))
    assert site.after("learning").topic == "pulses"


def test_every_page_ends_with_where_to_go_next() -> None:
    at = go(app(), "words").run()
    assert at.markdown[-1].value == f"**Next:** {site.path()[0].question}"
    assert [link.proto.label for link in at.get("page_link")[-2:]] == [site.path()[0].title, "The whole path"]


def test_a_drawing_goes_along_to_the_other_pages() -> None:
    at = app().run()
    pad = next(part for part in at.get("bidi_component") if "home-pad" in part.proto.id)
    points = [500, 200, 500, 400, 500, 600, 500, 800]
    report(at, pad, "drawing", {"sequence": 1, "strokes": [{"width": 85, "points": points}]})
    assert any("it is a **1**" in answer for answer in answers(at))
    go(at, "digits").run()
    pad = next(json.loads(part.proto.json) for part in at.get("bidi_component") if "digits-pad" in part.proto.id)
    assert pad["strokes"][0]["points"] == points and not pad["example"]


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
