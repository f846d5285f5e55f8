"""`pip install .` in a fresh environment gives the command `kernel-explorer`, which starts the app; nothing big is installed again."""

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import urllib.request
import venv
from importlib import metadata
from pathlib import Path

import pytest

from benchmarks.ports import free_port
from core.runs import shipped
from core.specs import APP_VERSION
from deploy.command import own_folder

ROOT = Path(__file__).parents[2]
WANTED = ("streamlit_app.py", "setup.py", "pyproject.toml", "README.md", "LICENSE", "requirements.txt", "requirements-light.txt")
FOLDERS = ("core", "pages", "deploy", ".streamlit")
RUNS = ("uci-softmax", "softmax-mnist")  # of those shipped, so that the test is quick


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the app installed from a copy of its sources; what it needs lies in ours."""
    source, place = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("fresh") / "venv"
    for name in WANTED:
        shutil.copy(ROOT / name, source / name)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in RUNS:
        key = shipped.RUNS[name].key
        shutil.copytree(ROOT / "cache" / "runs" / key, source / "cache" / "runs" / key)
    venv.create(place, with_pip=False)
    packages = next(place.glob("lib/python*/site-packages"))
    (packages / "beside.pth").write_text("\n".join(path for path in sys.path if path.endswith("-packages")) + "\n")
    install = [sys.executable, "-m", "pip", "--python", str(place / "bin" / "python"), "install", "--no-deps", "--no-index", "--quiet"]
    done = subprocess.run([*install, "--no-build-isolation", str(source)], capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stdout + done.stderr
    return place


def test_the_command_starts_the_app_anywhere(fresh: Path, tmp_path: Path) -> None:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KERNEL_EXPLORER")}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "KERNEL_EXPLORER_OFFLINE": "1"}
    with (tmp_path / "log").open("w") as log:
        app = subprocess.Popen(
            [fresh / "bin" / "kernel-explorer", "--port", str(port)], cwd=tmp_path, env=environment, stdout=log, stderr=log
        )
    try:
        answer = ""
        for _ in range(300):
            try:
                answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).read().decode()
                break
            except OSError:
                assert app.poll() is None, (tmp_path / "log").read_text()
                time.sleep(0.2)
        assert answer == "ok", (tmp_path / "log").read_text()
    finally:
        app.terminate()
        app.wait(30)


def test_its_pages_and_runs_are_those_installed(fresh: Path, tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
import kernel_explorer.deploy.command as command
sys.path.insert(0, str(command.ROOT))
from streamlit.testing.v1 import AppTest
at = AppTest.from_file(str(command.ROOT / "streamlit_app.py"), default_timeout=100).run()
assert not at.exception, at.exception
import core
assert Path(core.__file__).is_relative_to({str(fresh)!r}), core.__file__
from core.runs import store
from core.runs.store import SHIPPED_FOLDER
assert len([store.load(folder.name) for folder in SHIPPED_FOLDER.iterdir()]) == {len(RUNS)}
print(at.title[0].value, (command.ROOT / ".streamlit" / "config.toml").is_file(), sep="|")
"""
    done = subprocess.run([fresh / "bin" / "python", "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stderr
    title, _, settings = done.stdout.strip().splitlines()[-1].partition("|")
    assert title and settings == "True"


def test_it_says_its_version_and_what_it_needs(fresh: Path) -> None:
    (package,) = metadata.distributions(name="kernel-explorer", path=[str(next(fresh.glob("lib/python*/site-packages")))])
    assert package.version == APP_VERSION == "0.2.0"
    assert f"version: {APP_VERSION}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    pinned = [
        re.sub(r"\s", "", line.partition("#")[0])
        for name in ("requirements-light.txt", "requirements.txt")
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if not line.startswith(("#", "-r"))
    ]
    assert sorted(re.sub(r"\s", "", line).replace('"', "'") for line in package.requires or []) == sorted(
        line.replace('"', "'") for line in pinned
    )
    assert any(line.startswith("torch==") for line in pinned)


def test_every_file_of_the_app_is_among_what_is_installed(fresh: Path) -> None:
    """Against git's list of the sources."""
    installed = next(fresh.glob("lib/python*/site-packages")) / "kernel_explorer"
    listed = subprocess.run(["git", "ls-files", *FOLDERS], cwd=ROOT, capture_output=True, text=True)
    names = listed.stdout.splitlines() or [str(path.relative_to(ROOT)) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    assert len(names) > 100
    assert [name for name in names if not (installed / name).is_file() and (ROOT / name).is_file()] == []
    assert not list(installed.glob("tests")) and not list(installed.parent.glob("core")), "nothing beside it takes a common name"


def test_what_it_writes_goes_to_the_person(tmp_path: Path) -> None:
    assert own_folder({}, tmp_path) == tmp_path / ".cache" / "kernel-explorer"
    assert own_folder({"XDG_CACHE_HOME": "/elsewhere"}, tmp_path) == Path("/elsewhere/kernel-explorer")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["project"]["scripts"] == {"kernel-explorer": "kernel_explorer.deploy.command:main"}
