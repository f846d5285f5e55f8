"""Runs on disk: whole or not at all, and damage named in a sentence."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from core.runs import seal, store
from core.runs.run import EVALUATION, HISTORY, MANIFEST, SEEDS, SPEC, WEIGHTS, Run
from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec

CHOICES = RunSpec(DataSpec(train=100, validation=0, test=50), ModelSpec(sizes=(16, 3)), TrainSpec(epochs=2))
OTHER = replace(CHOICES, train=TrainSpec(epochs=1))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


def save(spec: RunSpec = CHOICES, seed: int = 0) -> Run:
    rng = np.random.default_rng(seed)
    states = spec.train.epochs + 1
    return store.save(
        spec,
        {"epoch": np.arange(states), "accuracy_test": rng.random(states), "loss": [np.nan, *rng.random(states - 1)]},
        {"dense1.kernel": rng.normal(size=(states, 16, 3)), "dense1.bias": rng.normal(size=(1, 3))},
        {"confusion": rng.integers(0, 9, (states, 3, 3))},
        seeds={"seed": np.array([0, 1]), "epoch": np.array([2, 2]), "accuracy_test": np.array([0.5, 0.6])},
        header={"name": "tiny"},
    )


def rewrite_manifest(folder: Path) -> None:
    """Make the checksums fit again, as someone would who changes a run on purpose."""
    (folder / MANIFEST).unlink()
    seal.apply(folder)


def test_what_is_saved_is_loaded() -> None:
    saved = save()
    run = store.load(CHOICES.key)
    rng = np.random.default_rng(0)
    accuracy, loss = rng.random(3), rng.random(2)
    kernel, bias = rng.normal(size=(3, 16, 3)), rng.normal(size=(1, 3))
    assert run.spec == saved.spec == CHOICES
    assert run.header["name"] == "tiny"
    assert run.epochs.tolist() == [0, 1, 2]
    assert (run.history["accuracy_test"] == accuracy).all()
    np.testing.assert_array_equal(run.history["loss"], [np.nan, *loss])
    assert (run.weights("dense1.kernel") == kernel.astype(np.float16)).all()
    assert run.weights("dense1.kernel").dtype == np.float32
    assert run.state(1).keys() == {"dense1.kernel"}
    assert (run.state(-1)["dense1.bias"] == bias[0].astype(np.float16)).all()
    assert (run.evaluation("confusion") == rng.integers(0, 9, (3, 3, 3))).all()
    assert run.seeds["seed"].tolist() == [0, 1]


def test_spec_json_shows_every_field(home: Path) -> None:
    save()
    told = json.loads((home / CHOICES.key / SPEC).read_text())
    assert told["spec"]["train"]["learning_rate"] == 0.002
    assert told["spec"]["model"]["sizes"] == [16, 3]
    assert set(told["versions"]) >= {"app", "python", "numpy", "torch"}
    assert told["parameters"] == ["dense1.bias", "dense1.kernel"]


def test_find_and_keys(home: Path) -> None:
    assert store.find(CHOICES) is None
    save()
    save(OTHER)
    (home / ".0123456789ab-x").mkdir()
    (home / "notes").mkdir()
    found = store.find(CHOICES)
    assert found is not None
    assert found.key == CHOICES.key
    assert {CHOICES.key, OTHER.key} <= set(store.keys())
    assert not {".0123456789ab-x", "notes"} & set(store.keys())


def test_saving_again_replaces_and_leaves_nothing_behind(home: Path) -> None:
    save()
    changed = save(seed=1)
    assert (store.load(CHOICES.key).weights("dense1.kernel") == changed.weights("dense1.kernel")).all()
    assert [p.name for p in home.iterdir()] == [CHOICES.key]


@pytest.mark.parametrize("step", ["write_table", "save_file", "seal.apply", "_swap"])
def test_an_interrupted_save_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"core.runs.store.{step}", stop)
    with pytest.raises(KeyboardInterrupt):
        save()
    assert list(home.iterdir()) == []
    assert store.find(CHOICES) is None


def test_an_interrupted_save_keeps_the_older_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = save().weights("dense1.kernel")
    with monkeypatch.context() as patch:
        patch.setattr(seal, "apply", lambda _: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            save(seed=1)
    assert (store.load(CHOICES.key).weights("dense1.kernel") == older).all()
    assert [p.name for p in home.iterdir()] == [CHOICES.key]


@pytest.mark.parametrize("name", [SPEC, HISTORY, SEEDS, WEIGHTS, EVALUATION])
@pytest.mark.parametrize("damage", ["flipped byte", "truncated", "missing"])
def test_a_damaged_file_is_named_with_its_cure_and_others_still_load(home: Path, name: str, damage: str) -> None:
    save()
    save(OTHER)
    path = home / CHOICES.key / name
    content = bytearray(path.read_bytes())
    if damage == "missing":
        path.unlink()
    else:
        content[len(content) // 2] ^= 1
        path.write_bytes(content if damage == "flipped byte" else content[: len(content) // 2])
    expected = "is missing" if damage == "missing" else "does not match its checksum"
    with pytest.raises(store.DamagedRun, match=rf"Run {CHOICES.key} is damaged: {name} {expected}\. Delete the folder") as caught:
        store.load(CHOICES.key)
    assert caught.value.key == CHOICES.key
    assert store.load(OTHER.key).states == 2
    assert CHOICES.key in set(store.keys())


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"sha256": {}}', '{"sha256": []}', None])
def test_a_damaged_manifest(home: Path, content: str | None) -> None:
    save()
    path = home / CHOICES.key / MANIFEST
    if content is None:
        path.unlink()
    else:
        path.write_text(content)
    with pytest.raises(store.DamagedRun, match=CHOICES.key):
        store.load(CHOICES.key)


def test_a_missing_tensor(home: Path) -> None:
    save()
    path = home / CHOICES.key / WEIGHTS
    tensors = load_file(path)
    del tensors["dense1.bias"]
    save_file(tensors, path)
    rewrite_manifest(home / CHOICES.key)
    with pytest.raises(store.DamagedRun, match=r"the parameter dense1\.bias is missing"):
        store.load(CHOICES.key)


def test_a_stack_that_lacks_states(home: Path) -> None:
    save()
    path = home / CHOICES.key / WEIGHTS
    tensors = load_file(path)
    save_file({**tensors, "dense1.kernel": tensors["dense1.kernel"][:2]}, path)
    rewrite_manifest(home / CHOICES.key)
    with pytest.raises(store.DamagedRun, match="holds 2 states, its history 3"):
        store.load(CHOICES.key)


@pytest.mark.parametrize("content", [b"", b"\x08\x00\x00\x00\x00\x00\x00\x00no json!", b"\xff" * 64])
def test_tensors_that_cannot_be_read(home: Path, content: bytes) -> None:
    save()
    (home / CHOICES.key / WEIGHTS).write_bytes(content)
    rewrite_manifest(home / CHOICES.key)
    with pytest.raises(store.DamagedRun, match="tensors cannot be read"):
        store.load(CHOICES.key)


def test_a_run_under_another_key(home: Path) -> None:
    save()
    shutil.copytree(home / CHOICES.key, home / OTHER.key)
    with pytest.raises(store.DamagedRun, match=f"Run {OTHER.key} is damaged: its spec belongs to run {CHOICES.key}"):
        store.load(OTHER.key)


@pytest.mark.parametrize("key", ["0123456789ab", "..", "../runs", "", "notes", "0123456789AB"])
def test_a_key_that_names_no_run(home: Path, key: str) -> None:
    save()
    with pytest.raises(store.MissingRun, match="No run"):
        store.load(key)


def test_states_and_parameters_that_are_not_there() -> None:
    run = save()
    with pytest.raises(IndexError, match="has states 0 to 2, not 3"):
        run.state(3)
    with pytest.raises(KeyError, match=r"stores no 'dense2\.kernel'"):
        run.weights("dense2.kernel")
    with pytest.raises(KeyError, match="stores no 'probabilities'"):
        run.evaluation("probabilities")


def test_a_run_of_its_history_alone_has_states_without_parameters() -> None:
    run = store.save(replace(CHOICES, train=TrainSpec(store="history", epochs=2)), {"epoch": np.arange(3)}, {})
    assert run.state(-1) == {} and run.shapes == {}
    with pytest.raises(IndexError):
        run.state(3)
