"""Measure speed and write it into benchmarks/RESULTS.md: `make bench`, or `python -m benchmarks speed` for one of SECTIONS."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence

from benchmarks.figures import table
from benchmarks.results import ROOT, keep, made_by

SECTIONS = {
    "speed": ("Speed", ("train_mlp", "pulses", "train_pulse_cnn", "digits_filters", "estimate", "look")),
    "class": (
        "A class at once",
        ("load --views", "meanwhile", "load 30 60 --trainings 2", "load 100 60", "load 100 60 --processes 2"),
    ),
}
COLUMNS = ("name", "value", "unit", "limit", "peer", "ratio")


def measured(title: str, parts: Sequence[str]) -> list[str]:
    """The section of some benchmarks: all that they say to programs, then the tables that they print for people."""
    machine = f"{platform.machine()}, load {os.getloadavg()[0]:.1f} at the start, Python {platform.python_version()}"
    rows, tables = list[list[str]](), list[str]()
    for part in parts:
        print(f"== {part}", flush=True)
        run = subprocess.run([sys.executable, "-m", *f"benchmarks.{part}".split()], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        print(run.stdout, flush=True)
        if run.returncode:
            rows.append([f"{part} did not end well", *[""] * (len(COLUMNS) - 1)])
        for line in run.stdout.splitlines():
            if line.startswith("{"):
                row = json.loads(line)
                rows.append(["" if row.get(name) is None else str(row[name]) for name in COLUMNS])
            elif line.startswith("## "):
                tables += ["", f"**{line.removeprefix('## ')}**", ""]
            elif line.startswith("|"):
                tables.append(line)
    head = f"## {title}, times depend on the machine, ratios are against the peer of the same run {made_by('make bench')}"
    return [head, "", f"On {machine}.", "", table(COLUMNS, rows), *tables]


def main(names: Sequence[str]) -> None:
    for name in names or SECTIONS:
        keep(measured(*SECTIONS[name]))


if __name__ == "__main__":
    main(sys.argv[1:])
