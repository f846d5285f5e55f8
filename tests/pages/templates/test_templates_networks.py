"""The templates page with networks that do not come with the app: every part with every one that it can show."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.data import catalog as data_catalog
from core.data import digits
from core.models import dense
from core.runs import catalog, store
from core.serving import shared
from pages.templates.groups import GROUP, group, groups
from pages.templates.parts import PARTS, on_images
from pages.templates.view import View
from tests.pages.templates.networks import BARS, HIDDEN, NETWORKS, load, register, stored
from tests.pages.templates.test_templates_page import opened, search, words

needs_mnist = pytest.mark.skipif(bool(digits.trouble()), reason="MNIST is not in the data folder")


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """A store with all the networks, and their keys."""
    folder = tmp_path_factory.mktemp("runs")
    yield folder, stored(folder)
    del data_catalog.DATASETS["bars"]


@pytest.fixture
def keys(others: tuple[Path, Mapping[str, str]], monkeypatch: pytest.MonkeyPatch) -> Iterator[Mapping[str, str]]:
    """Their keys, while the app looks into that store."""
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(others[0]))
    shared.clear()
    yield others[1]
    shared.clear()


def fits(part: str, name: str) -> bool:
    """Whether a part of the page can show a network, by what the lesson says."""
    hidden, colour = name in HIDDEN, name.startswith("bars")
    by_layers = {"rolled": not hidden, "match": not hidden, "pictures": colour and not hidden, "hidden": hidden}
    return (by_layers | dict.fromkeys(("breaking", "confidence", "map"), not colour)).get(part, True)


@pytest.mark.parametrize("part, name", [(part, name) for part in PARTS for name in NETWORKS if fits(part, name)])
def test_every_part_shows_every_network_that_fits(part: str, name: str, keys: Mapping[str, str]) -> None:
    at = opened(section=part, model=keys[name], shown="likeness-second-filters")
    assert not at.error and not at.warning
    assert at.session_state["templates-model"] == keys[name] and "asked" not in search(at)
    if name.startswith("bars") and part != "pictures":
        assert not {"ten", "digit", "digits", "MNIST"} & set(words(at).replace(".", " ").split())


@pytest.mark.parametrize("part, name", [(part, name) for part in PARTS for name in NETWORKS if not fits(part, name)])
def test_what_a_part_cannot_show_is_said(part: str, name: str, keys: Mapping[str, str]) -> None:
    at = opened(section=part, model=keys[name])
    assert f"stands in for {catalog.find(keys[name]).title}" in words(at)
    shown, same = catalog.find(at.session_state["templates-model"]).spec, NETWORKS[name].data.name
    assert PARTS[part].fits(shown)
    assert shown.data.name == same or (part, same) in [
        ("pictures", "mnist"),
        ("pictures", "uci-digits"),
        ("breaking", "bars"),
        ("confidence", "bars"),
        ("map", "bars"),
    ]
    at.button(key="templates-asked-back").click().run()
    assert (at.session_state["templates-section"], at.session_state["templates-model"]) == ("gallery", keys[name])


@pytest.mark.parametrize("name", NETWORKS)
def test_the_chooser_lists_them_after_the_shipped_ones(name: str, keys: Mapping[str, str]) -> None:
    at = opened()
    options = at.selectbox(key="templates-model").options
    shipped = [entry.title for entry in catalog.fitting(on_images) if entry.name]
    assert options[: len(shipped)] == shipped and catalog.find(keys[name]).title in options[len(shipped) :]


@pytest.mark.parametrize("name", ["uci", "bars"])
@pytest.mark.parametrize("image", [0, 7])
def test_the_sums_equal_those_of_torch(name: str, image: int, keys: Mapping[str, str]) -> None:
    at = opened(section="match", model=keys[name], image=str(image), shown="second")
    table = at.dataframe[0].value.set_index("class")
    run = store.load(keys[name])
    images, _ = load("test") if name == "bars" else data_catalog.load("uci-digits", "test")
    weights = run.state(-1)
    x = torch.from_numpy(dense.inputs(images[image : image + 1]))
    logits = torch.nn.functional.linear(x, torch.tensor(weights["dense1.kernel"].T), torch.tensor(weights["dense1.bias"]))[0].numpy()
    classes = BARS.classes if name == "bars" else list("0123456789")
    np.testing.assert_allclose(table.loc[list(classes)]["z"], logits, atol=1e-5)
    assert list(table.index) == [classes[c] for c in np.argsort(-logits)]


def test_votes_of_a_hidden_layer_add_up_to_the_logits_of_torch(keys: Mapping[str, str]) -> None:
    """Seven ELU units and three classes."""
    weights = store.load(keys["bars-7"]).state(-1)
    x = torch.from_numpy(dense.inputs(load("test")[0][5:6]))
    hidden = torch.nn.functional.elu(x @ torch.tensor(weights["dense1.kernel"]) + torch.tensor(weights["dense1.bias"]))
    logits = (hidden @ torch.tensor(weights["dense2.kernel"]) + torch.tensor(weights["dense2.bias"]))[0].numpy()
    at = opened(section="hidden", model=keys["bars-7"], bars="votes", image="5", shown="filters")
    best = int(logits.argmax())
    assert f"The votes for **{BARS.classes[best]}**" in words(at)
    assert f"z = **{logits[best]:.4f}**".replace("-", "−") in words(at)


def test_sentences_count_what_the_network_has(keys: Mapping[str, str]) -> None:
    assert "Seven hidden units now stand between the image and the three classes" in words(opened(section="hidden", model=keys["bars-7"]))
    assert "128 hidden units now stand" in words(opened(section="hidden", model=keys["mnist-128"]))
    assert "over all three templates" in words(opened(section="match", model=keys["bars"]))
    assert "it sees 324 numbers in one line" in words(opened(section="rolled", model=keys["bars"]))


def test_states_inside_the_first_epoch_are_named_by_their_step(keys: Mapping[str, str]) -> None:
    run = store.load(keys["uci"])
    at = opened(model=keys["uci"], epoch=f"{run.epochs[1]:.4g}")
    assert f"**Step {int(run.history['step'][1])} of epoch 1**" in words(at)
    assert "**Untrained**" in words(opened(model=keys["uci"], epoch="0"))
    assert "3 of the 8 stored states lie inside the first epoch" in words(at)


def test_an_epoch_stays_when_another_network_is_chosen(keys: Mapping[str, str]) -> None:
    at = opened(epoch="2")
    at.selectbox(key="templates-model").select(keys["uci"]).run()
    assert "**Epoch 2 of 4**" in words(at) and search(at) == {"model": keys["uci"], "epoch": "2"}


def test_the_mistakes_are_those_of_the_images_that_the_run_was_tested_on(keys: Mapping[str, str]) -> None:
    at = opened(section="mistakes", model=keys["uci"])
    counts = store.load(keys["uci"]).evaluation("confusion")[-1]
    assert f"{400 - np.trace(counts)} of 400 images misread" in words(at)
    if not digits.trouble():
        assert "of 500 images misread" in words(opened(section="mistakes", model=keys["mnist-25"]))


def test_a_cell_of_other_classes(keys: Mapping[str, str]) -> None:
    counts = store.load(keys["bars"]).evaluation("confusion")[-1]
    text = words(opened(section="confusion", model=keys["bars"], cell="red-deep blue"))
    assert f"**red read as deep blue**: {counts[0, 2]} of 15" in text
    at = opened(section="confusion", model=keys["bars"], cell="4-9")
    assert any("two classes, as in red-deep blue" in w.value for w in at.warning)


def test_networks_tested_on_the_same_images_are_subtracted_and_others_stand_side_by_side(keys: Mapping[str, str]) -> None:
    one, other = catalog.find(keys["uci"]).title, catalog.find(keys["uci-20"]).title
    assert f"{one} less {other}" in words(opened(section="confusion", model=keys["uci"], **{"with": keys["uci-20"]}))
    text = words(opened(section="confusion", model=keys["mnist-128"], **{"with": keys["mnist-25"]}, cell="3-6"))
    assert "The two were tested on different images, so no cell of one can be subtracted" in text
    counts = {name: store.load(keys[name]).evaluation("confusion")[-1] for name in ("mnist-128", "mnist-25")}
    assert f"**3 read as 6**: {counts['mnist-128'][3, 6]:,} of 1,000" in text
    assert f"{catalog.find(keys['mnist-25']).title}: {counts['mnist-25'][3, 6]:,}" in text


def test_breaking_it_finds_its_networks_by_their_channels(keys: Mapping[str, str]) -> None:
    at = opened(section="pictures")
    assert catalog.find(keys["bars"]).title in at.selectbox(key="templates-model").options
    assert catalog.find(keys["uci"]).title not in at.selectbox(key="templates-model").options
    assert "What the network has to read" in words(opened(section="pictures", model=keys["bars"]))
    assert "Two weight decays" not in words(opened(section="pictures", model=keys["bars"]))


def test_a_digit_can_be_drawn_for_networks_that_read_digits(keys: Mapping[str, str]) -> None:
    at = opened(section="match", model=keys["uci"], source="draw", shown="second")
    assert "Our example of a drawing" in words(at) and len(at.dataframe[0].value) == 10
    at = opened(section="match", model=keys["bars"], source="draw")
    assert "Bars test image 0" in words(at)


def test_a_network_of_an_unknown_data_set_does_not_open(keys: Mapping[str, str]) -> None:
    del data_catalog.DATASETS["bars"]
    try:
        at = opened(model=keys["bars"])
        assert any("not the name or key of a stored network that fits this page" in w.value for w in at.warning)
        assert at.session_state["templates-model"] == "softmax-mnist"
    finally:
        register()


def test_a_network_without_counts_says_so(keys: Mapping[str, str], others: tuple[Path, Mapping[str, str]]) -> None:
    run = store.load(keys["uci"])
    spec = replace(run.spec, data=replace(run.spec.data, test=0))
    store.save(spec, run.history, {name: run.weights(name) for name in run.shapes}, folder=others[0])
    assert "not counted on test images" in words(opened(model=spec.key))
    assert "Nothing was counted" in words(opened(section="confusion", model=spec.key))
    at = opened(section="confusion", model=keys["uci"], **{"with": spec.key})
    assert any("nothing to compare with" in i.value for i in at.info)


@pytest.mark.parametrize("units", [1, 3, 16, 17, 25, 128, 1_000])
def test_groups_hold_every_unit_once_in_even_parts(units: int) -> None:
    parts = [group(units, GROUP, which) for which in range(1, groups(units, GROUP) + 1)]
    assert [unit for part in parts for unit in part] == list(range(units))
    assert max(map(len, parts)) <= GROUP and max(map(len, parts)) - min(map(len, parts)) <= 1


def test_filters_are_shown_a_group_at_a_time(keys: Mapping[str, str]) -> None:
    at = opened(section="hidden", model=keys["mnist-25"], shown="filters", group="2")
    box = at.selectbox(key="templates-group")
    assert box.options == ["1 to 12 of 25", "13 to 25 of 25"] and box.value == 2
    assert "13 of 25 filters stand here" in words(at)
    assert "templates-group" not in {s.key for s in opened(section="hidden", model=keys["bars-7"], shown="filters").selectbox}
    at = opened(section="hidden", model=keys["bars-7"], shown="filters", group="2")
    assert any("group" in w.value for w in at.warning)


def test_the_browser_holds_as_many_states_as_fit(keys: Mapping[str, str]) -> None:
    run = store.load(keys["uci"])
    view = View(run, 2, keys["uci"])
    assert view.held(10) == list(range(run.states))
    assert (run.states, view.held(1_500_000)) == (8, [0, 2, 3, 6, 7])  # every third, the one shown and the last


def test_a_film_of_128_filters_stays_small(keys: Mapping[str, str]) -> None:
    view = View(store.load(keys["mnist-128"]), 0, keys["mnist-128"])
    assert math.prod((len(view.held(2 * 784 * 128)), 784, 128, 2)) < 5_000_000
