"""Networks that were brought in, in the pages that open them, and taken away again."""

from collections.abc import Iterator

import numpy as np
import pytest

from core.importing.bringing import bring
from core.importing.leaving import FORMATS
from core.models import network
from core.runs import shipped, store
from core.runs.fitting import PAGES, WANTS
from core.specs import DataSpec, ModelSpec, OriginSpec, RunSpec, TrainSpec
from pages.own.away import made
from tests.app import app as entry
from tests.app import go
from tests.importing.makers import saved
from tests.importing.test_bringing import trained
from tests.pages.own.own_case import app, words

SECTIONS = {
    "mlp": ("", "neighbours", "units", "epochs", "compare", "image", "off", "download"),
    "templates": ("gallery", "rolled", "match", "mistakes", "confusion", "breaking", "hidden"),
    "learning": ("step", "batch", "rate"),
}


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Keys of a network of one layer, one with a hidden layer of three states, and a sequence."""
    patch = pytest.MonkeyPatch()
    patch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path_factory.mktemp("runs")))
    rng = np.random.default_rng(0)
    one = {"w": rng.normal(size=(64, 10)).astype(np.float32), "b": np.zeros(10, np.float32)}
    states = [{f"net_{i}.pt": trained("dense", 1.0, 0.0, steps)[0]} for i, steps in enumerate((5, 40, 250), start=1)]
    found = {
        "one layer": bring("one.pt", {"one.pt": _torch(one)}, "uci-digits", keep=True),
        "hidden": bring("net.pt", states[0], "uci-digits", keep=True, more=states[1:]),
        "conv": bring("conv.pt", {"conv.pt": trained("conv", 1.0, 0.0)[0]}, "uci-digits", {"activation": "tanh"}, keep=True),
    }
    assert not [each.sentence for each in found.values() if each.sentence]
    yield {name: each.key for name, each in found.items()}
    patch.undo()


def _torch(arrays: dict[str, np.ndarray]) -> bytes:
    import torch

    return saved({"fc.weight": torch.from_numpy(arrays["w"].T.copy()), "fc.bias": torch.from_numpy(arrays["b"])})


VIEWS = [("hidden", topic, section) for topic, all_ in SECTIONS.items() for section in all_]
VIEWS += [
    ("one layer", "mlp", ""),
    *(("one layer", "templates", part) for part in ("gallery", "rolled", "match")),
    ("one layer", "learning", "step"),
]


@pytest.mark.parametrize(("name", "topic", "section"), VIEWS)
def test_it_opens_everywhere(name: str, topic: str, section: str, brought: dict[str, str]) -> None:
    at = go(entry(), topic)
    link, fits = PAGES[topic]
    assert fits(store.load(brought[name]).spec)
    at.query_params[link] = brought[name]
    if section:
        at.query_params["section"] = section
    at.run()
    assert not at.exception and not at.error
    assert not [note.value for note in at.warning if "The link asks for model" in note.value]
    assert at.session_state[f"{topic}-{link}"] in (brought[name], *shipped.RUNS)  # a part that shows other networks says so
    if topic != "templates" or name == "hidden" or section != "hidden":
        assert brought[name] == at.session_state[f"{topic}-{link}"] or section in ("rolled", "match")


def test_a_sequence_opens_in_digits_with_its_states(brought: dict[str, str]) -> None:
    at = go(entry(), "digits")
    at.query_params.update({"run": brought["conv"], "layer": "conv1", "filter": "2", "input": "test-3"})
    at.run()
    assert not at.exception and not at.error and not at.warning
    assert at.session_state["digits-run"] == brought["conv"]


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", ["one layer", "hidden", "conv"])
def test_what_leaves_comes_back_bit_for_bit(name: str, format_: str, brought: dict[str, str]) -> None:
    from core.ui import shown

    net = shown.of(brought[name])
    files, why = made(net, format_)
    assert not why
    file = next(called for called in files if not called.endswith(".py"))
    back = bring(file, {file: files[file]}, "uci-digits", keep=True)
    assert not back.sentence and not back.choices
    run = store.load(back.key)
    assert (run.spec.model.kind, run.spec.model.layers) == (net.run.spec.model.kind, net.run.spec.model.layers)
    for parameter, values in net.weights.items():
        np.testing.assert_array_equal(run.state(-1)[parameter], values)


@pytest.mark.parametrize(
    ("run", "format_"),
    [*(("digit-cnn-small", one) for one in FORMATS), ("mlp-random", "keras"), ("pulses", "onnx"), ("uci-softmax", "torch")],
)
def test_any_network_can_be_taken_away(run: str, format_: str) -> None:
    at = app({"section": "away", "run": run if run in shipped.RUNS else _pulses(), "format": format_})
    assert not at.exception and not at.error and not at.warning
    names = [button.proto.label for button in at.get("download_button")]
    assert any(label.split(" ")[0].endswith((FORMATS[format_], "network.pt")) for label in names), words(at)
    assert len(names) == (2 if format_ == "torch" else 1)


def _pulses() -> str:
    """The first shipped pulse CNN that keeps all of its weights."""
    return next(name for name, spec in shipped.RUNS.items() if spec.model.kind == "pulse_cnn" and spec.train.store != "history")


@pytest.mark.parametrize("topic", ["learning", "templates", "mlp"])
def test_a_page_that_cannot_show_a_sequence_says_why(topic: str, brought: dict[str, str]) -> None:
    at = go(entry(), topic)
    at.query_params[PAGES[topic][0]] = brought["conv"]
    at.run()
    assert not at.exception
    assert any(WANTS[topic] in note.value for note in at.warning)


def test_digits_says_why_it_shows_no_network_of_colours(brought: dict[str, str]) -> None:
    layers = ("input units=3 kernel=32x32", "conv units=2 kernel=3x3", "relu", "avgpool", "flatten", "dense units=10", "softmax")
    model = ModelSpec("sequence", (10,), image=32, layers=layers)
    spec = RunSpec(DataSpec("cifar10", 40_000, 0, 10_000), model, TrainSpec(epochs=0), OriginSpec("colours", "1"))
    random = np.random.default_rng(0)
    weights = {name: random.normal(size=(1, *shape)) for name, shape in network.weight_shapes(model).items()}
    run = store.save(spec, {"epoch": [1.0], "accuracy_test": [0.1], "loss_test": [2.3]}, weights, header={"origin": {"name": "colours"}})
    at = go(entry(), "digits")
    at.query_params["run"] = run.key
    at.run()
    assert not at.exception and any("grey images" in note.value for note in at.warning)
    at = app({"network": run.key})
    assert not at.exception and "Digits shows layers of any kind that read grey images" in words(at)
