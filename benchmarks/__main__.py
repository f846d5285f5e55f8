"""Run every benchmark and write benchmarks/RESULTS.md: `make bench`."""

import json
import os
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
PARTS = (
    "train_mlp",
    "pulses",
    "train_pulse_cnn",
    "digits_filters",
    "estimate",
    "look",
    "fuzz",
    "load --views",
    "load 30 60 --trainings 2",
    "load 100 60",
    "kills 100",
)


def main() -> None:
    lines = [
        "# Measured",
        "",
        f"By `make bench` on {date.today()}: {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start, "
        f"Python {platform.python_version()}. Times depend on the machine and on what else it does; "
        "ratios are against the peer of the same run.",
        "",
        "| what | value | unit | limit | peer | ratio |",
        "|---|---|---|---|---|---|",
    ]
    tables: list[str] = []
    for part in PARTS:
        print(f"== {part}", flush=True)
        run = subprocess.run([sys.executable, "-m", *f"benchmarks.{part}".split()], cwd=HERE.parent, stdout=subprocess.PIPE, text=True)
        print(run.stdout, flush=True)
        if run.returncode:
            lines.append(f"| {part} failed | | | | | |")
        for line in run.stdout.splitlines():
            if line.startswith("{"):
                row = json.loads(line)
                cells = [
                    str(row.get(name) if row.get(name) is not None else "") for name in ("name", "value", "unit", "limit", "peer", "ratio")
                ]
                lines.append("| " + " | ".join(cells) + " |")
            elif line.startswith("|"):
                tables.append(line)
            elif line.startswith("#"):
                tables += ["", line, ""]
    (HERE / "RESULTS.md").write_text("\n".join(lines + tables) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
