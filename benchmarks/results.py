"""The file of results: each command that measures at length keeps a section of its own in it."""

import os
import re
import subprocess
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"


def made_by(command: str) -> str:
    """What a section says of itself: the command, the day, the cores and the state of the project, as far as git knows."""
    ask = ["git", "describe", "--always", "--dirty"]
    try:
        state = f"commit {subprocess.run(ask, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()}"
    except (OSError, subprocess.CalledProcessError):
        state = "no commit"
    return f"(`{command}`, {date.today()}, {os.cpu_count()} cores, {state})"


def keep(section: list[str], results: Path = RESULTS) -> None:
    """Put a section into the file of results, in place of the last one of its kind: its title up to the first comma names that."""
    text = results.read_text(encoding="utf-8") if results.exists() else "# Measured\n"
    kind = re.escape(section[0].split(",")[0])
    before = re.sub(rf"\n{kind}.*?(?=\n#|\Z)", "", text, flags=re.DOTALL).rstrip("\n")
    results.write_text("\n".join([before, "", *section]) + "\n", encoding="utf-8")
