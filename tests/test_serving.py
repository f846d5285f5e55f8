"""How the app is started: without a file watcher where people use it, with one where it is built."""

import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def started(*target: str) -> list[str]:
    """What `make TARGET` would run, word by word."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    said = subprocess.run(["make", "-n", *target], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return shlex.split(next(line for line in said.splitlines() if "streamlit run" in line))


def test_a_server_watches_no_files() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["server"]["fileWatcherType"] == "none"
    assert not any("fileWatcherType" in word for word in started("run"))


def test_who_builds_has_a_watcher() -> None:
    words = started("dev")
    assert words[words.index("--server.fileWatcherType") + 1] == "auto"


@pytest.mark.parametrize("target", ["run", "dev"])
def test_it_listens_on_this_machine_alone_unless_asked(target: str) -> None:
    words = started(target)
    assert words[words.index("--server.address") + 1] == "127.0.0.1"
    words = started(target, "HOST=0.0.0.0")
    assert words[words.index("--server.address") + 1] == "0.0.0.0"
