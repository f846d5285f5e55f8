"""Breaking a digit CNN on purpose: this image at every amount, and all test images."""

import json

import numpy as np
import pytest
from sklearn.metrics import recall_score

from core.charts import numbers
from core.data import catalog, damage
from core.data.catalog import an
from core.data.damage import DAMAGES, LETTERS, NOTHINGS
from core.data.drawing import resized_digits
from core.models.digit_layers import activations
from core.serving import shared
from core.specs import DataSpec
from core.training import tasks
from core.ui.drawing_pad.strokes import Drawing, Stroke
from tests.digit_case import EPOCHS, MODELS, spec, stored, weights
from tests.inline import Inline
from tests.pages.digits.digits_case import app, parts, search, words

MODEL = MODELS["even kernels"]  # 20 pixels a side
UCI = DataSpec("uci-digits", train=100, validation=0, test=400)


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch):
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    monkeypatch.setattr(tasks, "executor", Inline)
    shared.clear()  # keys of one test stand for other weights in the next


def the_images() -> tuple[np.ndarray, np.ndarray]:
    images, labels = catalog.load("uci-digits", "test")
    return resized_digits(images, MODEL.image).astype(np.float32) / 255, labels.astype(int)


def reads(images: np.ndarray) -> np.ndarray:
    return activations(MODEL, weights(MODEL, 3), images)["probabilities"]


@pytest.mark.parametrize("kind", ["shift", "two", "letter", "nothing"])
def test_the_film_shows_what_is_read_at_every_amount(kind):
    run = stored(spec(MODEL, UCI))
    test = app({"run": run.key, "section": "breaking", "input": "test-3", "damage": kind})
    assert not test.exception and not test.warning
    images, labels = the_images()
    if kind in DAMAGES:
        shown = [DAMAGES[kind].change(images[3:4], amount)[0] for amount in DAMAGES[kind].at(MODEL.image)]
    elif kind == "two":
        shown = [damage.two_on_one(images[3:4], images[np.flatnonzero(labels == c)[0]])[0] for c in range(10)]
    else:
        names, draw = (LETTERS, damage.letter) if kind == "letter" else (NOTHINGS, damage.nothing)
        shown = [draw(name, MODEL.image) for name in names]
    items = parts(test, "digits-breaking-film")[0]["items"]
    assert len(items) == len(shown)
    for item, image in zip(items, shown, strict=True):
        shares = reads(image[None])[0]
        said = item["caption"].split("\n")
        assert said[1] == f"{shares.argmax()}, {numbers.probability(shares.max())}"
        assert said[2:] == ([] if kind not in DAMAGES else ["right" if shares.argmax() == labels[3] else "wrong"])


def test_a_link_restores_damage_and_amount():
    query = {"section": "breaking", "input": "test-3", "damage": "shift", "amount": "-4"}
    test = app({"run": stored(spec(MODEL, UCI)).key, **query})
    assert (
        parts(test, "digits-breaking-film")[0]["picked"] == DAMAGES["shift"].at(20).index(-4) and {**query}.items() <= search(test).items()
    )
    assert parts(test, "digits-breaking-bars")[0]["words"].count("moved −4 px to the right")
    test = app({"section": "breaking", "damage": "shift", "amount": "5"})
    assert "The link asks for amount" in words(test)


def test_a_drawing_is_broken_too():
    one = Drawing((Stroke(85, ((500, 150), (500, 850))),), 5)
    test = app({"section": "breaking"}, state={"digits-pad-kept": one})
    assert not test.exception and "your drawing, turned by 30°" in parts(test, "digits-breaking-bars")[0]["words"]
    assert len(parts(test, "digits-breaking-film")[0]["items"]) == 13


def test_two_pieces_far_apart_are_said():
    two = Drawing((Stroke(85, ((200, 200), (200, 800))), Stroke(85, ((800, 200), (800, 800)))), 5)
    for section, bars in (("breaking", "digits-breaking-bars"), ("draw", "digits-probabilities")):
        test = app({"section": section}, state={"digits-pad-kept": two})
        assert "This looks like two digits" in parts(test, bars)[0]["words"]


def test_guess_then_the_answer_from_the_run():
    run = stored(spec(MODEL, UCI))
    images, labels = the_images()
    for state, epoch in enumerate(EPOCHS):  # random networks: the first that loses a class when all is turned
        before, after = (
            activations(MODEL, weights(MODEL, state), DAMAGES["turn"].change(images, amount))["probabilities"].argmax(1)
            for amount in (0, 30)
        )
        first, then = (recall_score(labels, said, labels=range(10), average=None) for said in (before, after))
        link = {"run": run.key, "section": "breaking", "input": "test-3", "epoch": f"{epoch:g}"}
        if (first > then).any():
            break
    else:
        raise AssertionError("no network here suffers, so this shows nothing")
    worst = int((first - then).argmax())
    test = app(link)
    assert "turned by 30°, against the clock" in words(test) and "are read right" not in words(test)
    next(one for one in test.button_group if str(one.key).startswith("guess-digits-turned")).select("4")
    test.run()
    test.run()  # what was worked out meanwhile is there
    assert not test.exception
    said = words(test)
    assert f"**{worst}**" in said, (worst, first - then, said)
    assert f"{numbers.percent(first[worst])} of them are read right as they are, {numbers.percent(then[worst])} turned by 30°" in said
    assert f"{numbers.percent((after == labels).mean())} of 400 UCI test digits are read right" in said


def test_all_test_images_at_the_press_of_a_button():
    run = stored(spec(MODEL, UCI))
    query = {"run": run.key, "section": "breaking", "input": "test-3", "damage": "occlude", "amount": "7"}
    test = app(query)
    assert "are read right" not in words(test)
    test.button(key="digits-breaking-start").click().run()
    assert not test.exception
    images, labels = the_images()
    answers = reads(DAMAGES["occlude"].change(images, 7)).argmax(1)
    assert f"**Covered by a square of 7 px**: {numbers.percent((answers == labels).mean())} of 400 UCI test digits" in words(test)
    assert "are read right" in words(app(query)), "what was measured is there for everyone"
    assert "are read right" not in words(app({**query, "epoch": "0"})), "another state is another question"


def test_the_answer_hangs_on_what_is_said():
    from core.analysis import attribution

    run = stored(spec(MODEL, UCI))
    test = app({"run": run.key, "section": "breaking", "input": "test-3", "damage": "turn", "amount": "0"})
    image = the_images()[0][3]
    label = int(reads(image[None]).argmax())
    side = MODEL.image // 4
    falls = attribution.occlusion(MODEL, weights(MODEL, 3), image, label, side)
    row, column = np.unravel_index(falls.argmax(), falls.shape)
    said = f"rows {row + 1} to {row + side}, columns {column + 1} to {column + side}: {numbers.fixed(100 * falls.max(), 1)} points"
    assert said in words(test) and "does not say what the network looks for" in words(test)
    assert "Most is lost" not in words(app({"run": run.key, "section": "breaking", "input": "test-3", "hangs": "no"}))


def test_below_the_threshold_it_says_nothing():
    run = stored(spec(MODEL, UCI))
    shares = reads(the_images()[0][3:4])[0]
    for least in (0.3, 0.999):
        test = app({"run": run.key, "section": "confidence", "input": "test-3", "least": f"{least:g}"})
        assert not test.exception and not test.warning
        title = parts(test, "digits-confidence-bars")[0]["title"]
        assert title == (f"It reads {an(str(shares.argmax()))}" if shares.max() >= least else "I don't know")


def test_confidence_over_all_test_images():
    run = stored(spec(MODEL, UCI))
    test = app({"run": run.key, "section": "confidence", "input": "test-3", "damage": "blur", "shown": "sure", "least": "0.5"})
    test.button(key="digits-confidence-start").click().run()
    assert not test.exception
    images, labels = the_images()
    assert (reads(images).max(1) >= 0.5).any()
    for name, shown in (("As they are", images), ("Blurred by 1.43 px", DAMAGES["blur"].change(images, 1.43))):
        shares = reads(shown)
        sure, right = shares.max(1) >= 0.5, shares.argmax(1) == labels
        said = (
            f"it answers {numbers.percent(sure.mean())} of 400 UCI test digits, and {numbers.percent(right[sure].mean(), 2)} of these right"
        )
        assert f"**{name}**: {said} ({(sure & ~right).sum():,} wrong)" in words(test)
    wrong = reads(images).max(1)[reads(images).argmax(1) != labels]
    assert f"It reads {len(wrong):,} wrong and gives these answers {numbers.percent(wrong.mean())} on average" in words(test)
    test.button(key="digits-best-temperature").click().run()
    assert not test.exception and search(test)["temperature"] != "1"


def test_layers_are_mapped_and_a_point_opens():
    from core.analysis import layer_map
    from core.models.network import activations as every

    run = stored(spec(MODEL, UCI))
    test = app({"run": run.key, "section": "map", "epoch": "1"})
    test.button(key="digits-map-pca-start").click().run()
    guess = next(one for one in test.button_group if str(one.key).startswith("guess-digits-apart"))
    guess.select("Dense 3").run()
    assert not test.exception
    images, labels = the_images()
    acts = every(MODEL, weights(MODEL, 3), images)
    beside = [layer_map.own_neighbours(acts[name].reshape(400, -1), labels) for name in layer_map.names(MODEL)]
    told = ["Input", "Max-pool 1", "Max-pool 2", "Dense 1", "Dense 2", "Dense 3"]
    assert all(f"{title} {numbers.percent(share)}" in words(test) for title, share in zip(told, beside, strict=True))
    assert f"**{told[1 + int(np.diff(beside).argmax())]}**" in words(test)
    assert "of the variance" in json.dumps([chart.proto.spec for chart in test.get("vega_lite_chart")])
    test.session_state["digits-input"], test.session_state["digits-section"] = "test-7", "draw"
    assert "test digit 7" in words(test.run())


def test_a_point_that_is_clicked_is_opened(monkeypatch):
    import streamlit as st

    from pages.digits import choices, map

    put: dict[str, object] = {}
    monkeypatch.setattr(choices, "put", lambda **items: put.update(items))
    monkeypatch.setattr(st, "session_state", {"chart": {"selection": {"picked": [{"image": 12, "now": 0}]}}})
    map._open("chart")
    assert put == {"input": "test-12", "section": "draw"}
