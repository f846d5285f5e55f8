"""A store that machines share by an address: each has a copy, and a run is there whole or not at all."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from benchmarks import s3
from core.runs import remote, store
from core.runs.remote import Objects, Unreachable
from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec

SPEC = RunSpec(DataSpec(train=200, validation=50, test=100), ModelSpec(sizes=(784, 6, 10)), TrainSpec(epochs=1, batch=50))


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket of a server that speaks S3 (moto's), by its address."""
    for package in ("s3fs", "moto", "flask_cors"):
        pytest.importorskip(
            package, reason=f"{package} is not installed; pip install -r requirements-cluster.txt 'moto[s3]' flask flask-cors"
        )
    with s3.server() as address:
        yield address


@pytest.fixture(params=["memory", "s3"])
def on(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Path]]:
    """Turns this process into one machine or another that shares a store; gives its copy's folder."""
    address = f"{request.getfixturevalue('bucket') if request.param == 's3' else 'memory:/'}/{uuid4().hex}"
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", address)

    def machine(name: str) -> Path:
        monkeypatch.setenv("KERNEL_EXPLORER_RUNS_COPY", str(tmp_path / name))
        return tmp_path / name

    machine("first")
    yield machine


def kept(value: float = 1.0) -> store.Run:
    history = {"epoch": [0.0, 1.0], "step": [0, 4], "seconds": [0.0, 0.1], "loss": [2.0, value]}
    weights = {"dense1.kernel": np.zeros((2, 784, 6)), "dense1.bias": np.zeros((2, 6)), "dense2.kernel": np.zeros((2, 6, 10))}
    return store.save(SPEC, history, weights | {"dense2.bias": np.full((2, 10), value)})


def test_a_folder_may_be_written_as_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", f"file://{tmp_path}/my%20runs")
    assert store.folders()[0] == tmp_path / "my runs" and remote.objects() is None
    assert kept().folder.parent == tmp_path / "my runs" and remote.has("anything")


def test_of_several_who_create_a_name_one_succeeds(on: Callable[[str], Path]) -> None:
    shared = remote.objects()
    assert shared is not None
    assert shared.create("a/b", b"1") and not shared.create("a/b", b"2") and shared.read("a/b") == b"1"
    before = shared.list("a/")
    shared.write("a/b", b"3")
    assert list(before) == ["a/b"] and shared.list("a/") != before, "the stamp tells that it has changed"
    shared.delete("a/b", "a/never")
    assert shared.read("a/b") is None and shared.list("a/") == {}
    shared.check()


def test_a_store_that_refuses_no_name_is_not_used(on: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    shared = remote.objects()
    assert shared is not None
    pipe = shared.fs.pipe_file
    monkeypatch.setattr(shared.fs, "pipe_file", lambda path, data, mode="overwrite": pipe(path, data))
    with pytest.raises(Unreachable, match="does not refuse a name that exists"):
        shared.check()


def test_a_run_stored_on_one_machine_opens_on_another(on: Callable[[str], Path]) -> None:
    run = kept()
    other = on("second")
    with pytest.raises(store.MissingRun):
        store.load(run.key)
    remote.pull()
    there = store.load(run.key)
    assert there.folder == other / run.key and there.history["loss"].tolist() == [2, 1]
    assert np.array_equal(there.weights("dense2.bias"), run.weights("dense2.bias"))


def test_what_made_room_comes_again_only_when_asked_for(on: Callable[[str], Path]) -> None:
    key = kept().key
    home = on("second")
    remote.pull()
    (home / key).rename(home / "elsewhere")
    remote.pull()
    assert not (home / key).exists() and key not in list(store.keys())
    assert store.load(key).key == key and (home / key).is_dir()


def test_an_object_that_somebody_has_changed_is_never_shown(on: Callable[[str], Path]) -> None:
    key = kept().key
    shared = remote.objects()
    assert shared is not None
    data = shared.read(f"runs/{key}.zip")
    assert data is not None
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b" " if name == "history.csv" else b""))
        new.writestr("../outside", "x")
    for wrong in (changed.getvalue(), data[: len(data) // 2], b""):
        shared.write(f"runs/{key}.zip", wrong)
        home = on(f"machine-{len(wrong)}")
        remote.pull()
        with pytest.raises(store.MissingRun):
            store.load(key)
        assert not (home.parent / "outside").exists() and not list(home.glob(f".{key}-*"))


def test_a_store_that_is_away_is_a_sentence(on: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    key = kept().key
    shared = remote.objects()
    assert shared is not None

    def away(*_: object, **__: object) -> None:
        raise ConnectionError("http://10.0.0.7:9000/secret")

    for name in ("cat_file", "pipe_file", "find", "rm_file"):
        monkeypatch.setattr(shared.fs, name, away)
    for act in (
        lambda: shared.read("x"),
        lambda: shared.create("x", b""),
        lambda: shared.list(""),
        lambda: shared.delete("x"),
        remote.pull,
    ):
        with pytest.raises(Unreachable, match="does not answer") as found:
            act()
        assert "secret" not in str(found.value)
    assert store.load(key).key == key, "what is here opens"


def test_an_address_of_no_kind_ends_the_start_with_the_cure() -> None:
    with pytest.raises(SystemExit, match="KERNEL_EXPLORER_RUNS names an address that cannot be used"):
        Objects("nonsense://bucket/runs")
