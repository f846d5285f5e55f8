"""Scripts and notebooks: they run by themselves, and give the same images, the same network and as good an accuracy."""

import ast
import json
import sys
import types
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from core.data import catalog
from core.data.pulse_sets import pulse_set
from core.importing.leaving_script import MOST_LINES, notebook, script
from core.importing.refusal import Refused
from core.models import network
from core.runs.shipped import RUNS
from core.runs.shipped.pulses import LIVE
from core.specs import ACTIVATIONS, INITIALIZERS, Change, DataSpec, ModelSpec, OriginSpec, PulseSpec, RunSpec, TrainSpec
from core.training import loop
from core.training.samples import samples

UCI = DataSpec("uci-digits", train=1_200, validation=197, test=400)
SOME = replace(UCI, train=400, validation=0, test=200, seed=3)
CNN = ModelSpec("digit_cnn", sizes=(16, 10), activation="relu", initializer="he", channels=(4, 8), kernel_size=3, image=20)
SMALL_PULSES = replace(LIVE.data, train=240, validation=0, test=120, pulses=PulseSpec(size=28, line=1))
PULSE_CNN = replace(LIVE.model, sizes=(24, 12, 3), image=28, kernel_size=5)
EVERY = PulseSpec(size=28, classes=("square", "gaussian", "sinusoid", "sawtooth"), drift=0.1, missing_columns=0.05, pixel_noise=0.01)
LEARNING = {
    "dense": RunSpec(UCI, ModelSpec(sizes=(64, 16, 10)), TrainSpec(epochs=6, batch=32, learning_rate=5e-3)),
    "one layer": RunSpec(SOME, ModelSpec(sizes=(64, 10), initializer="zeros"), TrainSpec(epochs=10, batch=32, learning_rate=1e-2)),
    "changed": RunSpec(
        UCI,
        ModelSpec(sizes=(64, 24, 12, 10), activation="elu", initializer="orthogonal"),
        TrainSpec(optimizer="sgd", learning_rate=0.1, momentum=0.5, weight_decay=1e-3, epochs=8, changes=(Change(4, 0.02, 0.8, 0.0),)),
    ),
    "digit cnn": RunSpec(SOME, CNN, TrainSpec(optimizer="sgd", learning_rate=0.1, batch=20, epochs=5)),
    "pulse cnn": RunSpec(SMALL_PULSES, PULSE_CNN, replace(LIVE.train, epochs=5, first_epoch_states=0)),
}
STUCK_OR_NOT = RunSpec(  # the study's way
    replace(SMALL_PULSES, pulses=EVERY),
    replace(PULSE_CNN, sizes=(16, 8, 4), output="tanh", initializer="torch", start_scale=1.0, centred=False, dropout=0.1),
    TrainSpec(loss="l1", optimizer="sgd", learning_rate=0.1, batch=24, epochs=2, weight_decay=0.01, decay_on="kernels"),
)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before, state = torch.get_num_threads(), torch.get_rng_state()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
    torch.set_rng_state(state)


def ran(text: str) -> dict[str, Any]:
    """What a script leaves behind."""
    names = {alias.name.split(".")[0] for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module).split(".")[0] for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)}
    assert names <= {"numpy", "torch", "sklearn", "torchvision", "PIL", "math"}
    scope: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, "script", "exec"), scope)
    return scope


def shapes(spec: RunSpec) -> list[tuple[int, ...]]:
    """Of all parameters of a run in their order, dense kernels as torch has them."""
    first = next(loop.train(spec)).weights
    return [value.shape[::-1] if value.ndim == 2 else value.shape for value in first.values()]


def check_data_and_network(spec: RunSpec, left: dict[str, Any]) -> None:
    if spec.data.pulses is not None:
        for part, x, y in (("train", "x", "y"), ("test", "x_test", "y_test")):
            ours = pulse_set(spec.data, part)
            other = left[x].numpy()[:, 0] != ours.images
            assert np.array_equal(left[y].numpy(), ours.labels)
            assert other.mean() < (1e-3 if "sawtooth" in spec.data.pulses.classes else 1e-4), "the pen is looked at in so many places"
            assert not other[ours.labels == 0].any(), "squares have no tip"
    else:
        ours = samples(spec.data, spec.model)
        for (images, labels), x, y in ((ours.train, "x", "y"), (ours.test, "x_test", "y_test")):
            assert np.array_equal(left[x].numpy().reshape(len(images), -1), images.reshape(len(images), -1) / np.float32(255))
            assert np.array_equal(left[y].numpy(), labels)
    parameters = list(left["model"].parameters())
    assert [tuple(p.shape) for p in parameters] == shapes(spec)
    assert sum(p.numel() for p in parameters) == network.parameter_count(spec.model)


@pytest.mark.parametrize("name", LEARNING)
def test_a_script_ends_within_the_spread_of_the_seeds(name: str, capsys: pytest.CaptureFixture) -> None:
    spec = LEARNING[name]
    left = ran(script(spec))
    check_data_and_network(spec, left)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == spec.train.epochs and said[-1].endswith(f"of {spec.data.test} test images right")
    found = float(left["right"].float().mean())
    assert f"{found:.1%}" in said[-1]
    ours = []
    for seed in range(3):
        seeded = replace(spec, model=replace(spec.model, seed=seed), train=replace(spec.train, seed=seed))
        ours.append([record.metrics["accuracy_test"] for record in loop.train(seeded)][-1])
    error = np.sqrt(np.mean(ours) * (1 - np.mean(ours)) / spec.data.test)  # of a share of so many images
    assert min(ours) - 2 * error <= found <= max(ours) + 2 * error, (found, ours)
    assert found > 2 / spec.model.sizes[-1] or name == "pulse cnn", "it has learned, or the comparison says nothing"


def test_every_waveform_and_disturbance_and_the_studys_training(capsys: pytest.CaptureFixture) -> None:
    left = ran(script(STUCK_OR_NOT))
    check_data_and_network(STUCK_OR_NOT, left)
    assert [type(layer).__name__ for layer in left["model"]][-7:] == ["Dropout", "Linear", "ReLU", "Linear", "Tanh", "Linear", "Tanh"]
    assert len(left["kernels"]) == 2 and left["optimizer"].param_groups[0]["weight_decay"] == 0.01


@pytest.mark.parametrize("initializer", INITIALIZERS)
@pytest.mark.parametrize("kind", ["dense", "digit_cnn", "pulse_cnn"])
def test_a_script_starts_as_the_run_does(kind: str, initializer: str) -> None:
    base = {"dense": LEARNING["changed"], "digit_cnn": LEARNING["digit cnn"], "pulse_cnn": LEARNING["pulse cnn"]}[kind]
    spec = replace(base, model=replace(base.model, initializer=initializer), train=replace(base.train, epochs=0, changes=()))
    try:
        ours = next(loop.train(spec)).weights
    except (ValueError, KeyError):
        pytest.skip("this network cannot start so")
    theirs = [p.detach().numpy() for p in ran(script(spec))["model"].parameters()]
    for (name, mine), their in zip(ours.items(), theirs, strict=True):
        assert np.isclose(mine.std(), their.std(), rtol=0.25, atol=1e-6 if mine.std() == 0 else 0.25 * mine.std() + 0.02), name
        if initializer in ("zeros", "alternating_diagonal"):
            assert np.allclose(mine if mine.ndim != 2 else mine.T, their, atol=1e-3), name  # stored in float16


@pytest.mark.parametrize("name", RUNS)
def test_every_shipped_run_has_a_short_script(name: str) -> None:
    text = script(RUNS[name])
    ast.parse(text)
    assert len(text.splitlines()) < MOST_LINES and max(map(len, text.splitlines())) <= 132
    assert RUNS[name].key in text and "core" not in text.replace("score", "")


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_longest_scripts_are_short_too(activation: str) -> None:
    many = (Change(1, 0.1, 0.2, 0.3), Change(2, 0.4, 0.5, 0.6))
    train = TrainSpec(loss="l1", optimizer="sgd", weight_decay=0.01, momentum=0.2, epochs=9, changes=many)
    model = replace(STUCK_OR_NOT.model, initializer="he", centred=True, start_scale=0.2, activation=activation, output="softmax")
    assert len(script(replace(STUCK_OR_NOT, model=model, train=train)).splitlines()) < MOST_LINES
    deep = replace(LEARNING["dense"], model=ModelSpec(sizes=(64, *[12] * 60, 10), activation=activation))
    assert len(script(deep).splitlines()) < MOST_LINES
    check_data_and_network(deep, ran(script(replace(deep, train=replace(deep.train, epochs=0)))))
    digit = RunSpec(SOME, replace(CNN, channels=(4, 4), activation=activation), replace(train, loss="cross_entropy"))
    assert len(script(digit).splitlines()) < MOST_LINES


def test_mnist_comes_from_torchvision(monkeypatch: pytest.MonkeyPatch) -> None:
    """torchvision itself may not load beside this torch: what it gives is put in its place."""
    spec = RunSpec(DataSpec(train=300, validation=0, test=100), ModelSpec(sizes=(784, 10)), TrainSpec(epochs=1))
    if catalog.missing("mnist"):
        pytest.skip("MNIST is not here")
    first, last, test = (catalog.load("mnist", split) for split in ("train", "validation", "test"))

    class MNIST:
        def __init__(self, root: str, train: bool, download: bool) -> None:
            parts = (first, last) if train else (test,)
            self.data, self.targets = (torch.from_numpy(np.concatenate([part[i] for part in parts])) for i in (0, 1))

    package, module = types.ModuleType("torchvision"), types.ModuleType("torchvision.datasets")
    module.MNIST = MNIST  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torchvision", package)
    monkeypatch.setitem(sys.modules, "torchvision.datasets", module)
    check_data_and_network(spec, ran(script(spec)))


@pytest.mark.parametrize("name", ["uci-mlp", "digit-cnn", "pulse-reliable"])
def test_a_notebook_holds_the_same_lines(name: str) -> None:
    book = json.loads(notebook(RUNS[name]))
    assert book["nbformat"] == 4 and book["nbformat_minor"] == 5 and book["metadata"]["kernelspec"]["name"] == "python3"
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    for cell in book["cells"]:
        wanted = {"cell_type", "id", "metadata", "source"} | ({"execution_count", "outputs"} if cell["cell_type"] == "code" else set())
        assert cell.keys() == wanted and all(isinstance(line, str) for line in cell["source"])
        assert all(line.endswith("\n") for line in cell["source"][:-1])
    code = "\n".join("".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code")
    assert ast.dump(ast.parse(code)) == ast.dump(ast.Module(ast.parse(script(RUNS[name])).body[1:], []))


def test_what_was_brought_in_has_none() -> None:
    with pytest.raises(Refused, match="trained elsewhere"):
        script(replace(LEARNING["dense"], origin=OriginSpec("mine", "00")))
