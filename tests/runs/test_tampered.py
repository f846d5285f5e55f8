"""Runs that somebody changed on purpose, checksums and all: each is a damaged run, and nothing else is raised or read."""

import json
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.runs import catalog, remote, seal, store
from core.runs.run import EVALUATION, HISTORY, MANIFEST, SEEDS, SPEC, WEIGHTS
from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec

CHOICES = RunSpec(DataSpec(train=100, validation=0, test=50), ModelSpec(sizes=(4, 3)), TrainSpec(epochs=1))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture
def folder(home: Path) -> Path:
    """A sound run of two states."""
    run = store.save(
        CHOICES,
        {"epoch": [0, 1], "step": [0, 4], "accuracy_test": [0.1, 0.2]},
        {"dense1.kernel": np.ones((2, 4, 3)), "dense1.bias": np.ones((2, 3))},
        {"confusion": np.ones((2, 3, 3), np.int32)},
        seeds={"seed": [0, 1], "epoch": [1, 1], "accuracy_test": [0.5, 0.6]},
    )
    return run.folder


def sealed(folder: Path, name: str, content: bytes | str) -> None:
    """Put something in a file's place and make the checksums fit."""
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    (folder / MANIFEST).unlink()
    seal.apply(folder)


def tensors(**described: tuple[str, list[int], int]) -> bytes:
    """A file of tensors full of zeros: name -> (type, shape, bytes)."""
    at, head = 0, {}
    for name, (kind, shape, size) in described.items():
        head[name.replace("_", ".")] = {"dtype": kind, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(head).encode()
    return struct.pack("<Q", len(text)) + text + bytes(at)


def told(change: Callable[[dict], None]) -> Callable[[Path], str]:
    """The header after a change."""

    def content(folder: Path) -> str:
        head = json.loads((folder / SPEC).read_text())
        change(head)
        return json.dumps(head)

    return content


CASES: dict[str, tuple[str, object]] = {
    "no seeds": (SEEDS, ""),
    "seeds without epochs": (SEEDS, "seed,accuracy_test\n1,0.5\n"),
    "seeds without accuracy": (SEEDS, "seed,epoch\n1,1\n"),
    "seeds that are none": (SEEDS, "seed,epoch,accuracy_test\n,1,0.5\n"),
    "ragged seeds": (SEEDS, "seed,epoch,accuracy_test\n1,1\n"),
    "seeds in bytes": (SEEDS, b"\xff\xfe\x00"),
    "no history": (HISTORY, ""),
    "history without epochs": (HISTORY, "accuracy_test\n0.1\n0.2\n"),
    "history without rows": (HISTORY, "epoch,accuracy_test\n"),
    "epochs that fall": (HISTORY, "epoch\n1\n0\n"),
    "epochs before the start": (HISTORY, "epoch\n-1\n0\n"),
    "endless epochs": (HISTORY, "epoch\n0\n1e400\n"),
    "thousands of digits": (HISTORY, f"epoch\n0\n{'9' * 5_000}\n"),
    "no step": (HISTORY, "epoch,step\n0,0\n1,\n"),
    "deep header": (SPEC, '{"spec":' + "[" * 100_000),
    "large header": (SPEC, " " * (seal.MOST_TEXT + 1)),
    "a list": (SPEC, "[]"),
    "a number of 5,000 digits": (SPEC, '{"spec": {"train": {"epochs": ' + "9" * 5_000 + "}}}"),
    "a number of 400 digits": (SPEC, told(lambda head: head["spec"]["train"].update(epochs=10**400))),
    "a rate of 400 digits": (SPEC, told(lambda head: head["spec"]["train"].update(learning_rate=10**400))),
    "no rate": (SPEC, told(lambda head: head["spec"]["train"].update(learning_rate=float("nan")))),
    "parameters that are none": (SPEC, told(lambda head: head.update(parameters=3))),
    "parameters in lists": (SPEC, told(lambda head: head.update(parameters=[["dense1.kernel"]]))),
    "a parameter too many": (SPEC, told(lambda head: head.update(parameters=["![x](http://evil.test/p.png)"]))),
    "bfloat16": (WEIGHTS, tensors(dense1_kernel=("BF16", [2, 4, 3], 48), dense1_bias=("BF16", [2, 3], 12))),
    "whole numbers": (WEIGHTS, tensors(dense1_kernel=("I64", [2, 4, 3], 192), dense1_bias=("I64", [2, 3], 48))),
    "no states": (WEIGHTS, tensors(dense1_kernel=("F16", [], 2), dense1_bias=("F16", [2, 3], 12))),
    "another shape": (WEIGHTS, tensors(dense1_kernel=("F16", [2, 3, 4], 48), dense1_bias=("F16", [2, 3], 12))),
    "no bias": (WEIGHTS, tensors(dense1_kernel=("F16", [2, 4, 3], 48))),
    "counts in bfloat16": (EVALUATION, tensors(confusion=("BF16", [2, 3, 3], 36))),
    "counts of other classes": (EVALUATION, tensors(confusion=("I32", [2, 2, 2], 32))),
    "counts of nothing": (EVALUATION, tensors(confusion=("I32", [], 4))),
    "no tensors": (EVALUATION, b"\xff" * 16),
}


def test_the_case_itself_is_sound(folder: Path) -> None:
    sealed(folder, WEIGHTS, tensors(dense1_kernel=("F16", [2, 4, 3], 48), dense1_bias=("F16", [2, 3], 12)))
    assert store.load(folder.name).weights("dense1.kernel").shape == (2, 4, 3)


@pytest.mark.parametrize("case", CASES)
def test_changed_contents_are_damage(case: str, folder: Path) -> None:
    name, content = CASES[case]
    sealed(folder, name, content(folder) if callable(content) else content)  # type: ignore[arg-type]
    with pytest.raises(store.DamagedRun) as caught:
        store.load(folder.name)
    assert len(str(caught.value)) < 500 and "evil" not in str(caught.value)


@pytest.mark.parametrize("name", ["../spec.json", "/dev/zero", "", ".", "a/b", "a\0b", "![x](http://evil.test)", "x" * 300])
def test_a_manifest_that_names_what_lies_elsewhere(name: str, folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["sha256"][name] = "0" * 64
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(store.DamagedRun, match="names a file outside its folder") as caught:
        store.load(folder.name)
    assert "evil" not in str(caught.value)


@pytest.mark.parametrize("name", [WEIGHTS, SEEDS, "notes.txt"])
def test_a_manifest_must_name_every_file(name: str, folder: Path) -> None:
    (folder / "notes.txt").write_text("new")
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["sha256"] = {n: d for n, d in manifest["sha256"].items() if n != name}
    if name != "notes.txt":
        (folder / "notes.txt").unlink()
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(store.DamagedRun, match=f"its manifest does not name {name}"):
        store.load(folder.name)


def test_what_a_shared_disk_leaves_in_a_folder_is_no_damage(folder: Path) -> None:
    (folder / ".nfs0001").write_text("")
    assert store.load(folder.name).states == 2


@pytest.mark.timeout(20)  # a pipe would make us wait for good
@pytest.mark.parametrize("name", [MANIFEST, SPEC, WEIGHTS])
@pytest.mark.parametrize("kind", ["pipe", "link", "link to a device", "folder"])
def test_only_plain_files_are_read(kind: str, name: str, folder: Path) -> None:
    path = folder / name
    content = path.read_bytes()
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        (folder.parent / "elsewhere").write_bytes(content)
        path.symlink_to("/dev/zero" if kind == "link to a device" else folder.parent / "elsewhere")
    with pytest.raises(store.DamagedRun, match=f"{name} is no plain file"):
        store.load(folder.name)
    if name == SPEC:
        with pytest.raises(store.DamagedRun):
            catalog.find(folder.name)


def test_the_list_of_runs_passes_over_what_cannot_be_read(folder: Path) -> None:
    sealed(folder, SPEC, '{"spec":' + "[" * 100_000)
    assert folder.name in set(store.keys())
    assert folder.name not in [entry.key for entry in catalog.fitting(lambda spec: True)]


def test_what_a_killed_save_left_is_swept_after_a_day(home: Path) -> None:
    home.mkdir()
    old, young, filling, other = (
        home / name for name in (".0123456789ab-abc_1234", ".0123456789ab-abc_1234-old", ".0123456789ab-zzzzzzzz", ".jobs")
    )
    long_ago = time.time() - store.LEFT_SECONDS - 60
    for place in (old, young, filling, other):
        place.mkdir()
        (place / "weights.safetensors").write_bytes(b"half")
        if place is not filling:
            os.utime(place / "weights.safetensors", (long_ago, long_ago))
        if place is not young:
            os.utime(place, (long_ago, long_ago))
    store.save(CHOICES, {"epoch": [0]}, {})
    assert sorted(path.name for path in home.iterdir()) == sorted([young.name, filling.name, other.name, CHOICES.key])


def test_a_relative_store_is_the_same_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "ROOT", tmp_path)
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", "some/runs")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    run = store.save(CHOICES, {"epoch": [0, 1]}, {})
    assert run.folder == tmp_path / "some" / "runs" / CHOICES.key
    monkeypatch.chdir(tmp_path)
    assert store.load(CHOICES.key).states == 2


def test_arrays_of_a_run_cannot_be_changed(folder: Path) -> None:
    run = store.load(folder.name)
    arrays = [*run.history.values(), *run.seeds.values(), run.weights("dense1.kernel"), run.at(0, "dense1.bias")]
    arrays += [*run.state(0).values(), *run.state(-1).values(), run.evaluation("confusion")]
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 7
    assert store.load(folder.name).epochs.tolist() == [0, 1]


def test_a_store_that_cannot_be_looked_into_holds_nothing(home: Path) -> None:
    home.write_text("a file")
    assert set(store.keys()) >= set()
    with pytest.raises(store.MissingRun):
        store.load(CHOICES.key)
