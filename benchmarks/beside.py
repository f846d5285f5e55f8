"""How soon pages answer, beside an older commit of this project: `python -m benchmarks.beside REVISION [ROUNDS [PART...]]`.

Both commits' own `benchmarks.look` run in turn on this machine, the older one from a checkout of its own, and medians over the
rounds stand side by side; what one of them does not measure is left out. Both count from the time stamp of the event: older commits
began when their listener was called, up to a frame later.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.served import ROOT, SHARED

BEGINS = "window.lastEvent = {};"
PARTS = ("look_mlp", "look_templates", "look_cnn", "look_digits")


def looked(folder: Path, part: str) -> dict[str, dict]:
    """What a checkout's benchmark prints: name -> row."""
    run = subprocess.run([sys.executable, "-m", f"benchmarks.{part}"], cwd=folder, stdout=subprocess.PIPE, text=True)
    rows = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    return {row["name"]: row for row in rows}


def main(revision: str, rounds: int = 2, parts: Sequence[str] = PARTS) -> None:
    with tempfile.TemporaryDirectory() as place:
        old = Path(place) / "old"
        subprocess.run(["git", "worktree", "add", "--detach", str(old), revision], cwd=ROOT, check=True, capture_output=True)
        try:
            for script in (old / "benchmarks").glob("look_*.py"):
                text = script.read_text(encoding="utf-8")
                script.write_text(text.replace(BEGINS.format("performance.now()"), BEGINS.format("event.timeStamp")), encoding="utf-8")
            if SHARED.is_dir():
                (old.parent / "shared").symlink_to(SHARED.parent)
            found: dict[str, dict[str, list[float]]] = {"old": defaultdict(list), "new": defaultdict(list)}
            units: dict[str, str] = {}
            for _ in range(rounds):
                for part in parts:
                    for side, folder in (("old", old), ("new", ROOT)):
                        for name, row in looked(folder, part).items():
                            found[side][name].append(float(row["value"]))
                            units[name] = row["unit"]
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(old)], cwd=ROOT, check=True, capture_output=True)
    for name in found["new"]:
        if name in found["old"]:
            new, before = (statistics.median(found[side][name]) for side in ("new", "old"))
            row = {
                "name": name,
                "value": round(new, 4),
                "unit": units[name],
                "peer": f"{revision}: {before:.4g}",
                "ratio": round(new / before, 3),
            }
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]), *([sys.argv[3:]] if sys.argv[3:] else []))
