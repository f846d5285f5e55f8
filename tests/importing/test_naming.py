"""What outputs stand for: told by a checkpoint, by a header of our own, by the owner."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.data import catalog
from core.importing import leaving, naming
from core.importing.bringing import bring
from core.importing.own_header import classes
from core.importing.reading import understood
from core.importing.refusal import Refused
from core.importing.understanding import Images
from core.runs import store
from core.specs import OriginSpec, RunSpec, SpecError, from_dict, to_dict
from tests.importing.makers import saved
from tests.importing.test_bringing import trained
from tests.models.test_network import MODELS, weights_and_images

NAMES = ("nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@pytest.mark.parametrize(
    ("root", "names"),
    [
        ({"state_dict": {}, "classes": list(NAMES)}, NAMES),
        ({"class_to_idx": {"b": 1, "a": 0, "c": 2}}, ("a", "b", "c")),
        ({"idx_to_class": {"0": "a", "1": "b"}}, ("a", "b")),
        ({"idx_to_class": {0: " a", 2: "b"}}, ()),
        ({"classes": [0, 1, 2]}, ("0", "1", "2")),
        ({"classes": 10, "class_names": ["a", "b"]}, ("a", "b")),
        ({"classes": ["a", "a"]}, ()),
        ({"classes": ["a", "b\nc"]}, ()),
        ({"classes": ["a", ["b"]]}, ()),
        ({"labels": "ab"}, ()),
        ([1, 2], ()),
        (None, ()),
    ],
)
def test_a_checkpoint_names_them_beside_its_weights(root: Any, names: tuple[str, ...]) -> None:
    assert naming.of_checkpoint(root) == names


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a, b", "2 names, and the network has 3 outputs"),
        ("a, b, a", "'a' stands there twice"),
        ("a,,b", "give each class 1 to 30 letters"),
    ],
)
def test_an_owner_is_told_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        naming.of_owner(text, 3)
    assert naming.of_owner(" a,b , c", 3) == ("a", "b", "c") and naming.of_owner(" ", 3) == ()


def test_names_in_a_file_become_the_runs_and_the_owners_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    state = torch.load(io.BytesIO(trained("dense", 1.0, 0.0, 40)[0]), weights_only=True)
    file = {"net.pt": saved({"model": state, "classes": list(NAMES)})}
    found = bring("net.pt", file, "uci-digits", keep=True)
    assert found.classes == list(NAMES) and catalog.named(store.load(found.key).spec) == NAMES
    own = ", ".join(name.upper() for name in NAMES)
    after = bring("net.pt", file, "uci-digits", {"classes": own}, keep=True)
    assert after.key != found.key and store.load(after.key).spec.origin.classes == tuple(own.split(", "))
    assert "3 names" in bring("net.pt", file, "uci-digits", {"classes": "a,b,c"}).sentence
    few = bring("net.pt", {"net.pt": saved({"model": state, "classes": ["a", "b"]})}, "uci-digits")
    assert not few.classes and any("names 2 classes, and it has 10 outputs" in note for note in few.notes)
    same = bring("net.pt", {"net.pt": saved({"model": state, "classes": list("0123456789")})}, "uci-digits")
    assert not same.classes, "what the data set says already"


@pytest.mark.parametrize("format", leaving.FORMATS)
def test_they_leave_with_the_network_and_come_back(format: str) -> None:
    model, (weights, images) = MODELS["softmax"], weights_and_images("softmax")
    names = tuple(f"class {i}" for i in range(model.sizes[-1]))
    data = leaving.left(format, model, weights, images.shape[1:], names)
    found = understood({f"net{leaving.FORMATS[format]}": data}, Images(images.shape[1], 1, 4))
    assert found.classes == names
    chain, _ = found.puzzle.build({})
    assert np.prod(chain.shape) == len(names)


def test_a_spec_names_all_outputs_or_none_and_old_keys_stay() -> None:
    spec = RunSpec(origin=OriginSpec("net.pt", "ab"))
    assert "classes" not in to_dict(spec)["origin"]
    outputs = spec.model.sizes[-1]
    named = RunSpec(origin=OriginSpec("net.pt", "ab", tuple(map(str, range(1, outputs + 1)))))
    assert from_dict(RunSpec, json.loads(json.dumps(to_dict(named)))) == named and named.key != spec.key
    with pytest.raises(SpecError, match=f"names 1 classes; the network has {outputs} outputs"):
        RunSpec(origin=OriginSpec("net.pt", "ab", ("a",)))
    assert classes("{}") == ()
