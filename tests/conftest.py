"""What all tests share: where the data sets lie, and runs of their own."""

import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest

with suppress(ImportError):  # `make light` installs pytest alone
    from hypothesis import HealthCheck, settings

    settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("busy machine")

# Two processes of tests on two cores: with two threads in each, torch and the matrix products of numpy crawl.
for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

ROOT = Path(__file__).parents[1]
_DATA = ROOT.parent / "shared" / "data"
if _DATA.is_dir():
    os.environ.setdefault("KERNEL_EXPLORER_DATA", str(_DATA))
os.environ.setdefault("KERNEL_EXPLORER_OFFLINE", "1")  # no test reaches for the network unless it asks


@pytest.fixture(scope="session", autouse=True)
def packages_are_read_once() -> None:
    """Each `AppTest` reads the metadata of every installed package in search of browser parts, longer than most of our pages take."""
    from streamlit.components.v2 import manifest_scanner

    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Why tests were tried again: a second try that passes has still found something."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"first try of {report.nodeid}")
        terminalreporter.write_line(report.longreprtext[-3_000:])
