"""A run as two files, and back: the same weights, never under the name of one that was trained here."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from core.importing import own_run
from core.importing.refusal import Refused
from core.runs import catalog, store
from core.specs import to_dict

NAMES = ("uci-mlp", "digit-cnn-small", "pulse-held")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store that has none of the shipped runs."""
    monkeypatch.setattr(store, "SHIPPED_FOLDER", tmp_path / "none")
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "runs"))
    return tmp_path


@pytest.mark.parametrize("name", NAMES)
def test_it_comes_back_weight_for_weight(name: str, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(store, "SHIPPED_FOLDER", Path(store.ROOT) / "cache" / "runs")
        ours = catalog.load(name)
        text, tensors = own_run.about(ours).encode(), own_run.weights(ours)
        assert own_run.back(text, tensors, "mine").key == ours.key, "it is stored already, as it is"
    back = own_run.back(text, tensors, " my run.json ")
    assert back.key != ours.key and back.spec.origin and back.spec.origin.name == "my run.json"
    assert replace(back.spec, origin=None) == ours.spec and back.header["source"] == ours.key
    assert back.shapes == ours.shapes and back.states == ours.states
    for parameter in ours.shapes:
        assert np.array_equal(back.weights(parameter), ours.weights(parameter))
    assert np.array_equal(back.evaluation("confusion"), ours.evaluation("confusion"))
    assert back.history.keys() == ours.history.keys()
    for column in ours.history:
        assert np.array_equal(back.history[column], ours.history[column], equal_nan=True)
    assert own_run.back(text, tensors, "my run.json").key == back.key, "twice is once"
    assert store.load(back.key).key == back.key
    again = own_run.back(own_run.about(back).encode(), own_run.weights(back), "other")
    assert again.key == back.key or again.spec.origin.name == back.spec.origin.name


def test_a_spec_alone_and_its_weights_are_enough(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SHIPPED_FOLDER", Path(store.ROOT) / "cache" / "runs")
    ours = catalog.load("softmax-mnist")
    monkeypatch.setattr(store, "SHIPPED_FOLDER", elsewhere / "none")
    back = own_run.back(json.dumps(to_dict(ours.spec)).encode(), save({name: ours.weights(name) for name in ours.shapes}), "x")
    assert back.states == ours.states and back.epochs[-1] == ours.epochs[-1]


def _changed(run, what: str) -> tuple[bytes, bytes]:
    text, tensors = json.loads(own_run.about(run)), load(own_run.weights(run))
    match what:
        case "text":
            return b"\xff", save(tensors)
        case "list":
            return b"[1]", save(tensors)
        case "deep":
            return b"[" * 100_000, save(tensors)
        case "field":
            text["spec"]["nothing"] = 1
        case "number":
            text["spec"]["train"]["batch"] = -3
        case "history":
            text["history"]["loss"] = ["x"] * run.states
        case "column":
            text["history"]["../x"] = text["history"]["loss"]
        case "epochs":
            text["history"]["epoch"] = text["history"]["epoch"][::-1]
        case "states":
            text["history"] = {name: column[:-1] for name, column in text["history"].items()}
        case "tensors":
            return json.dumps(text).encode(), b"no safetensors"
        case "missing":
            tensors.pop("dense1.bias")
        case "shape":
            tensors["dense1.bias"] = tensors["dense1.bias"][:, :-1]
        case "kind":
            tensors["dense1.bias"] = tensors["dense1.bias"].astype(np.int32)
        case "nan":
            tensors["dense1.bias"] = tensors["dense1.bias"] * np.float16("nan")
        case "counts":
            tensors["evaluation/confusion"] = tensors["evaluation/confusion"][:, :3]
        case "other":
            tensors["evaluation/other"] = tensors["dense1.bias"]
        case "sequence":
            text["spec"]["model"] = {"kind": "sequence", "sizes": [10], "layers": ["input units=1 kernel=8x8", "flatten"]}
        case "none":
            tensors = {}
    return json.dumps(text).encode(), save({name: np.ascontiguousarray(value) for name, value in tensors.items()})


@pytest.mark.parametrize(
    "what",
    [
        *("text", "list", "deep", "field", "number", "history", "column", "epochs", "states", "tensors", "missing", "shape", "kind"),
        *("nan", "counts", "other", "sequence", "none"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "runs"))
    with pytest.raises(Refused) as refused:
        own_run.back(*_changed(catalog.load("uci-mlp"), what), "mine")
    assert str(refused.value).endswith(".") and len(str(refused.value)) < 500
    assert not (tmp_path / "runs").exists()
