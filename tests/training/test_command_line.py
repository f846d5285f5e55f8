"""The command line beside the app, on tiny runs of its own."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data import digits
from core.runs import shipped, store
from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec
from core.training import __main__ as command_line
from core.training import reproduce, verify

BASE = RunSpec(DataSpec(train=60, validation=0, test=40), ModelSpec(sizes=(16, 6, 10)), TrainSpec(batch=20, epochs=2))
OTHER = replace(BASE, model=replace(BASE.model, initializer="alternating_diagonal"))


def images(split: str) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng({"train": 0, "validation": 1, "test": 2}[split])
    count = {"train": 60, "validation": 10, "test": 40}[split]
    return rng.integers(0, 256, (count, 4, 4), dtype=np.uint8), rng.integers(0, 10, count, dtype=np.uint8)


@pytest.fixture(autouse=True)
def tiny_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tiny images, two tiny shipped runs of three seeds and a store of their own."""
    home = tmp_path / "runs"
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(home))
    monkeypatch.setattr(store, "SHIPPED_FOLDER", tmp_path / "shipped")
    monkeypatch.setattr(digits, "load", images)
    verify.test_images.cache_clear()
    for table, entries in (
        (shipped.RUNS, {"tiny-random": BASE, "tiny-diagonal": OTHER}),
        (shipped.SEEDS_OF, {"tiny-random": (0, 1, 2), "tiny-diagonal": (0, 1, 2)}),
        (shipped.NAMES, {BASE.key: "tiny-random", OTHER.key: "tiny-diagonal"}),
    ):
        for name, entry in entries.items():
            monkeypatch.setitem(table, name, entry)
    return home


def test_networks_with_the_same_images_in_the_same_order_train_together() -> None:
    found = reproduce.groups(["tiny-random", "tiny-diagonal"])
    assert [[(m.name, m.seed) for m in group] for group in found] == [
        [("tiny-random", seed), ("tiny-diagonal", seed)] for seed in (0, 1, 2)
    ]


def test_reproduce_stores_seed_0_and_the_histories_of_all(capsys: pytest.CaptureFixture) -> None:
    assert command_line.main(["reproduce", "tiny-random", "tiny-diagonal"]) == 0
    run = store.load(BASE.key)
    assert run.states == 3
    assert run.header["name"] == "tiny-random"
    assert len(run.header["data_sha256"]) == 64
    assert sorted(set(run.seeds["seed"])) == [0, 1, 2]
    own = run.seeds["seed"] == 0
    for column in ("epoch", "loss", "accuracy_test"):
        assert (run.seeds[column][own] == run.history[column]).all()
    assert len(set(run.seeds["loss"][run.seeds["epoch"] == 2])) == 3
    assert "tiny-diagonal" in capsys.readouterr().out


def test_train_again_gives_the_run_that_reproduce_gave() -> None:
    command_line.main(["reproduce", "tiny-random", "tiny-diagonal"])
    together = store.load(BASE.key).state(-1)
    assert command_line.main(["train", "tiny-random", "--again"]) == 0
    for name, weights in store.load(BASE.key).state(-1).items():
        np.testing.assert_allclose(weights, together[name], atol=2e-3)


def test_train_a_file_once(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"data": {"train": 60, "validation": 0, "test": 40}, "model": {"sizes": [16, 10]}, "train": {"epochs": 1}}))
    assert command_line.main(["train", str(path)]) == 0
    key = next(iter(store.keys()))
    assert command_line.main(["train", str(path)]) == 0
    assert f"Run {key} is stored already" in capsys.readouterr().out
    assert command_line.main(["train", str(store.load(key).folder / "spec.json")]) == 0  # what a run holds is a spec too


def test_show_gives_mean_and_range_over_seeds(capsys: pytest.CaptureFixture) -> None:
    command_line.main(["reproduce", "tiny-random"])
    capsys.readouterr()
    assert command_line.main(["show", "tiny-random"]) == 0
    seeds = store.load(BASE.key).seeds
    ends = seeds["accuracy_test"][seeds["epoch"] == 2]
    told = capsys.readouterr().out
    assert f"at epoch 2 over 3 seeds: mean {ends.mean():.2%}, range {ends.min():.2%} to {ends.max():.2%}" in told
    assert '"learning_rate": 0.002' in told


def test_list_names_what_is_stored_and_what_is_not(capsys: pytest.CaptureFixture) -> None:
    command_line.main(["train", "tiny-random"])
    capsys.readouterr()
    assert command_line.main(["list"]) == 0
    told = capsys.readouterr().out
    assert f"{BASE.key}  tiny-random" in told
    assert "Not stored:" in told
    assert "tiny-diagonal" in told.splitlines()[-1]


def test_verify_counts_again(capsys: pytest.CaptureFixture) -> None:
    command_line.main(["train", "tiny-random"])
    assert command_line.main(["verify"]) == 0
    assert "3 states counted again, at most 0 of 40 test predictions differ" in capsys.readouterr().out


def test_verify_finds_weights_that_are_not_those_that_were_trained(capsys: pytest.CaptureFixture) -> None:
    command_line.main(["train", "tiny-random"])
    run = store.load(BASE.key)
    other = {name: np.roll(run.weights(name), 1, axis=-1) for name in run.shapes}
    store.save(run.spec, run.history, other, {"confusion": run.evaluation("confusion")}, header={"name": "tiny-random"})
    assert command_line.main(["verify", "tiny-random"]) == 1
    assert "is not what was trained" in capsys.readouterr().out


def test_verify_goes_on_after_a_damaged_run(tiny_world: Path, capsys: pytest.CaptureFixture) -> None:
    command_line.main(["train", "tiny-random"])
    command_line.main(["train", "tiny-diagonal"])
    (tiny_world / BASE.key / "history.csv").write_text("epoch\n")
    assert command_line.main(["verify"]) == 1
    told = capsys.readouterr().out
    assert f"Run {BASE.key} is damaged: history.csv does not match its checksum" in told
    assert "tiny-diagonal: files whole" in told


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["show", "nothing"], "No run nothing is stored"),
        (["train", "nothing"], "'nothing' is no shipped run and no file"),
        (["reproduce", "nothing"], "No shipped run is called 'nothing'"),
        (["show", "x" * 300], "is stored"),
        (["train", "x" * 300], "is no shipped run and no file"),
        (["train", "\x00"], "is no shipped run and no file"),
        (["train", "."], "is no shipped run and no file"),
    ],
)
def test_wrong_names_are_answered_by_a_sentence(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture) -> None:
    assert command_line.main(arguments) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is not JSON"),
        ('{"model": {"size": 3}}', "ModelSpec has no field size"),
        ('{"train": {"epochs": ' + "1" * 400 + "}}", "Epochs: "),
        ('{"train": {"epochs": ' + "1" * 5_000 + "}}", "is not JSON"),
        ('{"model": {"seed": -3}}', "Seed of the weights: -3 is not possible"),
        ('{"train": {"batch": ' + "1" + "0" * 30 + "}}", "Batch size: "),
        ('{"model": {"image": 1000000000}}', "Side of the input: "),
        ('{"train": {"learning_rate": Infinity}}', "Learning rate: inf is not possible"),
        ('{"train": {"learning_rate": 1e999}}', "Learning rate: inf is not possible"),
        ('{"train": {"weight_decay": NaN}}', "Weight decay: nan is not possible"),
        ("[" * 100_000, "is not JSON"),
        ('{"data": {"name": "' + "x" * 300 + '"}}', "Data set: "),
    ],
    ids=lambda text: text[:40],
)
def test_wrong_files_are_answered_by_a_sentence(tmp_path: Path, content: str, sentence: str, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "mine.json").write_text(content)
    assert command_line.main(["train", str(tmp_path / "mine.json")]) == 2
    assert sentence in capsys.readouterr().err


def test_a_run_without_test_images_is_listed_shown_and_verified(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"data": {"train": 60, "validation": 0, "test": 0}, "model": {"sizes": [16, 10]}, "train": {"epochs": 1}}))
    assert command_line.main(["train", str(path)]) == 0
    key = next(iter(store.keys()))
    assert [command_line.main([what, key]) for what in ("show", "verify")] == [0, 0] and command_line.main(["list"]) == 0
    told = capsys.readouterr().out
    assert "its test accuracy is not known" in told and "nothing to count again" in told and "nan" not in told
