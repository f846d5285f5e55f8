"""From a file to a run: what is inferred from images, what is stored, and how it opens."""

import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from core.data import catalog
from core.importing.bringing import Brought, bring, epochs_of
from core.importing.worker import brought, from_dict
from core.models import network
from core.runs import catalog as runs
from core.runs import store
from core.runs.run import Run
from core.specs import RunSpec
from tests.importing.makers import saved, zipped

ROOT = Path(__file__).parents[2]


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 12, 3)
        self.fc1 = nn.Linear(12, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = nn.functional.max_pool2d(torch.tanh(self.conv1(x)), 2)
        x = nn.functional.max_pool2d(torch.tanh(self.conv2(x)), 2)
        return self.fc2(torch.tanh(self.fc1(x.flatten(1))))


@lru_cache(maxsize=8)
def trained(kind: str, factor: float, shift: float, steps: int = 250) -> tuple[bytes, float]:
    """A network trained on the UCI digits whose pixels were scaled, and its share of the 400 test digits."""
    torch.manual_seed(0)
    net: nn.Module = Net() if kind == "conv" else nn.Sequential(nn.Flatten(), nn.Linear(64, 30), nn.ReLU(), nn.Linear(30, 10))
    images, labels = catalog.load("uci-digits", "train")
    x, y = torch.from_numpy(images / np.float32(255))[:, None] * factor + shift, torch.from_numpy(labels.astype(np.int64))
    adam = torch.optim.Adam(net.parameters(), 0.01)
    generator = torch.Generator().manual_seed(0)
    for _ in range(steps):
        at = torch.randint(len(x), (128,), generator=generator)
        adam.zero_grad()
        nn.functional.cross_entropy(net(x[at]), y[at]).backward()
        adam.step()
    test, actual = catalog.load("uci-digits", "test")
    with torch.no_grad():
        right = net(torch.from_numpy(test / np.float32(255))[:, None] * factor + shift).argmax(1).numpy() == actual
    return saved(net.state_dict()), float(right.mean())


def choice(found: Brought, name: str) -> Any:
    return next(one for one in found.choices if one.name == name)


@pytest.mark.parametrize(
    ("factor", "shift", "scaling"),
    [
        (1.0, 0.0, "[0, 1]"),
        (16.0, 0.0, "0 to 16"),
        (-2.0, 1.0, "inverted, -1 to 1"),
        (2.0, -1.0, "mean 0.5, deviation 0.5 (-1 to 1)"),
    ],
)
def test_the_scaling_of_the_input_is_found(factor: float, shift: float, scaling: str) -> None:
    data, accuracy = trained("dense", factor, shift)
    found = bring("net.pt", {"net.pt": data}, "uci-digits")
    assert not found.sentence
    assert found.accuracy >= accuracy - 0.01
    chosen = choice(found, "scaling")
    assert chosen.value == scaling or chosen.open
    best = min(one.log_loss for one in chosen.alternatives if one.log_loss is not None)
    assert next(one for one in chosen.alternatives if one.value == chosen.value).log_loss <= best * 1.06


def test_pools_padding_and_activation_are_found() -> None:
    data, accuracy = trained("conv", 1.0, 0.0)
    found = bring("net.pt", {"net.pt": data}, "uci-digits")
    assert found.accuracy >= accuracy - 0.01
    assert choice(found, "activation").value == "tanh"
    assert choice(found, "layout").words == "8 px: conv pad 1, pool 2/2 → 4; conv, pool 2/2 → 1"


def test_the_owner_settles_a_choice() -> None:
    data, _ = trained("dense", 1.0, 0.0)
    found = bring("net.pt", {"net.pt": data}, "uci-digits", {"scaling": "inverted: paper 1, ink 0"})
    assert choice(found, "scaling").value == "inverted: paper 1, ink 0"
    assert found.accuracy < 0.6
    again = bring("net.pt", {"net.pt": data}, "uci-digits", {"activation": "Tanh-ish"})
    assert again.sentence.startswith("Activation: there is no 'Tanh-ish'; choose one of: ReLU; tanh;")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path / "runs"))
    return tmp_path


def confusion_again(run: Run, state: int) -> float:
    images, labels = catalog.load("uci-digits", "test")
    said = network.answers(run.spec.model, run.state(state), images)
    return float((said.argmax(1) == labels).mean())


@pytest.mark.parametrize("kind", ["dense", "conv"])
def test_it_is_stored_as_a_run_like_any_other(kind: str, shop: Path) -> None:
    data, accuracy = trained(kind, 1.0, 0.0)
    found = bring("my net.pt", {"my net.pt": data}, "uci-digits", keep=True)
    run = store.load(found.key)
    assert run.header["origin"]["name"] == "my net.pt" and len(run.header["origin"]["sha256"]) == 64
    assert run.spec.origin is not None and run.spec.origin.name == "my net.pt"
    assert run.history["accuracy_test"][0] == pytest.approx(accuracy, abs=0.01) == confusion_again(run, 0)
    assert runs.find(found.key).title == "my net.pt, UCI handwritten digits"
    if kind == "dense":
        assert run.spec.model.kind == "dense" and run.spec.model.sizes == (64, 30, 10)
    fits = [entry.key for entry in runs.fitting(lambda spec: spec.origin is not None)]
    assert found.key not in fits  # nobody else's to see
    assert found.key in [entry.key for entry in runs.fitting(lambda spec: spec.origin is not None, [found.key])]


def test_checkpoints_become_states(shop: Path) -> None:
    each = [trained("dense", 1.0, 0.0, steps) for steps in (5, 40, 250)]
    files = [{f"net_{i}.pt": data} for i, (data, _) in enumerate(each)]
    found = bring("net.pt", files[0], "uci-digits", keep=True, more=files[1:])
    run = store.load(found.key)
    assert run.states == found.states == 3 and run.epochs.tolist() == [1, 2, 3]
    assert epochs_of(["net-5.pt", "net-40.pt"]) == [5, 40] and epochs_of(["net.pt"]) == [1] and epochs_of(["a2.pt", "a1.pt"]) == [1, 2]
    np.testing.assert_allclose(run.history["accuracy_test"], [accuracy for _, accuracy in each], atol=0.005)
    other, _ = trained("conv", 1.0, 0.0)
    assert "different networks" in bring("net.pt", files[0], "uci-digits", more=[{"b.pt": other}]).sentence


def test_the_same_file_is_the_same_run_and_another_is_another(shop: Path) -> None:
    first, _ = trained("dense", 1.0, 0.0)
    second, _ = trained("dense", 1.0, 0.0, 40)
    keys = [bring("net.pt", {"net.pt": data}, "uci-digits", keep=True).key for data in (first, second, first)]
    assert keys[0] == keys[2] != keys[1]


def test_a_worker_gives_what_this_process_gives() -> None:
    data, _ = trained("dense", 1.0, 0.0)
    here, there = bring("net.pt", {"net.pt": data}, "uci-digits"), brought("net.pt", {"net.pt": data}, "uci-digits")
    assert json.dumps(from_dict(here.to_dict).to_dict, sort_keys=True) == json.dumps(there.to_dict, sort_keys=True)
    assert brought("a.pt", {"a.pt": b"MZ"}, "uci-digits").sentence.startswith("It is a program")


def test_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "net.pt").write_bytes(trained("dense", 1.0, 0.0)[0])
    (tmp_path / "all.zip").write_bytes(zipped({"readme.txt": b"no"}))
    command = [sys.executable, "-m", "core.importing", str(tmp_path / "net.pt"), str(tmp_path / "all.zip"), "--data", "uci-digits"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=170, env=os.environ | {"OMP_NUM_THREADS": "1"})
    assert done.returncode == 1 and not done.stderr
    assert "dense layers 64-30-10, relu" in done.stdout and "of 400 test images (uci-digits)" in done.stdout
    assert "all.zip\n  It is a ZIP without a network" in done.stdout
    again = subprocess.run([*command, "--json"], cwd=ROOT, capture_output=True, text=True, timeout=170)
    rows = [json.loads(line) for line in again.stdout.splitlines()]
    assert [bool(row["sentence"]) for row in rows] == [False, True]


def test_importing_loads_no_torch() -> None:
    code = "import sys, core.importing.worker, core.models.sequence; sys.exit('torch' in sys.modules or 'h5py' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_keys_without_an_origin_stay() -> None:
    assert "origin" not in json.dumps(RunSpec().key)


def test_a_name_is_no_more_than_text() -> None:
    hostile = "![x](http://evil.test) :red[x] $x$ <b> `x` a@evil.test.pt"
    found = bring(hostile, {hostile: trained("dense", 1.0, 0.0)[0]}, "uci-digits")
    assert not set("![]:<>`$@/*|#~\\") & set(found.name) and found.name.endswith("evil.test.pt")


def test_the_data_set_is_told_by_the_shapes() -> None:
    found = bring("net.pt", {"net.pt": trained("dense", 1.0, 0.0)[0]}, "")
    assert not found.sentence and found.data == "uci-digits"


def test_an_owners_answer_is_set_against_the_others_again() -> None:
    data, _ = trained("dense", 1.0, 0.0)
    found = bring("net.pt", {"net.pt": data}, "uci-digits", {"scaling": "0 to 16"})
    scaling = choice(found, "scaling")
    assert scaling.value == "0 to 16" and len(scaling.alternatives) > 5
    assert scaling.alternatives[0].value != "0 to 16"  # the best one stands first
    other = bring("net.pt", {"net.pt": data}, "uci-digits")
    assert other.accuracy >= found.accuracy
