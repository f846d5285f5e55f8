"""The digits page with sequences of layers of every kind: each section shows them, and the ledgers add up to what the map shows."""

import re
from collections.abc import Iterator

import numpy as np
import pytest

from core.analysis.digit_survey import best_patches, survey, switch_off
from core.models import network, sequence
from core.models.blocks import convolutions, end_of, hidden_behind
from core.models.counts import confusion
from core.runs import store
from core.specs import DataSpec, ModelSpec, OriginSpec, RunSpec, TrainSpec
from pages.digits.choices import SECTIONS, openable, tables
from tests.pages.digits.digits_case import app, the_digits, words

LAYERS = {
    "any": (
        "input units=1 kernel=28x28 value=3.25 shift=-0.42",
        "conv units=6 kernel=3x3 pad=1,1,1,1",
        "norm value=0.001",
        "relu",
        "maxpool kernel=3x3 stride=2x2 pad=1,1,1,1",
        "conv units=6 kernel=3x3 dilation=2x2 groups=6",
        "gelu",
        "avgpool kernel=2x2 stride=2x2",
        "conv units=10 kernel=1x1",
        "avgpool",
        "flatten",
        "softmax",
    ),
    "resized": (
        "input units=3 kernel=32x32 value=2.0 shift=-1.0 mode=pad",
        "conv units=4 kernel=5x3 stride=2x2",
        "leaky value=0.1",
        "pad pad=1,0,1,0",
        "avgpool kernel=3x3 stride=3x3 pad=1,1,1,1 mode=inside",
        "flatten",
        "norm value=1e-05",
        "dense units=12",
        "norm value=1e-05",
        "tanh",
        "dense units=10",
        "softmax",
    ),
    "dense alone": (
        "input binary units=1 kernel=14x14 mode=scale",
        "flatten",
        "dense units=9",
        "leaky value=0.2",
        "dense units=10",
        "sigmoid",
    ),
}
STATES = 3


def model(name: str) -> ModelSpec:
    return ModelSpec("sequence", (10,), image=28, layers=LAYERS[name])


def weights(name: str, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    out = {}
    for parameter, shape in sequence.weight_shapes(model(name)).items():
        drawn = rng.normal(size=shape) * (0.5 if parameter.endswith("kernel") else 0.2)
        out[parameter] = (np.abs(drawn) + 0.5 if parameter.endswith("variance") else drawn).astype(np.float32)
    return out


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Stored runs of every sequence, three states each."""
    folder = tmp_path_factory.mktemp("sequences")
    patch = pytest.MonkeyPatch()
    patch.setenv("KERNEL_EXPLORER_RUNS", str(folder))
    yield {name: stored(name) for name in LAYERS}
    patch.undo()


def stored(name: str) -> str:
    spec = RunSpec(DataSpec(test=2_000), model(name), TrainSpec(epochs=0), OriginSpec(f"{name}.pt", "0"))
    states = [weights(name, seed) for seed in range(STATES)]
    history = {
        "epoch": np.arange(1, STATES + 1.0),
        "step": np.arange(1, STATES + 1.0),
        "loss_test": np.ones(STATES),
        "accuracy_test": np.full(STATES, 0.1),
    }
    counts = np.zeros((STATES, 10, 10), np.int64)
    stacked = {parameter: np.stack([state[parameter] for state in states]) for parameter in states[0]}
    return store.save(spec, history, stacked, {"confusion": counts}, precision=np.float32).key


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("name", LAYERS)
def test_every_section_shows_it_or_says_why_not(name: str, section: str, keys: dict[str, str]) -> None:
    at = app({"run": keys[name], "section": section, "input": "test-3"})
    assert not at.exception and not at.error and not at.warning
    assert f"**{name}.pt**, a network brought here" in words(at)
    if section == "filters" and not convolutions(model(name)):
        assert "No filters" in words(at)


LEDGERS = [
    (name, one.name)
    for name in LAYERS
    for one in network.layers(model(name))
    if openable(one) and (name == "any" or one.flat or one.name == "leaky1")
]  # fmt: skip


@pytest.mark.parametrize(("name", "layer"), LEDGERS)
def test_a_ledger_ends_in_the_value_that_is_shown(name: str, layer: str, keys: dict[str, str]) -> None:
    images, _ = the_digits()
    acts = network.activations(model(name), weights(name, STATES - 1), images[5:6])
    one = network.layer(model(name), layer)
    number = one.shape[0] - 1
    values = acts[layer][0].reshape(one.shape[0], -1)[number]
    at = app({"run": keys[name], "input": "test-5", "layer": layer, "filter": str(number)})
    assert not at.exception and not at.error and not at.warning
    said = re.sub("\N{MINUS SIGN}", "-", words(at))
    numbers_ = [float(found.replace(",", "")) for found in re.findall(r"-?[\d,]*\d\.\d+", said)]
    expected = float(values[int(values.argmax())])  # of maps the largest value opens
    assert min(abs(found - expected) for found in numbers_) < 1.1e-6 * max(1, abs(expected)) + 6e-7


@pytest.mark.parametrize(
    ("name", "maps"), [(name, maps) for name in LAYERS for maps in tables(model(name)) if name == "any" or maps in ("leaky1", "dense1")]
)
def test_every_activation_table(name: str, maps: str, keys: dict[str, str]) -> None:
    at = app({"run": keys[name], "section": "table", "maps": maps})
    assert not at.exception and not at.error and not at.warning


def test_a_patch_is_what_the_filter_sees() -> None:
    """The image with all but the patch painted out gives the same largest sum."""
    images, labels = the_digits()
    for name in ("any", "resized"):
        found = survey(model(name), weights(name), images[:60], labels[:60])
        for conv in convolutions(model(name)):
            best = best_patches(found, conv.number, 0, 3)[0]
            seen = sequence.looked_at(model(name), images[best.image][None])[0]
            rows, columns = slice(best.row, best.row + best.side), slice(best.column, best.column + (best.across or best.side))
            other = np.random.default_rng(0).uniform(size=seen.shape).astype(np.float32)
            other[rows, columns] = seen[rows, columns]
            sums = []
            for image in (seen, other):
                pixels = image[None, None].repeat(network.layers(model(name))[0].shape[0], 1)
                first = sequence.read_step(LAYERS[name][0])
                x = pixels * first.value + first.shift
                for part in sequence.parts(model(name)):
                    x = sequence.run(part.step, part.weights, weights(name), x.astype(np.float64))
                    if part.name == conv.name:
                        break
                row, column = divmod(int(found.place[conv.number][best.image, 0]), conv.shape[2])
                sums.append(float(x[0, 0, row, column]))
            assert sums[0] == pytest.approx(sums[1], abs=1e-5) == pytest.approx(best.value, abs=1e-3)


def test_a_filter_switched_off_is_a_network_without_its_map() -> None:
    images, labels = the_digits()
    name = "any"
    found = survey(model(name), weights(name), images[:80], labels[:80])
    for number in (1, 2):
        changed = dict(weights(name))
        end = end_of(model(name), number).name
        acts = network.activations(model(name), changed, images[:80], np.float32)
        maps = acts[end].copy()
        maps[:, 2] = 0
        expected = sequence.onward(model(name), changed, end, maps)["logits"].argmax(1)
        np.testing.assert_array_equal(switch_off(found, number, 2), confusion(labels[:80], expected, 10))


def test_what_is_hidden_is_said_by_what_follows() -> None:
    assert hidden_behind(model("any")) == {"conv1", "norm1", "conv2", "probabilities"}
    assert hidden_behind(model("resized")) == {"conv1", "pad1", "norm2", "probabilities"}
