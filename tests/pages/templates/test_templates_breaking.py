"""What a dense network can't do, on the templates page: how sure it is, and what an answer hangs on."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.analysis import attribution, layer_map
from core.charts import numbers
from core.data import catalog
from core.data.damage import DAMAGES
from core.models import network
from core.runs import store
from core.runs.shipped import RUNS
from tests.app import app, go

RUN = RUNS["uci-softmax"]


pytestmark = pytest.mark.usefixtures("answers_at_once")


def opened(section: str, **query: str) -> AppTest:
    at = go(app(), "templates")
    for name, value in {"model": "uci-softmax", "section": section, **query}.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception and not at.warning
    return at


def words(at: AppTest) -> str:
    return "\n".join(str(one.value) for one in (*at.markdown, *at.caption, *at.subheader))


def bars(at: AppTest, key: str) -> dict:
    return next(json.loads(part.proto.json) for part in at.get("bidi_component") if key in part.proto.id)


def shares(kind: str = "turn", amount: float = 0, temperature: float = 1) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of all test images after a damage, and their classes."""
    images, labels = catalog.load(RUN.data, "test")
    damaged = DAMAGES[kind].change(images.astype(np.float32) / images.max(), amount)
    logits = network.activations(RUN.model, store.load(RUN.key).state(-1), damaged)["logits"] / temperature
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True), labels


@pytest.mark.parametrize("least", ["0.3", "0.999"])
def test_below_the_threshold_it_says_nothing(least: str) -> None:
    found = shares()[0][3]
    said = bars(opened("confidence", image="3", least=least), "templates-confidence-bars")
    assert (said["title"] == "I don't know") == (found.max() < float(least))
    assert numbers.probability(float(found.max())) in said["words"]


def test_confidence_as_they_are_and_damaged() -> None:
    at = opened("confidence", damage="turn", amount="30", least="0.5", shown="sure", temperature="2")
    at.button(key="templates-confidence-start").click().run()
    assert not at.exception
    for name, amount in (("As they are", 0), ("Turned by 30°", 30)):
        found, labels = shares("turn", amount, 2)
        sure, right = found.max(1) >= 0.5, found.argmax(1) == labels
        said = f"it answers {numbers.percent(sure.mean())} of {len(labels):,} {catalog.get(RUN.data).title} test digits"
        assert f"**{name}**: {said}, and {numbers.percent(right[sure].mean(), 2)} of these right" in words(at)


def test_what_the_answer_hangs_on() -> None:
    at = opened("breaking", damage="turn", amount="0", image="3")
    images, _ = catalog.load(RUN.data, "test")
    image = images[3].astype(np.float32) / images.max()
    label, state = int(shares()[0][3].argmax()), store.load(RUN.key).state(-1)
    side = max(2, image.shape[0] // 4)
    falls = attribution.occlusion(RUN.model, state, image, label, side)
    row, column = np.unravel_index(falls.argmax(), falls.shape)
    assert (
        f"rows {row + 1} to {row + side}, columns {column + 1} to {column + side}: {numbers.fixed(100 * falls.max(), 1)} points"
        in words(at)
    )
    assert "With one dense layer it is exact" in words(at)
    assert "Most is lost" not in words(opened("breaking", damage="turn", amount="0", image="3", hangs="no"))


def test_the_mistakes_have_a_temperature_too() -> None:
    found, labels = shares(temperature=3)
    sure = found.max(1) >= 0.9
    at = opened("mistakes", temperature="3")
    assert f"It answers **{numbers.percent(sure.mean())}** of {len(labels):,} test images" in words(at)


def test_layers_are_mapped() -> None:
    at = opened("map")
    at.button(key="templates-map-pca-start").click().run()
    assert not at.exception
    images, labels = catalog.load(RUN.data, "test")
    count = min(layer_map.IMAGES, len(labels))
    acts = network.activations(RUN.model, store.load(RUN.key).state(-1), images[:count], np.float32)
    for title, name in (("Input", "input"), ("Dense 1", "logits")):
        beside = layer_map.own_neighbours(acts[name].reshape(count, -1).astype(np.float64), labels[:count].astype(int))
        assert f"**{title}**: {numbers.percent(beside)} beside their own" in words(at)
