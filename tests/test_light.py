"""Without torch: everything but training, which says what is missing. `make light` runs this where torch was never installed."""

import subprocess
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIGHT = Path(sys.prefix).name == "light"  # the environment of `make light`
# torch and torchvision cannot be found here, whatever is installed.
WITHOUT = """
import sys
from importlib.machinery import PathFinder
find = PathFinder.find_spec
PathFinder.find_spec = lambda name, *more: None if name.split(".")[0] in ("torch", "torchvision") else find(name, *more)
"""
PAGES = """
import os, sys
from core.frame.site import ENTRIES
from tests.app import app, go
from tests.pages.digits.digits_case import app as digits

def said(test):
    assert not test.exception, [e.value for e in test.exception]
    assert not test.error, [e.value for e in test.error]
    assert len(test.title) == 1

for entry in ENTRIES:
    said(go(app(), entry.path).run())
test = digits({"section": "train"})
said(test)
assert test.button(key="digits-train").disabled
print([w.value for w in test.warning])
"""
SECTIONS = """
from urllib.parse import parse_qsl, urlsplit
from tests.app import app, go
from tests.pages.test_links import LINKS

chosen = {}  # one link a section
for link, _ in LINKS:
    query = dict(parse_qsl(urlsplit(link).query))
    if urlsplit(link).path in sys.argv[1:]:
        chosen.setdefault((urlsplit(link).path, query.get("section")), query)
for (path, section), query in chosen.items():
    test = go(app(), path)
    for name, value in query.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception, (path, section, [e.value for e in test.exception])
print(len(chosen))
"""
SPEC = '{"data": {"name": "uci-digits", "train": 100, "validation": 50, "test": 50}, "model": {"sizes": [64, 10]}, "train": {"epochs": 1}}'


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", WITHOUT + code, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=170)


def test_every_page_opens_and_the_form_says_what_is_missing() -> None:
    done = python(PAGES)
    assert done.returncode == 0, done.stderr[-3_000:]
    assert "Training needs PyTorch (torch), which is not installed here." in done.stdout
    assert "pip install -r requirements.txt" in done.stdout


def test_what_computes_with_a_network_does_without() -> None:
    done = python(SECTIONS, *(["mlp", "templates", "learning", "cnn", "digits"] if LIGHT else ["cnn", "digits"]))
    assert done.returncode == 0, done.stderr[-3_000:]
    assert int(done.stdout) >= 9


@pytest.mark.parametrize("command", ["train", "reproduce", "verify", "list"])
def test_the_command_line(command: str, tmp_path: Path) -> None:
    (tmp_path / "spec.json").write_text(SPEC, encoding="utf-8")
    arguments = {"train": [str(tmp_path / "spec.json")], "reproduce": ["uci-softmax"], "verify": ["uci-softmax", "uci-mlp"], "list": []}
    done = python("from core.training.__main__ import main; sys.exit(main(sys.argv[1:]))", command, *arguments[command])
    if command in ("train", "reproduce"):
        assert done.returncode == 1 and done.stdout == ""
        assert done.stderr.startswith("Training needs PyTorch (torch)") and len(done.stderr.splitlines()) == 1
    else:
        assert done.returncode == 0, done.stderr
        assert "uci-softmax" in done.stdout


def test_a_job_ends_with_the_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec
    from core.training import jobs, loop

    monkeypatch.setenv("KERNEL_EXPLORER_RUNS", str(tmp_path))
    monkeypatch.setattr(loop, "find_spec", lambda name: None)
    with ThreadPoolExecutor(1) as pool:
        job = jobs.submit(RunSpec(DataSpec(train=100), ModelSpec(), TrainSpec(epochs=1)), pool)
    assert job.progress().state == jobs.FAILED and job.progress().sentence.startswith("Training needs PyTorch (torch)")


def test_mnist_is_read_and_named_for_download_without_torchvision() -> None:
    code = "from core.data import digits; print(len(digits.load_any('test').images), len(digits.archives().sums))"
    done = python(code)
    assert done.returncode == 0 and done.stdout.split()[1] == "4" and int(done.stdout.split()[0]) in (400, 10_000)


def test_the_light_list_is_the_full_one_without_torch() -> None:
    light, full = ((ROOT / name).read_text(encoding="utf-8").splitlines() for name in ("requirements-light.txt", "requirements.txt"))
    assert "-r requirements-light.txt" in full
    more = [line for line in full if not line.startswith(("#", "-r"))]
    assert [line.split("==")[0] for line in more] == ["torch", "torchvision"]
    assert not [line for line in light if line.startswith("torch")]
    assert all("==" in line for line in [*light, *more] if not line.startswith("#")), "each is pinned"


def test_the_light_environment_holds_no_torch() -> None:
    if not LIGHT:
        pytest.skip("this is not the environment of `make light`")
    assert find_spec("torch") is None and find_spec("torchvision") is None
    assert "torch" not in {package.metadata["Name"].lower() for package in metadata.distributions()}
