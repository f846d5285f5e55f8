"""Try hostile input at every door and print how each ended: `make fuzz` (SEED= for others, DOORS= for some).

Where all doors were tried the table goes into benchmarks/RESULTS.md too, in place of the last one.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fuzz.doors import DOORS
from benchmarks.results import keep, made_by

ROOT = Path(__file__).parents[2]
HEADING = "## Hostile input"
STILL = 300  # seconds without a word after which a worker hangs
COLUMNS = ("tried", "read", "sentences", "tracebacks", "hangs")


def said(command: list[str]) -> Iterator[dict[str, object]]:
    """The lines of a worker, until it ends or is silent for too long."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "KERNEL_EXPLORER_OFFLINE": "1"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stderr is not None
    errors: list[str] = []
    listener = threading.Thread(target=lambda: errors.extend(process.stderr or ()), daemon=True)
    listener.start()
    try:
        while True:
            patience = threading.Timer(STILL, process.kill)
            patience.start()
            line = process.stdout.readline()
            patience.cancel()
            if not line:
                break
            yield json.loads(line)
    finally:
        process.kill()
        process.wait()
        listener.join(5)
    if process.returncode:
        yield {"ended": f"status {process.returncode}: {''.join(errors)[-300:]}"}


def of_door(name: str, seed: str) -> tuple[dict[str, float], list[dict[str, object]]]:
    """How the inputs of a door ended, and what went wrong. Who kills a worker is left out and counted, and the next one goes on."""
    total: dict[str, float] = dict.fromkeys(COLUMNS, 0) | {"megabytes": 0.0}
    findings: list[dict[str, object]] = []
    start, count = 0, DOORS[name].count
    while start < count:
        at = start
        for row in said([sys.executable, "-m", "benchmarks.fuzz.worker", name, seed, str(start), str(count)]):
            if "what" in row:
                findings.append(row)
            elif "at" in row:
                at = int(str(row["at"]))
            elif "tried" in row:
                for column in COLUMNS:
                    total[column] += float(str(row[column]))
                total["megabytes"] = max(total["megabytes"], float(str(row["megabytes"])))
                start = count
            else:
                findings.append({"door": name, "number": at, "what": str(row["ended"]), "input": "one of the twenty from here"})
                total["hangs"] += 1
        if start < count:
            start = at + 20
    return total, findings


def main() -> None:
    seed, said_of = os.environ.get("SEED") or "0", made_by("make fuzz")  # before hours of work
    names = os.environ.get("DOORS", "").split() or list(DOORS)
    rows, wrong, tried = [], [], 0.0
    for name in names:
        total, findings = of_door(name, seed)
        numbers = [f"{total[column]:,.0f}" for column in COLUMNS]
        rows.append(f"| {DOORS[name].title} | {' | '.join(numbers)} | {total['megabytes']:.0f} |")
        wrong += findings
        tried += total["tried"]
        for found in findings:
            print(found, file=sys.stderr, flush=True)
    section = [
        f"{HEADING}, seed {seed}: {tried:,.0f} tried {said_of}",
        "",
        "| door | tried | read | sentences | tracebacks | hangs | MB more at the peak |",
        "|---|---|---|---|---|---|---|",
        *rows,
    ]
    print("\n".join(section))
    if names == list(DOORS):
        keep(section)
    sys.exit(f"{len(wrong)} inputs ended otherwise than in a sentence." if wrong else None)


if __name__ == "__main__":
    main()
