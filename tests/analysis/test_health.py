"""Dead, saturated, waiting and learning networks, by weights and histories whose state is known beforehand."""

from dataclasses import replace

import numpy as np
import pytest

from core.analysis import health
from core.models import dense
from core.runs import store
from core.runs.shipped import RUNS
from core.specs import DataSpec, ModelSpec, RunSpec

IMAGES, LABELS = np.random.default_rng(0).random((20, 6)), np.arange(20) % 3
DATA = DataSpec("uci-digits", train=100, validation=0, test=0)


def spec(activation: str, sizes: tuple[int, ...] = (6, 5, 4, 3)) -> RunSpec:
    return RunSpec(DATA, ModelSpec(sizes=sizes, activation=activation, initializer="he"))


def history(loss: list[float], share: list[float]) -> dict[str, np.ndarray]:
    return {"epoch": np.arange(len(loss), dtype=float), "loss": np.array(loss), "accuracy_train": np.array(share)}


FLAT, FALLS = history([1.1, 1.1, 1.1], [0.33, 0.34, 0.33]), history([1.1, 0.7, 0.5, 0.4], [0.3, 0.6, 0.8, 0.9])


def test_a_layer_below_zero_for_every_image_is_dead_and_stops_the_gradient() -> None:
    network = spec("relu")
    weights = dense.initial(network.model) | {"dense2.bias": np.full(4, -100.0, np.float32)}
    first, second = health.layers(network, weights, IMAGES, LABELS)
    assert (second.units, second.dead, second.saturated) == (4, 4, 0)
    assert first.gradient == 0 and first.dead < 5
    word, sentence = health.verdict(network, FLAT, [first, second])
    assert word == "dead" and "gets no gradient" in sentence and "33.0%" in sentence


def test_units_count_one_by_one() -> None:
    network = spec("relu", (6, 5, 3))
    bias = np.array([-100, 100, -100, 100, 100], np.float32)
    (layer,) = health.layers(network, dense.initial(network.model) | {"dense1.bias": bias}, IMAGES, LABELS)
    assert layer.dead == 2 and not layer.blocked
    word, sentence = health.verdict(network, FLAT, [layer])
    assert word == "waiting" and "gradients flow" in sentence


@pytest.mark.parametrize(("activation", "push"), [("tanh", 50.0), ("sigmoid", -50.0), ("elu", -50.0)])
def test_values_at_an_end_of_their_activation_are_counted(activation: str, push: float) -> None:
    network = spec(activation, (6, 4, 3))
    bias = np.array([push, push, push, 0], np.float32)
    (layer,) = health.layers(network, dense.initial(network.model) | {"dense1.bias": bias}, IMAGES, LABELS)
    assert layer.saturated == pytest.approx(0.75, abs=0.05)
    word, sentence = health.verdict(network, FLAT, [layer])
    assert word == "saturated" and "dense 1" in sentence


def test_learning_is_told_by_the_loss_and_the_start_by_itself() -> None:
    assert health.verdict(spec("tanh"), FALLS)[0] == "learning" and "still falls" in health.verdict(spec("tanh"), FALLS)[1]
    assert health.verdict(spec("tanh"), history([1.1], [0.3]))[0] == "untrained"
    level = history([1.1, 0.4, 0.4, 0.4, 0.4], [0.3, 0.9, 0.9, 0.9, 0.9])
    assert "does not fall any more" in health.verdict(spec("tanh"), level)[1]


@pytest.mark.parametrize(("name", "word"), [("pulse-dead", "dead"), ("pulse-drops", "dropped"), ("pulse-reliable", "learned")])
def test_pulse_networks_have_the_fate_that_their_page_tells(name: str, word: str) -> None:
    run = store.load(RUNS[name].key)
    assert health.verdict(run.spec, run.history)[0] == word


@pytest.mark.parametrize("name", ["digit-cnn-small", "pulse-dead", "pulse-reliable"])
def test_convolutions_are_looked_through(name: str) -> None:
    run = store.load(RUNS[name].key)
    rng = np.random.default_rng(1)
    side = run.spec.model.image
    found = health.layers(run.spec, run.state(run.states - 1), (rng.random((3, side, side)) > 0.8).astype(np.float32), np.array([0, 1, 2]))
    assert [one.title for one in found][:2] == ["Convolution 1", "Convolution 2"]
    assert found[0].units == run.spec.model.channels[0]
    if name == "pulse-dead":
        assert found[1].blocked and found[0].gradient == 0
    else:
        assert not any(one.blocked for one in found)


def test_zero_weights_get_no_gradient() -> None:
    network = replace(spec("tanh"), model=replace(spec("tanh").model, initializer="zeros"))
    assert all(one.blocked for one in health.layers(network, dense.initial(network.model), IMAGES, LABELS))
