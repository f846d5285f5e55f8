"""The form's values and the spec that they make, and the way back; what differs between specs."""

from dataclasses import replace

import pytest

from core.runs.shipped import RUNS
from core.specs import Change, RunSpec, SpecError, meta
from core.training import possible
from pages.lab import asked, differences
from pages.lab.asked import TASKS
from pages.lab.presets import PRESETS, name_of


@pytest.mark.parametrize("task", TASKS)
def test_a_tasks_form_makes_the_spec_that_it_opens_with_and_it_can_be_trained(task: str) -> None:
    found = asked.back(TASKS[task].start)
    assert found is not None
    assert found[0] == task
    assert asked.made(*found) == TASKS[task].start
    assert possible.trouble(TASKS[task].start) == ""


@pytest.mark.parametrize("name", RUNS)
def test_every_shipped_run_can_be_asked_for_by_the_form(name: str) -> None:
    found = asked.back(RUNS[name])
    assert found is not None and asked.made(*found).key == RUNS[name].key


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_fits_the_form_and_is_known_again(name: str) -> None:
    assert asked.back(PRESETS[name].spec) is not None and possible.trouble(PRESETS[name].spec) == ""
    assert name_of(PRESETS[name].spec) == name


def test_a_spec_that_no_form_makes_is_told_apart() -> None:
    start = TASKS["mlp"].start
    assert asked.back(replace(start, train=replace(start.train, threads=2))) is None
    assert asked.back(replace(start, model=replace(start.model, sizes=(100, 10)))) is None  # no image has 100 pixels


@pytest.mark.parametrize("task", TASKS)
def test_every_field_reads_what_it_writes_and_says_what_it_does(task: str) -> None:
    found = asked.back(TASKS[task].start)
    assert found is not None
    for one in asked.fields_of(task):
        known = meta(one.cls, one.of)
        item = found[1][one.name]
        assert known.read(known.text(item)) == item
        assert known.help.endswith(".") and len(known.help) < 160 and known.title
    names = [one.name for one in asked.FIELDS]
    assert len(set(names)) == len(names)


def test_changes_on_the_way_stand_in_a_link() -> None:
    changes = (Change(2, 0.05, 0.9, 1e-5), Change(7, 1 / 3, 0.0, 0.0))
    assert asked.read_changes(asked.write_changes(changes)) == changes
    assert asked.read_changes("") == ()
    for text in ("2", "2:x:0:0", "2:0.1:0", "0:0.1:0:0", "1:nan:0:0"):
        with pytest.raises(ValueError):
            asked.read_changes(text)


@pytest.mark.parametrize(
    ("task", "values", "words"),
    [
        ("mlp", {"images": 1_201}, "1,200 images to train"),
        ("mlp", {"data": "cifar10", "validation": 100}, "0 images to validate"),
        ("mlp", {"rate": 0.0}, "Learning rate"),
        ("mlp", {"first_epoch_states": 100}, "first epoch has 38 steps"),
        ("digit-cnn", {"kernel": 15}, "leave nothing"),
        ("digit-cnn", {"initializer": "orthogonal"}, "choose he"),
        ("digit-cnn", {"channels": ()}, "at least one convolution"),
        ("pulse-cnn", {"kernel": 40}, "leave nothing"),
        ("pulse-cnn", {"channels": (5, 1, 1)}, "two convolutions"),
        ("pulse-cnn", {"classes": ()}, "Classes"),
        ("pulse-cnn", {"output": "tanh"}, "Cross-entropy needs the softmax output"),
        ("pulse-cnn", {"optimizer": "sgd", "momentum": 1.0}, "Momentum"),
    ],
)
def test_what_cannot_be_is_said_before_anything_starts(task: str, values: dict[str, object], words: str) -> None:
    found = asked.back(TASKS[task].start)
    assert found is not None
    with pytest.raises(SpecError, match=words):
        possible.check(asked.made(task, found[1] | values))


def test_momentum_waits_while_adam_trains() -> None:
    found = asked.back(TASKS["mlp"].start)
    assert found is not None
    assert asked.made("mlp", found[1] | {"momentum": 0.9}).train.momentum == 0
    assert asked.made("mlp", found[1] | {"momentum": 0.9, "optimizer": "sgd"}).train.momentum == 0.9


def _seeded(spec: RunSpec, seed: int) -> RunSpec:
    return replace(spec, model=replace(spec.model, seed=seed), train=replace(spec.train, seed=seed))


def test_what_differs_and_which_seeds_belong_together() -> None:
    one = TASKS["mlp"].start
    other = replace(one, train=replace(one.train, learning_rate=0.01, optimizer="sgd"))
    specs = [one, _seeded(one, 3), other]
    rows = dict(differences.differing(specs))
    assert rows == {
        "Seed of the weights": ["0", "3", "0"],
        "Optimiser": ["Adam", "Adam", "SGD"],
        "Learning rate": ["0.003", "0.003", "0.01"],
        "Seed of the order": ["0", "3", "0"],
    }
    assert differences.groups(specs) == [[0, 1], [2]]
    assert differences.names([one, other]) == ["optimiser Adam, learning rate 0.003", "optimiser SGD, learning rate 0.01"]
    changed = replace(one, train=replace(one.train, changes=(Change(2, 0.1),)))
    assert dict(differences.differing([one, changed]))["Changes on the way"][1].startswith("after epoch 2 rate 0.1")
    assert len(differences.differing([one, TASKS["pulse-cnn"].start])) > 10  # also where one has no pulses
