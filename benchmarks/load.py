"""A class at once: how soon people get their answers, and what that takes of the server.

`python -m benchmarks.load 30 60 --trainings 2`: thirty people over the server's own websocket for 60 seconds, first on a page
without any of our code (the floor), then on the app when each view was opened once, when everything on offer was (its first answers are
kept), and while two networks train. Each opens a view by its link and
every five seconds does something there: opens another view, changes the section, the layer or the model, picks a cell, lets the
player rest, draws a stroke of thirty moves. A time runs from the request to the end of its run on the server.

`python -m benchmarks.load 100 60 --processes 2`: the app alone, by two processes behind nginx.

`python -m benchmarks.load --views`: one person, and what each view takes, warm.
"""

import argparse
import asyncio
import math
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

from benchmarks.crowd import Phase, Sample, crowd, idle_memory, trainings, used, warm
from benchmarks.figures import percentile, say, table
from benchmarks.person import Person, Trouble
from benchmarks.process import Held, cpu_seconds, held
from benchmarks.served import Server, machine, running
from benchmarks.views import ACTS, FLOOR, OPEN, STROKE, TAB, VIEWS, View

ROUNDS = 5  # visits of a view
ALL = "all but strokes"  # whose moves are many, and first views, which are told apart
LIMITS = {30: 150.0, 100: 500.0}  # people -> ms, p95


def rows_of(samples: Sequence[Sample]) -> list[list[Any]]:
    """A row for each kind of act and one for all but the moves of a pen: requests, errors, p50 and p95 in ms, bytes in kB."""
    parts = {kind: [s for s in samples if s.kind == kind] for kind in (TAB, OPEN, *ACTS)}
    parts |= {ALL: [s for s in samples if s.kind not in (STROKE, TAB)]}
    out: list[list[Any]] = []
    for kind, found in parts.items():
        good = [s.answer for s in found if s.answer is not None]
        if found:
            times = [answer.seconds * 1e3 for answer in good]
            size = statistics.fmean(a.sent + a.fetched for a in good) / 1e3 if good else math.nan
            out.append([kind, len(found), len(found) - len(good), percentile(times, 0.5), percentile(times, 0.95), size])
    return out


async def visit(server: Server, view: View) -> list[Any]:
    """What a view takes: of a new session (warm server), and of a run in one that comes back to it."""
    pid, person, away = server.process.pid, Person(server.url), View("" if view.page else "pulses")
    spent: dict[str, list[tuple[float, float, float]]] = {TAB: [], OPEN: []}  # s of the processor, s, kB

    async def look(kind: str) -> None:
        before = cpu_seconds(pid)
        answer = await person.open(view.page, view.search)
        await asyncio.sleep(0.05)  # what the server does after the answer is part of it
        spent[kind].append((cpu_seconds(pid) - before, answer.seconds, (answer.sent + answer.fetched) / 1e3))

    await person.open(view.page, view.search)  # what is computed once, is
    for _ in range(3):
        await person.leave()
        person.fetched.clear()
        await look(TAB)
    for _ in range(ROUNDS):
        await person.open(away.page, away.search)
        await look(OPEN)
    await person.leave()
    middle = {kind: [statistics.median(column) for column in zip(*rows, strict=True)] for kind, rows in spent.items()}
    (first, first_wall, first_size), (cpu, wall, _) = middle[TAB], middle[OPEN]
    return [str(view), first * 1e3, first_wall * 1e3, first_size, cpu * 1e3, wall * 1e3, spent[OPEN][0][2]]


VIEW_HEAD = ["view", "new session: CPU ms", "ms", "kB", "again: CPU ms", "ms", "kB"]


async def visits(server: Server, views: Sequence[View]) -> list[list[Any]]:
    """A row of `VIEW_HEAD` for each view."""
    rows = []
    for view in views:
        try:
            rows.append(await visit(server, view))
            print(*rows[-1], file=sys.stderr, flush=True)  # it takes some minutes
        except Trouble as trouble:
            print(f"{view} failed: {trouble}", flush=True)
    return rows


def tell(phase: Phase, people: int) -> None:
    """A phase in numbers, for people."""
    runs = len(phase.samples)
    print(f"\n## {people} people, {phase.name}, {phase.wall:.0f} s; {machine()}\n")
    print(table(["", "requests", "errors", "p50 ms", "p95 ms", "kB"], rows_of(phase.samples)))
    print(
        f"server: {phase.server / phase.wall:.0%} of a core, {phase.server * 1e3 / max(runs, 1):.1f} ms of CPU a request; "
        f"this client: {phase.client / phase.wall:.0%} of a core, late by {phase.late * 1e3:.1f} ms at most, 95 % of the time"
    )
    for error in sorted({sample.error for sample in phase.samples if sample.error}):
        print("error:", error)
    sys.stdout.flush()


def tell_held(before: Held, after: Held, idle: float) -> None:
    """What the server holds, for people."""
    print(
        f"server after: {after.memory:.0f} MB (warm {before.memory:.0f}), {after.threads} threads ({before.threads}), "
        f"{after.files} file handles ({before.files}); {idle:.2f} MB more for each idle session"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("people", nargs="?", type=int, default=30)
    parser.add_argument("seconds", nargs="?", type=float, default=60.0)
    parser.add_argument("--trainings", type=int, default=0, metavar="K", help="networks that train in a second turn")
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="of the app behind nginx, as `make serve` starts them")
    parser.add_argument("--views", action="store_true", help="what each view takes, one person")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as runs:
        os.environ["KERNEL_EXPLORER_RUNS"] = runs  # what trains here stays here
        if asked.views:
            of_each_view()
        elif asked.processes > 1:
            behind_nginx(asked.people, asked.seconds, asked.processes)
        else:
            of_a_class(asked.people, asked.seconds, asked.trainings)


def of_each_view() -> None:
    with running() as server:
        rows = asyncio.run(visits(server, VIEWS))
    print(f"\n## Views, one person; {machine()}\n\n{table(VIEW_HEAD, rows)}\n")
    say("views: server CPU of a run, warm, median", statistics.median(row[4] for row in rows), "ms", limit=25)
    for what, column, unit, limit in (
        ("server CPU of a run, warm", 4, "ms", 60),
        ("server CPU of a new session's first view", 1, "ms", 100),
        ("second visit", 6, "kB", 60),
    ):
        most = max(rows, key=lambda row: row[column])
        say(f"views: {what}, the most ({most[0]})", most[column], unit, limit=limit)
    if len(rows) < len(VIEWS):
        sys.exit(f"{len(VIEWS) - len(rows)} views failed.")


def behind_nginx(people: int, seconds: float, processes: int) -> None:
    with running(processes=processes) as server:
        asyncio.run(warm(server, VIEWS))
        asyncio.run(used(server, VIEWS))
        phase = asyncio.run(crowd(f"app, {processes} processes", server, VIEWS, people, seconds))
    tell(phase, people)
    report(phase, people)
    if failed := sum(bool(sample.error) for sample in phase.samples):
        sys.exit(f"{failed:,} requests failed.")


def report(phase: Phase, people: int, floor: float | None = None) -> None:
    """A phase in numbers, for programs.

    Args:
        floor: p95 of the page without our code, in ms; None where that was not measured.
    """
    for kind, _, _, _, p95, _ in rows_of(phase.samples):
        if kind in (TAB, STROKE, ALL):
            limit: dict[str, Any] = {"limit": LIMITS[people]} if people in LIMITS and kind != TAB else {}
            if floor is not None:
                limit |= {"peer": f"floor {floor:.0f} ms", "ratio": round(p95 / floor, 1)}
            say(f"{people} people, {phase.name}: {kind}, p95", p95, "ms", **limit)
    say(f"{people} people, {phase.name}: errors", sum(bool(sample.error) for sample in phase.samples), "errors", limit=0)
    say(f"{people} people, {phase.name}: server CPU of a request", phase.server * 1e3 / max(len(phase.samples), 1), "ms")


def of_a_class(people: int, seconds: float, training: int) -> None:
    with running("benchmarks/floor_page.py") as floor:
        asyncio.run(warm(floor, FLOOR))
        phases = [asyncio.run(crowd("floor", floor, FLOOR, people, seconds))]
        tell(phases[0], people)
    with running() as server:
        asyncio.run(warm(server, VIEWS))
        phases.append(asyncio.run(crowd("app, new server", server, VIEWS, people, seconds, seed=people)))
        tell(phases[-1], people)
        asyncio.run(used(server, VIEWS))
        idle = asyncio.run(idle_memory(server, VIEWS))
        before = held(server.process.pid)
        phases.append(asyncio.run(crowd("app", server, VIEWS, people, seconds)))
        tell(phases[-1], people)
        if training:
            with trainings(training):
                phases.append(asyncio.run(crowd(f"app, {training} trainings", server, VIEWS, people, seconds, seed=people)))
            tell(phases[-1], people)
        tell_held(before, held(server.process.pid), idle)
    floor_p95 = rows_of(phases[0].samples)[-1][4]
    for phase in phases[1:]:
        report(phase, people, floor_p95)
    say("memory of an idle session", idle, "MB", limit=1)
    if failed := sum(bool(sample.error) for phase in phases for sample in phase.samples):
        sys.exit(f"{failed:,} requests failed.")


if __name__ == "__main__":
    main()
