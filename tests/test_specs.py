"""Specs: the same choices give the same key, and what cannot be is refused in a sentence."""

import dataclasses
import hashlib
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.runs.shipped import RUNS
from core.specs import DataSpec, Meta, ModelSpec, PulseSpec, RunSpec, SpecError, TrainSpec, from_dict, meta, to_dict

STORE = Path(__file__).parents[1] / "cache" / "runs"
BASES: dict[type, Any] = {  # a spec of each kind in which every field is free
    PulseSpec: PulseSpec(),
    DataSpec: DataSpec("pulses", pulses=PulseSpec()),
    ModelSpec: ModelSpec("digit_cnn", channels=(2, 3), kernel_size=5),
    TrainSpec: TrainSpec(),
}
FIELDS = [(cls, field.name) for cls in BASES for field in dataclasses.fields(cls)]
NUMBERS = [(cls, name) for cls, name in FIELDS if meta(cls, name).kind in ("whole", "number", "range", "wholes")]
named = pytest.mark.parametrize(("cls", "name"), FIELDS, ids=lambda part: getattr(part, "__name__", part))
numbers = pytest.mark.parametrize(("cls", "name"), NUMBERS, ids=lambda part: getattr(part, "__name__", part))


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


@pytest.mark.parametrize("folder", sorted(STORE.glob("[0-9a-f]*")), ids=lambda folder: folder.name)
def test_every_stored_run_keeps_its_key(folder: Path) -> None:
    """The folder carries the key that its spec had when it was stored."""
    assert from_dict(RunSpec, json.loads((folder / "spec.json").read_text(encoding="utf-8"))["spec"]).key == folder.name


def test_shipped_runs_are_the_stored_ones() -> None:
    assert {spec.key for spec in RUNS.values()} <= {folder.name for folder in STORE.iterdir()}


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
        ({"train": {"epochs": "50"}}, "Epochs: '50' is not possible; choose a whole number from 0 to 2,000"),
        ({"train": {"epochs": True}}, "Epochs: True is not possible; choose a whole number"),
        ({"train": {"epochs": 2001}}, "choose a whole number from 0 to 2,000"),
        ({"train": {"learning_rate": -1}}, "Learning rate: -1 is not possible; choose a number above 0"),
        ({"train": {"optimizer": "adams"}}, "choose one of: adam, sgd"),
        ({"train": 3}, "TrainSpec must be a JSON object, not 3"),
        ({"train": {str(i) * 99: 1 for i in range(9)}}, "TrainSpec has no field"),
        ({"model": {"sizes": 784}}, "Layer sizes: 784 is not possible; choose 1 to 100 whole numbers"),
        ({"model": {"sizes": [784]}}, "needs an input and an output size"),
        ({"model": {"sizes": [784, 0]}}, "1 to 16,384 units"),
        ({"data": {"name": "Fashion"}}, "choose 1 to 40 lower-case letters, digits and dashes"),
        ({"data": {"name": ""}}, "Data set: .* is not possible; choose 1 to 40 lower-case letters"),
        ({"data": {"name": "../mnist"}}, "Data set: .* is not possible; choose 1 to 40 lower-case letters"),
        ({"data": {"name": "mnist\n"}}, "Data set: .* is not possible; choose 1 to 40 lower-case letters"),
        ({"data": {"name": "m" * 41}}, "Data set: .* is not possible; choose 1 to 40 lower-case letters"),
        ({"data": {"name": "pulses"}}, "Pulse settings go with pulse data"),
        ({"model": {"kind": "digit_cnn"}}, "at least one convolution"),
        ({"model": {"kind": "digit_cnn", "channels": [8]}}, "Kernel size: a CNN has kernels; choose a whole number from 3 to 41 px"),
        ({"data": {"name": "pulses", "pulses": {"amplitude": [0.1]}}}, "Height: .0.1. is not possible; choose a range that rises"),
        (
            {"data": {"name": "pulses", "pulses": {"amplitude": [0.5, 0.1]}}},
            "Height: .0.5, 0.1. is not possible; choose a range that rises",
        ),
        ({"data": {"pulses": {}}}, "Pulse settings go with pulse data"),
        ({"model": {"kind": "sequence"}}, "a sequence starts with its input"),
        ({"model": {"kind": "sequence", "layers": ["input units=1 kernel=8x8", "konv"]}}, "there is no step 'konv'"),
        ({"model": {"layers": ["conv units=3"]}}, "conv needs a size"),
        ({"model": {"layers": ["conv units=3 kernel=3x3 stride=0x1"]}}, "strides, dilation and groups of conv start at 1"),
        ({"model": {"layers": ["dense units=3 kernel=3x3"]}}, "dense takes no 'kernel=3x3'"),
        ({"model": {"layers": ["scale value=nan"]}}, "scale needs finite numbers"),
        ({"model": {"layers": "relu"}}, "Layers: 'relu' is not possible; choose 0 to 200 lines of text"),
        ({"origin": {"name": "a\nb"}}, "choose 1 to 80 letters on one line"),
        ({"data": None}, "RunSpec must|Data: None is not possible"),
        ([], "RunSpec must be a JSON object"),
    ],
)
def test_choices_that_cannot_be_are_refused_in_a_sentence(values: object, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        from_dict(RunSpec, values)


@named
def test_every_field_says_what_it_is(cls: type, name: str) -> None:
    found = meta(cls, name)
    assert isinstance(found, Meta)
    assert found.title[0].isupper() and len(found.title) <= 30 and not found.title.endswith(".")
    assert found.help.endswith(".") and "\n" not in found.help
    assert found.title.split()[-1] in found.label and found.unit in found.label
    assert bool(found.options) == (found.kind in ("choice", "several"))
    assert all(key and title for key, title in found.options.items())
    if (cls, name) in NUMBERS:
        assert math.isfinite(found.least) and math.isfinite(found.most) and found.least < found.most
        assert 0 < found.step <= found.most - found.least


def test_titles_tell_the_fields_of_a_spec_apart() -> None:
    for cls in BASES:
        titles = [meta(cls, field.name).title for field in dataclasses.fields(cls)]
        assert len(set(titles)) == len(titles)


def with_number(cls: type, name: str, value: Any) -> Any:
    """The spec with the number in the field, at the end of its range or first in its list."""
    found = meta(cls, name)
    least = int(found.least) if found.kind == "wholes" else found.least
    whole = {"range": (min(least, value), value) if value == value else (least, value), "wholes": (value, least)}.get(found.kind, value)
    return dataclasses.replace(BASES[cls], **{name: whole})


@numbers
def test_limits_are_allowed_and_what_lies_beyond_is_not(cls: type, name: str) -> None:
    found = meta(cls, name)
    exact = int if found.kind in ("whole", "wholes") else float
    step = 1 if exact is int else 1e-9
    for limit, out, open_end in ((exact(found.least), -step, found.above), (exact(found.most), step, found.below)):
        if open_end:
            with pytest.raises(SpecError, match=found.title):
                with_number(cls, name, limit)
        else:
            with_number(cls, name, limit)
        if limit + out != found.unused:
            with pytest.raises(SpecError, match=found.title):
                with_number(cls, name, limit + out)


@numbers
@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, 10**400, -(10**400), 10**5_000, 1e308, True, "1", None, [[]], {}],
    ids=lambda value: f"{type(value).__name__}",
)
def test_no_number_at_all_is_refused_in_a_sentence(cls: type, name: str, value: Any) -> None:
    with pytest.raises(SpecError) as caught:
        with_number(cls, name, value) if isinstance(value, int | float) else dataclasses.replace(BASES[cls], **{name: value})
    assert str(caught.value).startswith(f"{meta(cls, name).title}: ") and str(caught.value).endswith(".")
    assert len(str(caught.value)) < 300


@named
@given(
    value=st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda part: st.lists(part) | st.tuples(part))
)
def test_anything_is_kept_in_its_type_or_refused_in_a_sentence(cls: type, name: str, value: Any) -> None:
    """A spec that stands is itself again by way of JSON, with the same key."""
    try:
        spec = dataclasses.replace(BASES[cls], **{name: value})
    except SpecError as error:
        assert str(error)[0].isupper() and str(error).endswith(".") and len(str(error)) < 400
    else:
        assert from_dict(cls, json.loads(json.dumps(to_dict(spec)))) == spec
        hash(spec)


def test_values_are_kept_in_the_fields_own_type() -> None:
    spec = TrainSpec(weight_decay=1, learning_rate=np.float32(0.5), epochs=np.int64(3))
    assert [type(value) for value in (spec.weight_decay, spec.learning_rate, spec.epochs)] == [float, float, int]
    assert RunSpec(train=spec).key == RunSpec(train=TrainSpec(weight_decay=1.0, learning_rate=0.5, epochs=3)).key
    assert ModelSpec(sizes=[784, np.int64(10)]).sizes == (784, 10) and PulseSpec(phase=[0, 1]).phase == (0.0, 1.0)


def value_of(found: Meta) -> st.SearchStrategy[Any]:
    """What a field may hold."""
    ends = {"min_value": found.least, "max_value": found.most}
    real = st.floats(**ends, exclude_min=found.above, exclude_max=found.below)
    names = st.sampled_from(sorted(found.options) or [""])
    match found.kind:
        case "whole":
            return st.integers(**ends)
        case "number":
            return real
        case "range":
            return st.tuples(real, real).map(sorted).map(tuple)
        case "choice":
            return names
        case "word":
            return st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True)
        case "several":
            return st.lists(names, min_size=1, unique=True).map(tuple)
        case "wholes":
            return st.lists(st.integers(**ends), min_size=found.count[0], max_size=min(found.count[1], 9)).map(tuple)
        case "texts":
            steps = ("input units=1 kernel=28x28 value=3.2 shift=-1e-05", "conv units=4 kernel=3x3 pad=1,1,1,1", "relu", "leaky value=0.01")
            return st.lists(st.sampled_from(steps), max_size=9).map(tuple)
    return st.booleans()


@pytest.mark.parametrize(
    ("cls", "name"),
    [(cls, name) for cls, name in FIELDS if meta(cls, name).kind != "part"],
    ids=lambda part: getattr(part, "__name__", part),
)
@given(data=st.data())
def test_a_link_carries_a_value_there_and_back(cls: type, name: str, data: st.DataObject) -> None:
    found = meta(cls, name)
    value = data.draw(value_of(found))
    text = found.text(value)
    assert found.read(text) == value
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-+")


@pytest.mark.parametrize(
    ("cls", "name", "text"),
    [
        (PulseSpec, "amplitude", "0.9-0.1"),
        (PulseSpec, "amplitude", "1e9-2"),
        (PulseSpec, "amplitude", "0.1-0.2-0.3"),
        (PulseSpec, "amplitude", "nan-1"),
        (PulseSpec, "drift", "inf"),
        (PulseSpec, "drift", "1_0"),
        (PulseSpec, "drift", ""),
        (PulseSpec, "size", "64.0"),
        (PulseSpec, "size", "٦٤٠"),
        (PulseSpec, "size", "9" * 5_000),
        (PulseSpec, "classes", ""),
        (PulseSpec, "classes", "square-square"),
        (ModelSpec, "sizes", "10--3"),
        (ModelSpec, "sizes", ""),
        (ModelSpec, "sizes", "9" * 5_000),
        (ModelSpec, "centred", "yes"),
        (ModelSpec, "initializer", "Zeros"),
        (TrainSpec, "learning_rate", "1e" + "9" * 300),
        (TrainSpec, "learning_rate", "0"),
    ],
)
def test_texts_that_no_field_holds_are_refused(cls: type, name: str, text: str) -> None:
    with pytest.raises(SpecError, match=meta(cls, name).title):
        meta(cls, name).read(text)


def test_words_for_people() -> None:
    """Worked out by hand."""
    assert meta(PulseSpec, "amplitude").label == "Height (% of the side)"
    assert meta(PulseSpec, "frequency").label == "Frequency (cycles a width)"
    assert meta(PulseSpec, "x_offset").inline == "place across"
    assert meta(TrainSpec, "epochs").label == "Epochs"
    assert meta(TrainSpec, "learning_rate").allowed == "a number above 0 to 10"
    assert meta(ModelSpec, "dropout").allowed == "a number from 0 to below 1 of the units"
    assert meta(ModelSpec, "sizes").allowed == "1 to 100 whole numbers from 1 to 16,384 units"
    assert meta(PulseSpec, "classes").allowed == "1 to 4 of: square, gaussian, sinusoid, sawtooth; each once"
    assert meta(DataSpec, "seed").allowed == "a whole number from 0 to 2,147,483,647"
    with pytest.raises(KeyError):
        meta(TrainSpec, "lr")
