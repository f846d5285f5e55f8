"""What pyproject.toml can't say: the version and the packages needed, each kept in one place that the app itself uses."""

import re
from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).parent
LISTS = ("requirements-light.txt", "requirements.txt")  # the second names the first, and torch


def needed() -> list[str]:
    """The pinned packages of the lists, without remarks."""
    lines = [line.partition("#")[0].strip() for name in LISTS for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith("-")]


def version() -> str:
    """As the app says it."""
    found = re.search(r'^APP_VERSION = "(.+)"$', (ROOT / "core/specs/run.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert found, "core/specs/run.py names no APP_VERSION"
    return found[1]


setup(version=version(), install_requires=needed())
