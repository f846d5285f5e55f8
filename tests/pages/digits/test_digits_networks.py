"""The digits page with digit CNNs of other shapes, data and states, opened by their keys; none is shipped."""

from dataclasses import replace

import numpy as np
import pytest

from core.charts import numbers
from core.data.pulse_sets import pulse_set
from core.models.digit_layers import activations, layers
from core.runs import shipped, store
from core.serving import shared
from core.specs import DataSpec, ModelSpec, TrainSpec
from pages.digits.images import an
from tests.digit_case import EPOCHS, MODELS, spec, stored, weights
from tests.pages.digits.digits_case import app, parts, search, words

SECTIONS = ("draw", "compare", "summary", "table", "filters", "train")
UCI = DataSpec("uci-digits", train=100, validation=0, test=400)
every = pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch):
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    shared.clear()  # keys of one test stand for other weights in the next


@every
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_shows_any_network(model, section):
    run = stored(spec(model))
    test = app({"run": run.key, "section": section, "epoch": "0.5", "input": "test-3"})
    assert not test.exception and not test.warning
    assert "at step 5 of epoch 1: it reads 23.3% of" in words(test)
    assert test.select_slider(key="digits-epoch").value == 1 and len(test.select_slider(key="digits-epoch").options) == len(EPOCHS)
    assert search(test) | {"section": section} == {"section": section, "run": run.key, "epoch": "0.5", "input": "test-3"}


@every
def test_the_board_has_the_networks_own_layers(model):
    run = stored(spec(model))
    test = app({"run": run.key, "input": "test-3"})
    strips = parts(test, "digits-layers")[0]["strips"]
    shown = [one for one in layers(model) if one.kind in ("relu", "pool", "dense", "logits")]
    assert [strip["title"].split(":")[0] for strip in strips] == ["Input", *(one.title for one in shown)]
    assert [len(strip["cells"]) for strip in strips[1:]] == [one.shape[0] for one in shown]
    assert strips[0]["title"] == f"Input: {model.image}x{model.image} pixels"


@every
def test_every_layer_opens_and_its_ledger_adds_up(model):
    run = stored(spec(model))
    image = app({"run": run.key, "input": "test-3"})  # so that the images are those that the page takes
    assert not image.exception
    from pages.digits.images import test_images

    acts = activations(model, weights(model, len(EPOCHS) - 1), test_images(run.spec).images[3:4])
    for layer in layers(model)[1:-1]:
        unit = layer.shape[0] - 1
        test = app({"run": run.key, "input": "test-3", "layer": layer.name, "filter": str(unit)})
        assert not test.exception and not test.warning
        values = acts[layer.name][0][unit]
        said = words(test)
        if layer.kind in ("conv", "relu"):
            assert f"The map shows {numbers.fixed(values.max(), 6)}" in said
        elif layer.kind == "pool":
            assert f"= **{numbers.fixed(values.max(), 6)}**" in said
        elif layer.kind == "dense":
            assert f"makes it **{numbers.fixed(values, 6)}**" in said
        else:
            assert f"= logit **{numbers.fixed(values, 6)}**" in said
            assert f"probability **{numbers.fixed(acts['probabilities'][0][unit], 6)}**" in said


@every
def test_a_table_of_every_layer(model):
    run = stored(spec(model))
    test = app({"run": run.key, "section": "table"})
    offered = test.selectbox(key="digits-table-layer").options
    assert len(offered) == 3 * len(model.channels) + len(model.sizes)
    names = [f"{kind}{i + 1}" for i in range(len(model.channels)) for kind in ("relu", "conv", "pool")]
    for name, order in [*((name, "number") for name in names), (names[-1], "activation"), (names[-1], "norm")]:
        test = app({"run": run.key, "section": "table", "maps": name, "order": order})
        assert not test.exception and not test.warning
        cells = parts(test, "digits-table-board")[0]["strips"][0]["cells"]
        filters = model.channels[int(name[-1]) - 1]
        assert len(cells) == filters * (1 + min(10, model.sizes[-1]))  # kernels, then an example a row


@every
def test_filters_of_every_convolution(model):
    run = stored(spec(model))
    for number, filters in enumerate(model.channels, start=1):
        test = app({"run": run.key, "section": "filters", "layer": f"relu{number}", "filter": str(filters - 1), "patch": "0"})
        assert not test.exception and not test.warning
        assert f"Without filter **{filters}** of convolution {number}" in words(test)
        assert f"**Filter {filters}** of convolution {number} answers with" in words(test)
        assert len(parts(test, "digits-patches")[0]["strips"][0]["cells"]) == 10 * filters


def test_two_classes_have_the_names_of_their_data():
    run = stored(spec(MODELS["two classes"]))
    test = app({"run": run.key, "input": "test-3"})
    image = pulse_set(run.spec.data, "test").images[3:4]
    shares = activations(run.spec.model, weights(run.spec.model, 3), image.astype(float))["probabilities"][0]
    bars = parts(test, "digits-probabilities")[0]
    assert bars["names"] == ["square", "gaussian"] and np.allclose(bars["values"], shares, atol=1e-6)
    assert f"It reads a {bars['names'][shares.argmax()]}" in words(test) and "of 60 test pulses right" in words(test)
    assert "from test image 3, a gaussian." in words(test)  # classes take turns


def test_fewer_classes_than_the_data_has_see_the_images_of_theirs():
    model = ModelSpec("digit_cnn", (3,), channels=(3,), kernel_size=3, image=28)
    run = stored(spec(model, UCI))
    from pages.digits.images import test_images

    assert sorted(set(test_images(run.spec).labels)) == [0, 1, 2]
    test = app({"run": run.key, "section": "table"})
    assert not test.exception and len(parts(test, "digits-table-board")[0]["strips"][0]["cells"]) == 3 * 4


def test_its_own_data_is_what_it_is_shown():
    """A network trained on the UCI digits sees those, in the size that it asks for."""
    from core.data import catalog

    run = stored(spec(replace(MODELS["even kernels"]), UCI))
    test = app({"run": run.key, "input": "test-7"})
    label = int(catalog.load("uci-digits", "test")[1][7])
    assert f"from test digit 7, {an(str(label))}." in words(test) and "of 400 UCI test digits right" in words(test)
    test = app({"run": run.key, "input": "test-400"})  # there are 400
    assert "The link asks for input" in words(test)


def test_one_state_is_enough():
    run = stored(spec(MODELS["hidden dense"]), epochs=(3,))
    for section in SECTIONS:
        test = app({"run": run.key, "section": section})
        assert not test.exception and not test.warning
        assert "at epoch 3" in words(test) and "the only one that this run keeps" in words(test)
    assert "keeps one state alone" in words(app({"run": run.key, "section": "compare"}))


def test_two_states_are_compared():
    run = stored(spec(MODELS["hidden dense"]), epochs=(0, 4))
    test = app({"run": run.key, "section": "compare", "input": "test-0"})
    assert not test.exception and "**untrained**, it reads" in words(test) and "**epoch 4**, it reads" in words(test)


def test_a_history_without_accuracies_is_no_trouble():
    case = spec(MODELS["one convolution"])
    run = store.save(case, {"epoch": [5.0]}, {name: array[None] for name, array in weights(case.model).items()})
    for section in SECTIONS:
        test = app({"run": run.key, "section": section})
        assert not test.exception
        assert "at epoch 5. Draw a digit" in words(test)


@pytest.mark.parametrize("section", ("draw", "compare", "table", "filters"))
def test_what_a_run_does_not_keep_is_said(section):
    """Kernels of every state, everything of the last: the last one can be looked into, the others get a sentence."""
    case = replace(spec(MODELS["hidden dense"]), train=TrainSpec(store="kernels", epochs=2))
    states = [weights(case.model, seed) for seed in range(3)]
    kept = {name: np.stack([s[name] for s in (states if name.startswith("conv") else states[-1:])]) for name in states[0]}
    run = store.save(case, {"epoch": [0, 1, 2], "accuracy_test": [0.1, 0.2, 0.3]}, kept)
    test = app({"run": run.key, "section": section, "epoch": "1"})
    assert not test.exception and "Of this state the run keeps no dense1.kernel; choose its last state" in words(test)
    test = app({"run": run.key, "section": section, "input": "test-0"})
    assert not test.exception
    assert ("The start of the training: Of this state" in words(test)) == (section == "compare")


@pytest.mark.parametrize("section", SECTIONS)
def test_a_run_without_weights_is_said(section):
    run = store.save(
        replace(spec(MODELS["hidden dense"]), train=TrainSpec(store="history", epochs=1)), {"epoch": [0, 1], "loss": [2, 1]}, {}
    )
    test = app({"run": run.key, "section": section})
    assert not test.exception
    assert ("keeps its history alone" in words(test)) == (section not in ("summary", "train"))


@pytest.mark.parametrize("section", SECTIONS)
def test_a_training_that_lost_all_measure_is_said(section):
    run_spec = spec(MODELS["hidden dense"])
    lost = {name: np.full_like(array, np.nan) for name, array in weights(run_spec.model).items()}
    run = store.save(
        run_spec,
        {"epoch": [0, 1], "loss": [2.3, np.nan], "accuracy_test": [0.1, 0.098]},
        {name: np.stack([array, lost[name]]) for name, array in weights(run_spec.model).items()},
    )
    test = app({"run": run.key, "section": section})
    assert not test.exception
    if section == "compare":
        assert "The end of the training" in words(app({"run": run.key, "section": section, "epoch": "0"}))
    assert ("some weights are no numbers any more" in words(test)) == (section not in ("summary", "train"))
    assert not app({"run": run.key, "section": section, "epoch": "0", "input": "test-1"}).exception


def test_weights_of_another_shape_are_said():
    case = spec(MODELS["hidden dense"])
    other = weights(replace(case.model, channels=(5, 6)))
    run = store.save(case, {"epoch": [0.0]}, {name: array[None] for name, array in other.items()})
    test = app({"run": run.key})
    assert not test.exception and "The shape of conv1.kernel is not the one that its spec says" in words(test)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_wide_network_is_shown_too(section):
    """64 filters, a hidden layer of more units than can be buttons: they are still drawn, and a number opens one."""
    model = ModelSpec("digit_cnn", (400, 10), "tanh", channels=(64,), kernel_size=3, image=20)
    run = stored(spec(model, UCI), epochs=(0, 1))
    test = app({"run": run.key, "section": section, "input": "test-0", "layer": "dense1", "filter": "399"})
    assert not test.exception and not test.warning
    if section == "draw":
        assert test.number_input(key="digits-map-unit").value == 400
        board = parts(test, "digits-layers")[0]["strips"]
        assert [len(strip["cells"]) for strip in board] == [0, 64, 64, 0, 10]


def test_the_chooser_lists_them_after_the_shipped_ones():
    run = stored(spec(MODELS["three convolutions"]))
    options = app({"run": run.key}).selectbox(key="digits-run").options
    assert len(options) == 3 and "2+3+4 kernels of 3×3" in options[2]


@pytest.mark.parametrize("change", [{"kernel_size": 27}, {"output": "tanh"}])
def test_a_network_that_cannot_be_built_does_not_fit(change):
    small = shipped.RUNS["digit-cnn-small"]
    case = replace(small, model=replace(small.model, **change))
    run = store.save(case, {"epoch": [0.0]}, {"conv1.kernel": np.zeros((1, 8, 1, 5, 5))})
    test = app({"run": run.key})
    assert not test.exception and "not the name or key of a stored network that fits this page" in words(test)
