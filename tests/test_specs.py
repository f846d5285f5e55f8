"""Specs: the same choices give the same key, and what cannot be is refused in a sentence."""

import dataclasses
import hashlib
import json

import pytest

from core.runs.shipped import RUNS
from core.specs import DataSpec, ModelSpec, PulseSpec, RunSpec, SpecError, TrainSpec, from_dict, to_dict


def test_the_key_worked_out_by_hand() -> None:
    """Only what differs from the defaults stands in the hashed text, with sorted names and no blanks."""
    spec = RunSpec(DataSpec(train=500), ModelSpec(seed=3), TrainSpec(epochs=10, learning_rate=0.15))
    text = '1:{"data":{"train":500},"model":{"seed":3},"train":{"epochs":10,"learning_rate":0.15}}'
    assert spec.key == hashlib.sha256(text.encode()).hexdigest()[:12]


def test_a_key_stays_what_it_is() -> None:
    """Links and stored runs hold these keys: whoever changes one breaks them."""
    assert RunSpec().key == hashlib.sha256(b'1:{"data":{},"model":{},"train":{}}').hexdigest()[:12]
    assert RUNS["mlp-random"].key == RunSpec().key


def test_the_same_choices_have_the_same_key_however_they_are_written() -> None:
    spec = RunSpec(DataSpec("cifar10", train=40_000), ModelSpec(sizes=(3072, 10)), TrainSpec(weight_decay=1.0))
    short, whole = to_dict(spec), json.loads(json.dumps(dataclasses.asdict(spec)))
    mixed = json.loads(json.dumps(short).replace("1.0", "1"))
    assert {from_dict(RunSpec, values).key for values in (short, whole, mixed)} == {spec.key}


@pytest.mark.parametrize("name", RUNS)
def test_shipped_specs_survive_json(name: str) -> None:
    spec = RUNS[name]
    assert from_dict(RunSpec, json.loads(json.dumps(dataclasses.asdict(spec)))) == spec


def test_any_change_changes_the_key() -> None:
    specs = [
        RunSpec(),
        RunSpec(DataSpec(seed=1)),
        RunSpec(model=ModelSpec(seed=1)),
        RunSpec(train=TrainSpec(seed=1)),
        RunSpec(train=TrainSpec(batch=129)),
        RunSpec(DataSpec("pulses", pulses=PulseSpec())),
        RunSpec(DataSpec("pulses", pulses=PulseSpec(drift=0.1))),
    ]
    assert len({spec.key for spec in specs}) == len(specs)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"modle": {}}, "RunSpec has no field modle; it has: data, model, train"),
        ({"train": {"lr": 1}}, "TrainSpec has no field lr"),
        ({"train": {"epochs": "50"}}, "epochs must be of type int"),
        ({"train": {"epochs": True}}, "epochs must be of type int"),
        ({"train": {"epochs": 2001}}, "Epochs must be 0 to 2,000"),
        ({"train": {"learning_rate": -1}}, "learning rate must be above 0"),
        ({"train": {"optimizer": "adams"}}, "choose one of: adam, sgd"),
        ({"model": {"sizes": 784}}, "sizes must be a list"),
        ({"model": {"sizes": [784]}}, "needs an input and an output size"),
        ({"model": {"sizes": [784, 0]}}, "1 to 16,384 units"),
        ({"data": {"name": "Fashion"}}, "names no data set; a name has 1 to 40 lower-case letters, digits and dashes"),
        ({"data": {"name": ""}}, "names no data set"),
        ({"data": {"name": "../mnist"}}, "names no data set"),
        ({"data": {"name": "mnist\n"}}, "names no data set"),
        ({"data": {"name": "m" * 41}}, "names no data set"),
        ({"data": {"name": "pulses"}}, "Pulse settings go with pulse data"),
        ({"data": {"name": "pulses", "pulses": {"amplitude": [0.1]}}}, "amplitude must hold 2 values"),
        ({"data": {"name": "pulses", "pulses": {"amplitude": [0.5, 0.1]}}}, "it must rise"),
        ([], "RunSpec must be a JSON object"),
    ],
)
def test_choices_that_cannot_be_are_refused_in_a_sentence(values: object, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        from_dict(RunSpec, values)
