"""The container file keeps its main promises, and what it copies is enough to run."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
# (instruction, its words), comments left out and continued lines joined
STEPS = [tuple(line.strip().split(None, 1)) for line in re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", TEXT)).splitlines() if line.strip()]


def step(name: str) -> str:
    """The words of an instruction that stands there once."""
    (found,) = [words for instruction, words in STEPS if instruction == name]
    return found


def copied() -> list[str]:
    """What comes from the project, in order."""
    return [source for instruction, words in STEPS if instruction == "COPY" for source in words.split()[:-1]]


def test_it_is_debian_slim_without_root_and_writes_to_one_volume() -> None:
    assert re.fullmatch(r"debian:[a-z]+-slim", step("FROM")), "a named release"
    assert step("USER") not in ("root", "0") and STEPS.index(("USER", step("USER"))) < STEPS.index(("ENTRYPOINT", step("ENTRYPOINT")))
    volume = step("VOLUME")
    places = dict(item.split("=") for item in step("ENV").split())
    for name in ("KERNEL_EXPLORER_RUNS", "KERNEL_EXPLORER_DATA", "KERNEL_EXPLORER_SEEN", "HOME", "TMPDIR"):
        assert Path(places[name]).is_relative_to(volume), f"{name} would be written outside the volume"
    command = json.loads(step("ENTRYPOINT"))
    assert Path(command[command.index("--work") + 1]).is_relative_to(volume)
    assert Path(places["TMPDIR"]) == Path(command[command.index("--work") + 1]) / "tmp", "which serve.py makes"


def test_its_health_is_asked_at_the_port_it_serves() -> None:
    command = json.loads(step("ENTRYPOINT"))
    port = command[command.index("--port") + 1]
    assert step("EXPOSE") == port
    options, _, check = step("HEALTHCHECK").partition("CMD ")
    assert "--interval=" in options and f"http://127.0.0.1:{port}/_stcore/health" in json.loads(check)[-1]


def test_its_torch_is_pinned_and_for_the_cpu() -> None:
    (install,) = [words for instruction, words in STEPS if instruction == "RUN" and "environment.sh" in words]
    assert "TORCH_INDEX" in install and "exit 1" in install, "without an index of CPU builds it is not built"
    assert "requirements.txt" in copied() and "scripts/environment.sh" in copied()
    assert re.search(r"(?m)^torch==\d+\.\d+\.\d+$", (ROOT / "requirements.txt").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the image's /app holds, beside the environment."""
    place = tmp_path_factory.mktemp("app")
    for source in copied():
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place / source, ignore=shutil.ignore_patterns("__pycache__", ".jobs"))
        else:
            (place / source).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, place / source)
    return place


@pytest.mark.parametrize(
    "command",
    [
        [*json.loads(step("ENTRYPOINT"))[1:], "--help"],
        ["-m", "core.training", "list"],
        [
            "-c",
            "from streamlit.testing.v1 import AppTest; "
            "at = AppTest.from_file('streamlit_app.py', default_timeout=100).run(); "
            "assert not at.exception and at.title[0].value; print('opens')",
        ],
    ],
    ids=["serve", "command line", "home"],
)
def test_what_it_copies_is_enough(command: list[str], image: Path, tmp_path: Path) -> None:
    places = {name: str(tmp_path / Path(value).name) for name, value in (item.split("=") for item in step("ENV").split()) if "/" in value}
    (tmp_path / "tmp").mkdir()
    environment = os.environ | places | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(image)}
    done = subprocess.run([sys.executable, *command], cwd=image, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert {"--help": "--processes", "list": "mlp-random"}.get(command[-1], "opens") in done.stdout
