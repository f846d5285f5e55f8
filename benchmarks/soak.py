"""A class that stays: memory, threads and file handles of the server over time. `make soak`, or `python -m benchmarks.soak 30 900`.

Fails where memory, threads or file handles grow by more than 5 % after the first third, or where anybody sees an error. The server
keeps a session for two minutes after its person has left, so less than a quarter of an hour tells little.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import astuple

from benchmarks.crowd import Phase, crowd, warm
from benchmarks.figures import say, table
from benchmarks.load import tell
from benchmarks.process import Held, held
from benchmarks.results import keep, made_by
from benchmarks.served import Server, running
from benchmarks.views import VIEWS

TURNS = 15  # times that the server is looked at: once a minute of a quarter of an hour
SETTLED = 5  # turns until what is kept for all is there
MOST = 0.05  # growth after that
FEW = 8  # threads or file handles, which come and go with each run


def growth(values: Sequence[float], settled: int, slack: float = 0.0) -> float:
    """By which share the values after the turn `settled`, counted from 1, exceed the one of that turn at most; 0 at least.

    Args:
        slack: what comes and goes and so does not count.

    Raises:
        ValueError: no turn follows that one.
    """
    if not 0 < settled < len(values):
        raise ValueError(f"turn {settled} of {len(values)} has no later ones")
    return max((max(values[settled:]) - slack) / values[settled - 1] - 1, 0.0)


def faults(turns: Sequence[Held], errors: int) -> list[str]:
    """What speaks against the server, a sentence each."""
    out = [f"{errors:,} requests failed."] if errors else []
    for name, slack, values in (
        ("Memory (MB)", 0, [turn.memory for turn in turns]),
        ("Threads", FEW, [turn.threads for turn in turns]),
        ("File handles", FEW, [turn.files for turn in turns]),
    ):
        if growth(values, SETTLED, slack) > MOST:
            out.append(f"{name} grew from {values[SETTLED - 1]:,.0f} to {max(values[SETTLED:]):,.0f} after turn {SETTLED}.")
    return out


async def watched(server: Server, people: int, seconds: float) -> tuple[Phase, list[Held]]:
    """A class, and what the server holds at the end of each turn."""
    await warm(server, VIEWS)
    began, turns = time.perf_counter(), []
    print("minute  memory MB  threads  file handles", flush=True)
    busy = asyncio.create_task(crowd("soak", server, VIEWS, people, seconds))
    for turn in range(1, TURNS + 1):
        await asyncio.sleep(max(0.0, began + turn * seconds / TURNS - 0.5 - time.perf_counter()))
        turns.append(held(server.process.pid))
        memory, threads, files = astuple(turns[-1])
        print(f"{turn * seconds / TURNS / 60:6.1f}{memory:11.0f}{threads:9}{files:14}", flush=True)
    return await busy, turns


def main(people: int = 30, seconds: float = 900.0) -> None:
    with tempfile.TemporaryDirectory() as runs, running(KERNEL_EXPLORER_RUNS=runs) as server:
        phase, turns = asyncio.run(watched(server, people, seconds))
    tell(phase, people)
    grown = growth([turn.memory for turn in turns], SETTLED)
    say(f"soak, {people} people, {seconds:.0f} s: growth of memory after the first third", grown * 100, "%", limit=MOST * 100)
    errors = sum(bool(sample.error) for sample in phase.samples)
    head = f"## A class that stays, {people} people, {len(phase.samples):,} requests, {errors:,} errors {made_by('make soak')}"
    minutes = [f"{turn * seconds / TURNS / 60:g}" for turn in range(1, TURNS + 1)]
    rows = [[minute, round(turn.memory), turn.threads, turn.files] for minute, turn in zip(minutes, turns, strict=True)]
    keep([head, "", table(["minute", "memory MB", "threads", "file handles"], rows)])
    found = faults(turns, errors)
    sys.exit("\n".join(found) or None)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
